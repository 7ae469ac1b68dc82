namespace Coterie.Decisions.Demand;

/// <summary>Series of demand over the same weeks.</summary>
public sealed record DemandPanel
{
    /// <summary>n names.</summary>
    public required IReadOnlyList<string> Names { get; init; }
    /// <summary>n x T; what is before a series' start is not looked at.</summary>
    public required double[][] Demand { get; init; }
    /// <summary>n: the first week of each series.</summary>
    public required int[] Starts { get; init; }
    /// <summary>n: whether it is a sum of others.</summary>
    public required bool[] Sums { get; init; }
    /// <summary>n: the number of the group that shares a season; sums too.</summary>
    public required int[] Groups { get; init; }
    /// <summary>n x T mean unit prices, NaN where none was seen; null without prices.</summary>
    public double[][]? Prices { get; init; }
    /// <summary>Steps of a season: 52 weeks, 12 months.</summary>
    public int Season { get; init; } = 52;
    /// <summary>Demand is in whole units.</summary>
    public required bool Whole { get; init; }

    public int Count => Demand.Length;
    public int Weeks => Demand.Length == 0 ? 0 : Demand[0].Length;

    /// <summary>The demand that is known at an origin: weeks [start, origin).</summary>
    internal ReadOnlySpan<double> Known(int series, int origin) => Demand[series].AsSpan(Starts[series], Math.Max(0, origin - Starts[series]));
}

/// <summary>How series are forecast and judged.</summary>
public sealed record ForecastSettings
{
    public int Horizon { get; init; } = 4;
    /// <summary>Steps whose sum is forecast as well: the time until an order arrives.</summary>
    public int Lead { get; init; } = 2;
    /// <summary>Most origins from which the past is forecast again.</summary>
    public int Origins { get; init; } = 16;
    /// <summary>Steps between two origins.</summary>
    public int Stride { get; init; } = 1;
    /// <summary>The last of them, on which the result is judged; the choice for them is made on earlier ones.</summary>
    public int Judged { get; init; } = 6;
    /// <summary>Fewest steps that a series needs at an origin.</summary>
    public int Fewest { get; init; } = 12;
    public bool Boosting { get; init; } = true;
    public int Threads { get; init; } = 1;
    public Numerics.Seed Seed { get; init; } = new(1);

    /// <summary>Steps that must have passed before a forecast can be scored.</summary>
    internal int Span => Math.Max(Horizon, Lead);

    /// <summary>Fewest steps of the panel: one origin to choose on, one to judge on.</summary>
    internal int FewestWeeks => Fewest + 2 * Span;
}
