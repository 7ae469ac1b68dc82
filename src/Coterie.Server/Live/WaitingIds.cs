namespace Coterie.Server.Live;

/// <summary>Ids that wait, first come first served, each once, at most so many.</summary>
sealed class WaitingIds(int most)
{
    readonly Queue<string> queue = new();
    readonly HashSet<string> ids = new(StringComparer.Ordinal);

    public int Count => ids.Count;

    public void Clear()
    {
        ids.Clear();
        queue.Clear();
    }

    public bool Contains(string id) => ids.Contains(id);

    /// <returns>Whether it waits now.</returns>
    public bool Add(string id)
    {
        if (ids.Contains(id)) return true;
        if (ids.Count >= most) return false;
        ids.Add(id);
        queue.Enqueue(id);
        return true;
    }

    public string[] Take(int count)
    {
        var taken = new string[Math.Min(count, queue.Count)];
        for (var i = 0; i < taken.Length; i++) ids.Remove(taken[i] = queue.Dequeue());
        return taken;
    }
}
