namespace Coterie.Sequences;

/// <summary>One way to read a customer's events as a chain of tokens.</summary>
public sealed record Chain
{
    public required string Name { get; init; }
    /// <summary>Fields whose codes together are the token.</summary>
    public required IReadOnlyList<ChainField> Fields { get; init; }
    /// <summary>Only events of these kinds are part of the chain; null takes all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }
    /// <summary>What a step of this chain counts for. Orders are few among clicks: without a weight their order would drown.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Every event: what was done, to which of the customer's own products, after how long.</summary>
    public static Chain Steps { get; } = new()
    {
        Name = "steps",
        Fields = [new("kind"), new("product_rank"), new("gap", ["under 2 h", "under 4 days", "under 30 days", "under 90 days"])],
    };

    /// <summary>Purchases only: which of the products bought before was bought again.</summary>
    public static Chain Orders { get; } = new() { Name = "orders", Fields = [new("bought_rank")], Kinds = ["purchase"], Weight = 4 };
}

/// <summary>A field of a chain's token.</summary>
/// <param name="Borders">Words of the field that begin a new group; the words between two borders count as one. None: each word for itself.</param>
public sealed record ChainField(string Name, params IReadOnlyList<string> Borders);

/// <summary>A chain over the fields of given sequences.</summary>
sealed class ChainReader
{
    readonly int[] fields;
    readonly int[][] groups;
    readonly int[] counts;
    readonly int kindField = -1;
    readonly bool[] kinds = [];

    public ChainReader(Chain chain, IReadOnlyList<SequenceField> all)
    {
        fields = [.. chain.Fields.Select(f => Find(all, f.Name, chain))];
        groups = [.. chain.Fields.Select((f, i) => Groups(all[fields[i]], f.Borders, chain))];
        counts = [.. groups.Select(g => g[^1] + 1)];
        if (counts.Aggregate(1.0, (product, count) => product * count) > int.MaxValue)
            throw new ConfigurationException($"chain {chain.Name}: its fields have more than {int.MaxValue} tokens together; expected fields with fewer codes.");
        if (chain.Kinds is null) return;
        kindField = Find(all, "kind", chain);
        kinds = new bool[all[kindField].Codes];
        foreach (var kind in chain.Kinds) kinds[Code(all[kindField], kind, chain)] = true;
    }

    static int Find(IReadOnlyList<SequenceField> all, string name, Chain chain)
    {
        for (var f = 0; f < all.Count; f++)
            if (all[f].Name == name) return f;
        throw new ConfigurationException($"chain {chain.Name}: the sequences have no field {name}; expected one of {string.Join(", ", all.Select(f => f.Name))}.");
    }

    static int Code(SequenceField field, string word, Chain chain)
    {
        for (var w = 0; w < field.Words.Count; w++)
            if (field.Words[w] == word) return SequenceField.First + w;
        throw new ConfigurationException($"chain {chain.Name}: field {field.Name} has no word '{word}'; expected one of {string.Join(", ", field.Words)}.");
    }

    // Code -> group; padding and unknown stay apart.
    static int[] Groups(SequenceField field, IReadOnlyList<string> borders, Chain chain)
    {
        var begins = borders.Select(b => Code(field, b, chain)).ToHashSet();
        var groups = new int[field.Codes];
        for (var code = 1; code < groups.Length; code++)
            groups[code] = groups[code - 1] + (code <= SequenceField.First || begins.Count == 0 || begins.Contains(code) ? 1 : 0);
        return groups;
    }

    /// <summary>The token of an event, or -1 when the event is not part of the chain.</summary>
    public int Token(ushort[][] codes, int e)
    {
        if (kindField >= 0 && !kinds[codes[kindField][e]]) return -1;
        var token = 0;
        for (var f = 0; f < fields.Length; f++) token = token * counts[f] + groups[f][codes[fields[f]][e]];
        return token;
    }

    /// <summary>For each field of the chain the first code of its group in the token.</summary>
    public int[] Codes(int token)
    {
        var codes = new int[fields.Length];
        for (var f = fields.Length - 1; f >= 0; f--)
        {
            codes[f] = Array.IndexOf(groups[f], token % counts[f]);
            token /= counts[f];
        }

        return codes;
    }
}
