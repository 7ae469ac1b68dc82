namespace Coterie.Sequences;

/// <summary>Events as words of a small language: a compound of a few fields, each coarsened to what a customer's habit shows in.</summary>
sealed class EventWords
{
    // Words of three-grams are packed into 64 bits with room for the mark of the start.
    public const int MaxWords = 1 << 20;

    readonly string[] names;
    readonly int[][] maps;

    /// <exception cref="ConfigurationException">A field does not exist, or their compound has too many words.</exception>
    public EventWords(IReadOnlyList<string> compound, IReadOnlyList<SequenceField> fields)
    {
        var unknown = compound.Where(n => fields.All(f => f.Name != n)).ToList();
        if (compound.Count == 0 || unknown.Count > 0 || compound.Distinct().Count() < compound.Count)
        {
            throw new ConfigurationException($"sequence statistics: the compound is '{string.Join(" ", compound)}'; expected some of "
                + string.Join(", ", fields.Select(f => f.Name)) + ", each once.");
        }

        names = [.. compound];
        maps = [.. compound.Select(n => Coarse(fields.First(f => f.Name == n)))];
        var words = maps.Aggregate(1L, (product, map) => Math.Min(MaxWords + 1, product * (map.Max() + 1)));
        if (words > MaxWords)
            throw new ConfigurationException($"sequence statistics: the compound '{string.Join(" ", compound)}' has more than {MaxWords} words; take fewer fields.");
        Count = (int)words;
    }

    /// <summary>Words there may be.</summary>
    public int Count { get; }

    /// <summary>The words of each customer's events.</summary>
    public int[][] ByCustomer(CustomerSequences sequences)
    {
        var words = Of(sequences);
        return [.. Enumerable.Range(0, sequences.Count).Select(i => words[sequences.Offsets[i]..sequences.Offsets[i + 1]])];
    }

    /// <summary>The word of every event.</summary>
    public int[] Of(CustomerSequences sequences)
    {
        var words = new int[sequences.Events];
        var purchase = SequenceField.First + SequenceFields.Kinds.ToList().IndexOf("purchase");
        var kinds = sequences.Codes[sequences.Place("kind")];
        for (var f = 0; f < names.Length; f++)
        {
            var codes = sequences.Codes[sequences.Place(names[f])];
            var map = maps[f];
            var size = map.Max() + 1;
            // What was bought before matters where something is bought: elsewhere it says again what the product's own rank says.
            var boughtOnly = names[f] is "bought_rank" or "orders_ago";
            for (var e = 0; e < words.Length; e++)
                words[e] = words[e] * size + (boughtOnly && kinds[e] != purchase ? 0 : map[codes[e]]);
        }

        return words;
    }

    // From codes to fewer: padding and unknown are 0.
    static int[] Coarse(SequenceField field)
    {
        var map = new int[field.Codes];
        for (var c = SequenceField.First; c < field.Codes; c++)
        {
            var word = c - SequenceField.First;
            map[c] = 1 + field.Name switch
            {
                // In this order, one ago, two, three to five, further, never: finer, a turn of three things and one of four would speak
                // different languages, though both are turns.
                "orders_ago" => word switch { <= 2 => word, <= 5 => 3, <= SequenceFields.Ranks + 1 => 4, _ => 5 },
                // Ranks past the fifth are rare, and a thing further back is hardly told from a new one.
                "product_rank" or "category_rank" => word < 5 ? word : word == SequenceFields.Ranks + 1 ? 6 : 5,
                // In one visit, in a day and a half, ten days, thirty, longer; first event.
                "gap" or "product_gap" => word switch { <= 4 => 0, <= 7 => 1, <= 9 => 2, 10 => 3, <= 13 => 4, _ => 5 },
                _ => word,
            };
        }

        return map;
    }
}
