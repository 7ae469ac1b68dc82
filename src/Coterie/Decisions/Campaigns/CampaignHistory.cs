using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>A former randomised campaign, joined with what was known of its customers when it began and with what is known of customers today.</summary>
internal sealed record CampaignHistory
{
    /// <summary>Control first.</summary>
    public required IReadOnlyList<string> Arms { get; init; }
    public required int[] Arm { get; init; }
    public required double[] Outcome { get; init; }
    public required int[] Segment { get; init; }
    /// <summary>Of the history's customers as they were, standardised together with today's.</summary>
    public required Matrix Then { get; init; }
    public required Matrix Now { get; init; }
    public required IReadOnlyList<string> Covariates { get; init; }
    public required int Unknown { get; init; }

    public static CampaignHistory Read(DecisionInput input, PlanOptions options, PlanCustomers customers)
    {
        var read = new MeasureOptions { Results = options.History!, Treatment = options.HistoryArm, Control = options.HistoryControl, Outcomes = [options.HistoryOutcome] };
        // Read once for its validation: arms, control, repeated customers.
        var results = CampaignResults.Read(read);
        var table = ResultColumns.Read(options.History!, "the results of a former campaign");
        table.Require(["customer_id"]);
        var (ids, arms, outcome) = (table.Texts("customer_id"), table.Texts(options.HistoryArm), table.Numbers(options.HistoryOutcome));
        var then = PlanCustomers.Features(input, options.HistoryStart!.Value.AddTicks(-10));
        var places = then.Customers.Select((c, i) => KeyValuePair.Create(c, i)).ToDictionary(StringComparer.Ordinal);
        int[] usable = [.. Enumerable.Range(0, table.Count).Where(i => arms[i].Length > 0 && !double.IsNaN(outcome[i]))];
        int[] known = [.. usable.Where(i => places.ContainsKey(ids[i]))];
        if (known.Length == 0) throw new InputException($"No customer of {options.History} has an event before {options.HistoryStart:yyyy-MM-dd} in this log. Check customer_id and --history-start.");
        string[] features = [.. then.Features.Select(f => f.Name).Where(f => customers.Today.Column(f) is not null)];
        // One scale for both times: the history's rows first, today's after them.
        var all = CovariateTable.Of(features, [.. features.Select(f => (double[])[.. known.Select(i => then.Column(f)![places[ids[i]]]), .. customers.Today.Column(f)!])]);
        var today = customers.Ids.Select((c, i) => KeyValuePair.Create(c, i)).ToDictionary(StringComparer.Ordinal);
        return new CampaignHistory
        {
            Arms = results.Arms,
            Arm = Array.ConvertAll(known, i => IndexOf(results.Arms, arms[i])),
            Outcome = Array.ConvertAll(known, i => outcome[i]),
            Segment = Array.ConvertAll(known, i => customers.Segment[today[ids[i]]]),
            Then = all.Rows.Take([.. Enumerable.Range(0, known.Length)]),
            Now = all.Rows.Take([.. Enumerable.Range(known.Length, customers.Ids.Length)]),
            Covariates = all.Names,
            Unknown = usable.Length - known.Length,
        };
    }

    static int IndexOf(IReadOnlyList<string> arms, string arm)
    {
        for (var a = 0; a < arms.Count; a++)
            if (arms[a] == arm) return a;
        return -1;
    }

    /// <summary>Rows of an arm and control.</summary>
    public int[] Rows(int arm) => [.. Enumerable.Range(0, Arm.Length).Where(i => Arm[i] == 0 || Arm[i] == arm)];

    public UpliftSample Sample(int arm)
    {
        var rows = Rows(arm);
        var treated = Array.ConvertAll(rows, i => Arm[i] == arm);
        var propensity = new double[rows.Length];
        Array.Fill(propensity, treated.Count(t => t) / (double)rows.Length);
        return new(Then.Take(rows), Array.ConvertAll(rows, i => Outcome[i]), treated, propensity);
    }
}
