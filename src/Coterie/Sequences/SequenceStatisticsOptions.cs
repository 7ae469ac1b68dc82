using System.Text.Json.Serialization;

namespace Coterie.Sequences;

/// <summary>How sequences become a table without a neural network.</summary>
public sealed record SequenceStatisticsOptions
{
    /// <summary>Fields whose compound is the word of an event.</summary>
    public IReadOnlyList<string> Compound { get; init; } = ["kind", "product_rank", "orders_ago", "gap"];
    /// <summary>Runs of 1 to so many words are counted; at most 3.</summary>
    public int Order { get; init; } = 3;
    /// <summary>Runs that fewer customers have are left out.</summary>
    public int MinCustomers { get; init; } = 30;
    /// <summary>Events of an average customer that are added to everybody's own, so that short histories stay near the middle; 0 adds none.</summary>
    public double Shrinkage { get; init; } = 10;
    /// <summary>d.</summary>
    public int Dimensions { get; init; } = 20;
    /// <summary>Passes of power iteration of the decomposition.</summary>
    public int Iterations { get; init; } = 4;
    /// <summary>Customers that are learned from; of more, this many by a hash of their id.</summary>
    public int MaxCustomers { get; init; } = 50_000;
    /// <summary>Customers with fewer events are placed, but not learned from.</summary>
    public int MinEvents { get; init; } = 1;
    /// <summary>Threads to use; the result does not depend on it, so a saved model does not hold it.</summary>
    [JsonIgnore]
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal void Validate()
    {
        var problems = new List<string>();
        void Check(string name, object value, bool fine, string expected)
        {
            if (!fine) problems.Add($"sequence statistics: {name} is {value}; expected {expected}.");
        }

        Check("order", Order, Order is >= 1 and <= WordGrams.MaxOrder, $"1 to {WordGrams.MaxOrder}");
        Check("min-customers", MinCustomers, MinCustomers >= 1, "1 or more");
        Check("shrinkage", Shrinkage, Shrinkage >= 0 && double.IsFinite(Shrinkage), "0 or more");
        Check("dimensions", Dimensions, Dimensions >= 1, "1 or more");
        Check("iterations", Iterations, Iterations >= 0, "0 or more");
        Check("max-customers", MaxCustomers, MaxCustomers >= 1, "1 or more");
        Check("min-events", MinEvents, MinEvents >= 1, "1 or more");
        Check("threads", Threads, Threads >= 1, "1 or more");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
