namespace Coterie.Decisions;

/// <summary>How the value of customers is forecast.</summary>
public sealed record ValueOptions
{
    /// <summary>Days to look ahead; null takes a quarter of the history, 7 to 90 days.</summary>
    public int? Horizon { get; init; }
    /// <summary>Starts of every search for a best fit.</summary>
    public int Starts { get; init; } = 5;
    /// <summary>Fewer customers with a second order than this before the held-out period cannot carry a model of four parameters.</summary>
    public int LeastRepeaters { get; init; } = 30;
    /// <summary>Fewer customers who order in the held-out period than this cannot judge it.</summary>
    public int LeastBuyers { get; init; } = 10;

    /// <exception cref="ConfigurationException">Lists every problem.</exception>
    public void Check()
    {
        List<string> problems = [];
        if (Horizon is < 1) problems.Add($"--horizon is {Horizon}; expected 1 day or more.");
        if (Starts < 1) problems.Add($"starts is {Starts}; expected 1 or more.");
        if (LeastRepeaters < 10) problems.Add($"least_repeaters is {LeastRepeaters}; expected 10 or more.");
        if (LeastBuyers < 1) problems.Add($"least_buyers is {LeastBuyers}; expected 1 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join(' ', problems));
    }
}
