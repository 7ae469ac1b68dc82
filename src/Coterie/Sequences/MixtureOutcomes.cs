namespace Coterie.Sequences;

/// <summary>What a mixture explains of a customer: outcomes, each of a context. Word after word, marks of purchases, the silence at the end.</summary>
sealed class MixtureOutcomes
{
    // 3 bits say which sort of outcome, 30 its context, 30 the outcome.
    const int Shift = 30;

    readonly MarkovMixtureOptions options;
    readonly EventWords language;
    readonly int[] marks;
    readonly int kind, position, ordersAgo;

    /// <exception cref="ConfigurationException">A field does not exist.</exception>
    public MixtureOutcomes(MarkovMixtureOptions options, CustomerSequences sequences)
    {
        this.options = options;
        language = new EventWords(options.Compound, sequences.Fields);
        var unknown = options.PurchaseMarks.Where(m => sequences.Fields.All(f => f.Name != m)).ToList();
        if (unknown.Count > 0 || options.PurchaseMarks.Count > 5)
        {
            throw new ConfigurationException($"markov mixture: purchase-marks is '{string.Join(" ", options.PurchaseMarks)}'; expected at most five of "
                + string.Join(", ", sequences.Fields.Select(f => f.Name)) + ".");
        }

        marks = [.. options.PurchaseMarks.Select(sequences.Place)];
        kind = sequences.Place("kind");
        position = sequences.Place("position");
        ordersAgo = sequences.Place("orders_ago");
    }

    /// <summary>The context of an outcome: outcomes of one context compete.</summary>
    public static ulong ContextOf(ulong outcome) => outcome >> Shift;

    /// <summary>Words and outcomes of each customer of a chunk in which each has one sequence.</summary>
    public MixtureCustomer[] Of(CustomerSequences joined, DateTime asOf)
    {
        var told = joined.Without(options.LeftOutKinds);
        var words = language.ByCustomer(told);
        var now = (long)Math.Floor((asOf - DateTime.UnixEpoch).TotalSeconds);
        var purchase = SequenceField.First + SequenceFields.Kinds.ToList().IndexOf("purchase");
        var customers = new MixtureCustomer[joined.Count];
        var outcomes = new List<ulong>();
        for (var i = 0; i < customers.Length; i++)
        {
            outcomes.Clear();
            int from = told.Offsets[i], first = joined.Offsets[i], end = joined.Offsets[i + 1];
            for (var k = 0; k < words[i].Length; k++)
            {
                // 0 stands before the first event.
                outcomes.Add(Outcome(0, k == 0 ? 0 : (ulong)words[i][k - 1] + 1, (ulong)words[i][k]));
                if (told.Codes[kind][from + k] != purchase) continue;
                for (var m = 0; m < marks.Length; m++)
                    if (told.Codes[marks[m]][from + k] is >= SequenceField.First and var code) outcomes.Add(Outcome(2 + (ulong)m, 0, code));
            }

            if (options.Turns) AddTurns(told, from, told.Offsets[i + 1], purchase, outcomes);
            if (options.Silence && end > first) outcomes.Add(Outcome(1, 0, Silence(joined, first, end, now)));
            customers[i] = new(words[i], [.. outcomes], end - first);
        }

        return customers;
    }

    static ulong Outcome(ulong sort, ulong context, ulong outcome) => (sort << (2 * Shift)) | (context << Shift) | outcome;

    // A product bought again: as many orders ago as at one of the two repeats before (1), one off (2), otherwise (3), or the first repeat (0), after what
    // the repeat before was. In a rotation of whatever length it is 1, and one order out of turn disturbs two repeats only.
    void AddTurns(CustomerSequences told, int from, int until, int purchase, List<ulong> outcomes)
    {
        int last = -1, before = -1, turn = -1;
        for (var e = from; e < until; e++)
        {
            var ago = told.Codes[ordersAgo][e] - SequenceField.First;
            if (told.Codes[kind][e] != purchase || ago is < 1 or > SequenceFields.Ranks + 1) continue;
            var off = last < 0 ? -1 : before < 0 ? Math.Abs(ago - last) : Math.Min(Math.Abs(ago - last), Math.Abs(ago - before));
            var now = off < 0 ? 0 : 1 + Math.Min(off, 2);
            outcomes.Add(Outcome(7, (ulong)(turn + 1), (ulong)now));
            (before, last, turn) = (last, ago, now);
        }
    }

    // Days since the last event, and that time over the customer's mean pause between visits.
    ulong Silence(CustomerSequences sequences, int from, int until, long now)
    {
        double pauses = 0;
        var count = 0;
        for (var e = from + 1; e < until; e++)
        {
            if (sequences.Codes[position][e] != SequenceField.First) continue;
            pauses += sequences.Seconds[e] - sequences.Seconds[e - 1];
            count++;
        }

        double silence = Math.Max(0, now - sequences.Seconds[until - 1]), days = silence / 86_400;
        var ratio = pauses > 0 ? silence * count / pauses : -1;
        var pace = ratio switch { < 0 => 0UL, < 1 => 1UL, < 2 => 2UL, < 4 => 3UL, < 8 => 4UL, _ => 5UL };
        return pace * 5 + days switch { < 14 => 0UL, < 30 => 1UL, < 90 => 2UL, < 180 => 3UL, _ => 4UL };
    }
}

/// <summary>One customer to a mixture.</summary>
readonly record struct MixtureCustomer(int[] Words, ulong[] Outcomes, int Events);
