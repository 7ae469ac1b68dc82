namespace Coterie.Simulation;

/// <summary>A simulated shop: how large, how long, how dirty. The same options give the same bytes on any machine.</summary>
public sealed record SimulationOptions
{
    /// <summary>Real customers; each is in <c>truth.csv</c> once and has at least one event.</summary>
    public int Customers { get; init; } = 2_000;
    public int Days { get; init; } = 365;
    public ulong Seed { get; init; } = 1;
    /// <summary>First day, UTC; the calendar's sales and gift seasons follow it.</summary>
    public DateOnly Start { get; init; } = new(2025, 1, 1);
    /// <summary>Products, rounded up to the same number in each of the shop's 32 categories.</summary>
    public int Products { get; init; } = 1_280;
    /// <summary>Stray, unknown and unusable events (no time, a time in 2099, prices of zero, below zero or of letters, absurd
    /// quantities) for one real event.</summary>
    public double NoiseShare { get; init; } = 0.02;
    /// <summary>Robots for one real customer; each makes about a thousand events.</summary>
    public double BotShare { get; init; } = 0.001;
    /// <summary>Rows that are written twice, exactly.</summary>
    public double DuplicateShare { get; init; } = 0.005;
    /// <summary>Sessions without a purchase in which the customer is not logged in; also strangers (visitors who never say who they are)
    /// for one real customer.</summary>
    public double AnonymousShare { get; init; } = 0.08;
    /// <summary>Threads; changes the speed only.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    // Twenty years: days and seconds stay far inside 32 bits.
    const int MaxDays = 7_300;
    const int MaxCustomers = 100_000_000;
    const int MaxProducts = 1_000_000;

    /// <summary>Throws one exception that lists every option that is out of range.</summary>
    internal void Check()
    {
        List<string> problems = [];
        Within(Customers, 1, MaxCustomers, "Customers");
        Within(Days, 1, MaxDays, "Days");
        Within(Products, 1, MaxProducts, "Products");
        Within(Threads, 1, 1024, "Threads");
        Within(Start.Year, 1971, 2090, "The year of Start");
        Share(NoiseShare, "NoiseShare");
        Share(BotShare, "BotShare");
        Share(DuplicateShare, "DuplicateShare");
        Share(AnonymousShare, "AnonymousShare");
        if (problems.Count > 0) throw new ConfigurationException(string.Join(Environment.NewLine, problems));

        void Within(int value, int low, int high, string name)
        {
            if (value < low || value > high) problems.Add($"{name} is {value}. Expected {low} to {high}.");
        }

        void Share(double value, string name)
        {
            if (!(value is >= 0 and <= 1)) problems.Add($"{name} is {value}. Expected a share from 0 to 1.");
        }
    }
}

/// <summary>What was written.</summary>
public sealed record SimulationSummary
{
    public required string EventsFile { get; init; }
    public required string ProductsFile { get; init; }
    public required string TruthFile { get; init; }
    public required int Customers { get; init; }
    public required int Bots { get; init; }
    /// <summary>Visitors who are never identified.</summary>
    public required int Strangers { get; init; }
    public required int Products { get; init; }
    /// <summary>Rows of <c>events.csv</c>, everything included.</summary>
    public required long Events { get; init; }
    /// <summary>Rows by the real customers, noise, duplicates and anonymous sessions not counted.</summary>
    public required long CustomerEvents { get; init; }
    public required long BotEvents { get; init; }
    public required long NoiseEvents { get; init; }
    public required long DuplicateRows { get; init; }
    /// <summary>Rows without customer_id (robots and noise not counted).</summary>
    public required long AnonymousEvents { get; init; }
    /// <summary>Bytes of <c>events.csv</c>.</summary>
    public required long Bytes { get; init; }
    /// <summary>Persona to customers.</summary>
    public required IReadOnlyDictionary<string, int> Personas { get; init; }
}
