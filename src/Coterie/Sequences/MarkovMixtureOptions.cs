using System.Text.Json.Serialization;

namespace Coterie.Sequences;

/// <summary>How a mixture of Markov chains is fitted.</summary>
public sealed record MarkovMixtureOptions
{
    /// <summary>K.</summary>
    public int Components { get; init; } = 8;
    /// <summary>Fields whose compound is the word of an event; a word depends on the word before.</summary>
    public IReadOnlyList<string> Compound { get; init; } = ["kind", "product_rank", "orders_ago", "gap"];
    /// <summary>Kinds that are no words. A click on an ad is how a visit came about, not a step of it: kept, the customers of that channel speak a
    /// language of their own whatever they do next.</summary>
    public IReadOnlyList<string> LeftOutKinds { get; init; } = ["ad_click"];
    /// <summary>Further fields of purchases, each drawn by the component alone, where they are known.</summary>
    public IReadOnlyList<string> PurchaseMarks { get; init; } = ["discount", "quantity"];
    /// <summary>Whether a chain of repeat purchases speaks too: if each came after as many orders as the ones before.</summary>
    public bool Turns { get; init; } = true;
    /// <summary>Whether the time since the last event, beside the customer's own pace, speaks too.</summary>
    public bool Silence { get; init; } = true;
    /// <summary>Customers with fewer events are placed, but not learned from: they would make a component of their own of having few.</summary>
    public int MinEvents { get; init; } = 20;
    /// <summary>Where fewer customers than this have so many events, the bar is lowered until they are enough, at most down to <see cref="FewestEvents"/>:
    /// a shop that logs orders only has hardly anybody with twenty.</summary>
    public int EnoughCustomers { get; init; } = 2_000;
    public int FewestEvents { get; init; } = 5;
    /// <summary>Outcomes that fewer customers have are left out.</summary>
    public int MinCustomers { get; init; } = 3;
    /// <summary>Outcomes of an average customer that are added to what follows each word in each component.</summary>
    public double Prior { get; init; } = 150;
    /// <summary>Starts from k-means of <see cref="SequenceStatistics"/>; the one of largest likelihood after a few steps is followed to the end.</summary>
    public int Starts { get; init; } = 8;
    public int MaxIterations { get; init; } = 100;
    /// <summary>Stops when the likelihood gains less than this share of itself.</summary>
    public double Tolerance { get; init; } = 1e-6;
    /// <summary>Customers that are learned from; of more, this many by a hash of their id.</summary>
    public int MaxCustomers { get; init; } = 50_000;
    /// <summary>Threads to use; the result does not depend on it, so a saved model does not hold it.</summary>
    [JsonIgnore]
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal void Validate()
    {
        var problems = new List<string>();
        void Check(string name, object value, bool fine, string expected)
        {
            if (!fine) problems.Add($"markov mixture: {name} is {value}; expected {expected}.");
        }

        Check("components", Components, Components >= 1, "1 or more");
        Check("min-events", MinEvents, MinEvents >= 1, "1 or more");
        Check("enough-customers", EnoughCustomers, EnoughCustomers >= 1, "1 or more");
        Check("fewest-events", FewestEvents, FewestEvents >= 1, "1 or more");
        Check("min-customers", MinCustomers, MinCustomers >= 1, "1 or more");
        Check("prior", Prior, Prior > 0 && double.IsFinite(Prior), "more than 0");
        Check("starts", Starts, Starts >= 1, "1 or more");
        Check("max-iterations", MaxIterations, MaxIterations >= 1, "1 or more");
        Check("tolerance", Tolerance, Tolerance >= 0, "0 or more");
        Check("max-customers", MaxCustomers, MaxCustomers >= 1, "1 or more");
        Check("threads", Threads, Threads >= 1, "1 or more");
        var unknown = LeftOutKinds.Except(SequenceFields.Kinds, StringComparer.Ordinal).ToList();
        Check("left-out-kinds", string.Join(", ", unknown), unknown.Count == 0, "some of " + string.Join(", ", SequenceFields.Kinds));
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
