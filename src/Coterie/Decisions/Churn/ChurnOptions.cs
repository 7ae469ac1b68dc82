namespace Coterie.Decisions.Churn;

/// <summary>How churn is defined and foreseen.</summary>
public sealed record ChurnOptions
{
    /// <summary>Days ahead in which a customer without an order counts as churned, the same for all; null lets each customer's own rhythm decide, at most the
    /// horizon that the history allows.</summary>
    public int? HorizonDays { get; init; }
    /// <summary>Customers of the early-warning list on the page; the table has everybody.</summary>
    public int Warn { get; init; } = 20;
    /// <summary>A silence is taken for good once fewer than this share of customers ever came back from one as long.</summary>
    public double ComeBack { get; init; } = 0.05;
    /// <summary>Customers that teach and judge; a sample by the hash of their ids above this. Everybody is scored.</summary>
    public int MaxCustomers { get; init; } = 50_000;
    /// <summary>Later periods that judge, each foreseen from before it; fewer where the history is short.</summary>
    public int CutOffs { get; init; } = 3;
    /// <summary>Freezes that each model learns from, a third of a horizon apart.</summary>
    public int Freezes { get; init; } = 6;
    /// <summary>Resamples behind each interval.</summary>
    public int Resamples { get; init; } = 300;
    /// <summary>What a customer is expected to spend over a horizon of so many days, from another decision; null takes the customer's mean, shrunk.</summary>
    public IReadOnlyDictionary<string, double>? ExpectedSpend { get; init; }

    internal void Check()
    {
        List<string> problems = [];
        if (HorizonDays is < 1) problems.Add($"--horizon: {HorizonDays} days; expected 1 or more.");
        if (Warn < 1) problems.Add($"--warn: {Warn} customers; expected 1 or more.");
        if (!(ComeBack is > 0 and < 1)) problems.Add($"come back: {ComeBack}; expected between 0 and 1.");
        if (MaxCustomers < 100) problems.Add($"max customers: {MaxCustomers}; expected 100 or more.");
        if (CutOffs < 1) problems.Add($"cut-offs: {CutOffs}; expected 1 or more.");
        if (Freezes < 1) problems.Add($"freezes: {Freezes}; expected 1 or more.");
        if (Resamples < 20) problems.Add($"resamples: {Resamples}; expected 20 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
