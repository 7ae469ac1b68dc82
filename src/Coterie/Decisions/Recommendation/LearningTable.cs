namespace Coterie.Decisions;

/// <summary>What members of a blend learn from: who took what up to an instant.</summary>
sealed record LearningTable
{
    internal required ItemHistories Histories { get; init; }
    /// <summary>When each event was, in days, in the shape of the histories; null where only the order is known.</summary>
    internal IReadOnlyList<double[]>? Days { get; init; }
    /// <summary>The instant, in days.</summary>
    internal double Until { get; init; }
    /// <summary>One a customer; -1 for none.</summary>
    internal required IReadOnlyList<int> Segments { get; init; }
    internal int SegmentCount { get; init; }
    internal required ProductFacts Facts { get; init; }
    /// <summary>Whether customers of this shop take the same product again.</summary>
    internal bool Again { get; init; }
    internal int Threads { get; init; } = 1;
    internal required Numerics.Seed Seed { get; init; }
}

/// <summary>Customers for whom lists are made and judged.</summary>
sealed record JudgedCustomers
{
    /// <summary>What they took before, oldest first.</summary>
    internal required IReadOnlyList<int[]> Histories { get; init; }
    internal required IReadOnlyList<int> Segments { get; init; }
    /// <summary>What they took afterwards; at least one product, none that is off.</summary>
    internal required IReadOnlyList<IReadOnlySet<int>> Targets { get; init; }
    /// <summary>Products that may be on no list.</summary>
    internal required bool[] Off { get; init; }
    /// <summary>Whether a list may hold products of the customer's own history.</summary>
    internal bool Again { get; init; }

    internal int Count => Histories.Count;

    /// <summary>What may not be on a customer's list, written into a buffer of the catalogue's length.</summary>
    internal void OffFor(int customer, bool[] off)
    {
        Off.CopyTo(off, 0);
        if (Again) return;
        foreach (var product in Histories[customer]) off[product] = true;
    }
}
