using System.Globalization;

namespace Coterie.Decisions.Campaigns;

/// <summary>The results of a campaign, read and validated: rows with an arm and every outcome.</summary>
internal sealed record CampaignResults
{
    // Values that stand for "not contacted", in lower case; anything that begins with "no " too.
    static readonly string[] ControlWords = ["control", "holdout", "hold-out", "hold out", "none", "no", "0", "false"];

    /// <summary>Control first, the others in ordinal order.</summary>
    public required IReadOnlyList<string> Arms { get; init; }
    /// <summary>n.</summary>
    public required int[] Arm { get; init; }
    public required IReadOnlyList<double[]> Outcomes { get; init; }
    public required IReadOnlyList<double[]> Pre { get; init; }
    public required CovariateTable Covariates { get; init; }
    /// <summary>n; -1 without a segment. Null where there are no segments.</summary>
    public int[]? Segment { get; init; }
    public IReadOnlyList<string> SegmentNames { get; init; } = [];
    /// <summary>n; null without a time column.</summary>
    public DateTime[]? Days { get; init; }
    public required int LeftOut { get; init; }
    public required int Unknown { get; init; }

    public int Count => Arm.Length;

    public static CampaignResults Read(MeasureOptions options)
    {
        var table = ResultColumns.Read(options.Results, "the results of a campaign: one row for each customer, with its arm and what it did");
        string?[] wanted = [options.Treatment, .. options.Outcomes, .. options.Covariates, .. options.Pre, options.Segment, options.Time];
        table.Require(wanted.OfType<string>());
        var texts = table.Texts(options.Treatment);
        var outcomes = options.Outcomes.Select(table.Numbers).ToArray();
        int[] kept = [.. Enumerable.Range(0, table.Count).Where(i => texts[i].Length > 0 && outcomes.All(o => !double.IsNaN(o[i])))];
        if (kept.Length == 0) throw new InputException($"{table.Path}: no row has both an arm ('{options.Treatment}') and its outcomes ({string.Join(", ", options.Outcomes)}).");
        if (table.Has(options.Id)) RefuseTwice(table, options.Id, kept);
        else if (options.Segments is not null && options.Segment is null)
            throw new InputException($"{table.Path} has no column '{options.Id}', by which --run would find each customer's segment. Name it with --id, or a column of segments with --segment.");
        var arms = ArmNames(table.Path, [.. kept.Select(i => texts[i])], options);
        var numbers = arms.Select((a, p) => KeyValuePair.Create(a, p)).ToDictionary(StringComparer.Ordinal);
        var arm = Array.ConvertAll(kept, i => numbers[texts[i]]);
        for (var a = 0; a < arms.Count; a++)
            if (arm.Count(x => x == a) is var size && size < 10)
                throw new InputException($"{table.Path}: the arm '{arms[a]}' has {size} customers; at least 10 are needed to speak of an effect.");

        var result = new CampaignResults
        {
            Arms = arms,
            Arm = arm,
            Outcomes = [.. outcomes.Select(o => Array.ConvertAll(kept, i => o[i]))],
            Pre = [.. options.Pre.Select(p => Filled(table, p, kept))],
            Covariates = CovariateTable.Of(table.Path, options.Covariates, [.. options.Covariates.Select(c => table.Texts(c)).Select(c => Array.ConvertAll(kept, i => c[i]))]),
            Days = options.Time is { } time ? Times(table, time, kept) : null,
            LeftOut = table.Count - kept.Length,
            Unknown = 0,
        };
        return Segmented(result, table, kept, options);
    }

    static CampaignResults Segmented(CampaignResults result, ResultColumns table, int[] kept, MeasureOptions options)
    {
        if (options.Segment is { } column)
        {
            var texts = table.Texts(column);
            string[] names = [.. kept.Select(i => texts[i]).Where(t => t.Length > 0).Distinct().Order(StringComparer.Ordinal)];
            if (names.Length > 50) throw new InputException($"{table.Path}, column '{column}' has {names.Length} different values; at most 50 segments are compared. Name another column with --segment.");
            return result with { Segment = Array.ConvertAll(kept, i => Array.IndexOf(names, texts[i])), SegmentNames = names };
        }

        if (options.Segments is not { } run) return result;
        var ids = table.Texts(options.Id);
        var places = Array.ConvertAll(kept, i => run.Of(ids[i]));
        if (places.All(p => p < 0)) throw new InputException($"No customer of {table.Path} is in the run. Check --id: it is '{options.Id}', and its first value is '{ids[0]}'.");
        return result with { Segment = places, SegmentNames = [.. run.Segments.Select(SegmentWords.Name)], Unknown = places.Count(p => p < 0) };
    }

    static List<string> ArmNames(string path, string[] texts, MeasureOptions options)
    {
        var found = texts.Distinct().Order(StringComparer.Ordinal).ToList();
        if (found.Count < 2) throw new InputException($"{path}: the column '{options.Treatment}' holds one value only ('{found[0]}'). Without customers who were not contacted nothing can be compared: keep a hold-out next time (campaign plan does).");
        if (found.Count > 20) throw new InputException($"{path}: the column '{options.Treatment}' has {found.Count} different values; it is no column of arms. Name another with --treatment.");
        var control = options.Control ?? Guess(found);
        if (!found.Remove(control)) throw new InputException($"{path}: no customer has '{control}' in the column '{options.Treatment}'. Its values are: {string.Join(", ", found)}.");
        found.Insert(0, control);
        return found;

        string Guess(List<string> names)
        {
            var like = names.Where(a => ControlWords.Contains(a.Trim().ToLowerInvariant()) || a.StartsWith("no ", StringComparison.OrdinalIgnoreCase)).ToArray();
            return like.Length == 1 ? like[0]
                : throw new ConfigurationException($"Which value of '{options.Treatment}' means not contacted? Name it with --control. Its values are: {string.Join(", ", names)}.");
        }
    }

    static void RefuseTwice(ResultColumns table, string id, int[] kept)
    {
        var ids = table.Texts(id);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string[] twice = [.. kept.Where(i => !seen.Add(ids[i])).Select(i => ids[i])];
        if (twice.Length > 0)
            throw new InputException($"{table.Path}: {twice.Length} rows repeat a customer ('{twice[0]}' first). Expected one row for each customer: add up what each of them did.");
    }

    // A missing value tells nothing: the mean stands for it.
    static double[] Filled(ResultColumns table, string name, int[] kept)
    {
        var all = table.Numbers(name);
        double[] known = [.. kept.Select(i => all[i]).Where(v => !double.IsNaN(v))];
        var mean = known.Length == 0 ? 0 : known.Average();
        return Array.ConvertAll(kept, i => double.IsNaN(all[i]) ? mean : all[i]);
    }

    static DateTime[] Times(ResultColumns table, string name, int[] kept)
    {
        var texts = table.Texts(name);
        return Array.ConvertAll(kept, i => DateTime.TryParse(texts[i], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var t) ? t.Date
            : throw new InputException($"{table.Path}, row {i + 2}, column '{name}': '{texts[i]}' is not a day. Expected 2024-05-31."));
    }

    /// <summary>An arm and control, with the propensity that their sizes give.</summary>
    public UpliftSample Sample(int arm, int outcome)
    {
        int[] places = [.. Enumerable.Range(0, Count).Where(i => Arm[i] == 0 || Arm[i] == arm)];
        var treated = Array.ConvertAll(places, i => Arm[i] == arm);
        var share = treated.Count(t => t) / (double)treated.Length;
        var propensity = new double[treated.Length];
        Array.Fill(propensity, share);
        return new(Covariates.Rows.Take(places), Array.ConvertAll(places, i => Outcomes[outcome][i]), treated, propensity);
    }
}
