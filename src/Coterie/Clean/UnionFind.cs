namespace Coterie.Clean;

/// <summary>Disjoint sets of ids; the representative of each is its ordinally smallest candidate, so the order of unions does not matter.</summary>
sealed class UnionFind
{
    readonly Dictionary<string, string> parents = new(StringComparer.Ordinal);

    public void Union(string a, string b)
    {
        var (x, y) = (Root(a), Root(b));
        if (x != y) parents[y] = x;
    }

    /// <summary>Id to representative, for every id that is not its own; sets without a candidate are left out. Ordered by id.</summary>
    public IReadOnlyDictionary<string, string> Representatives(IReadOnlySet<string> candidates)
    {
        var best = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in parents.Keys.Where(candidates.Contains).Order(StringComparer.Ordinal)) best.TryAdd(Root(id), id);
        var answer = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in parents.Keys.ToList())
            if (best.TryGetValue(Root(id), out var representative) && representative != id) answer.Add(id, representative);
        return answer;
    }

    string Root(string id)
    {
        parents.TryAdd(id, id);
        while (parents[id] != id)
        {
            parents[id] = parents[parents[id]];
            id = parents[id];
        }
        return id;
    }
}
