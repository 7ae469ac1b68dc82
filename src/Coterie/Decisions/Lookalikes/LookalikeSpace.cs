using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Decisions.Lookalikes;

/// <summary>The space that likeness is measured in, and recency, frequency and money beside it.</summary>
internal sealed record LookalikeSpace
{
    /// <summary>embedding or features.</summary>
    internal required string Name { get; init; }
    internal required string[] Customers { get; init; }
    /// <summary>n x d; of unit length in an embedding.</summary>
    internal required Matrix Rows { get; init; }
    internal required bool Unit { get; init; }
    /// <summary>n x 3, standardised logarithms.</summary>
    internal required Matrix Rfm { get; init; }

    internal int Count => Customers.Length;

    internal static LookalikeSpace Of(FeatureTable table, CustomerVectors? embedding, int threads)
    {
        var rfm = RfmOf(table, threads);
        if (embedding is null)
        {
            var prepared = Preparation.Fit(table, new PreparationOptions { Threads = threads }).Apply(table).Rows;
            return new LookalikeSpace { Name = "features", Customers = table.Customers, Rows = prepared, Unit = false, Rfm = rfm };
        }

        // Customers that both know, in the order of the features.
        var places = embedding.Customers.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);
        int[] kept = [.. Enumerable.Range(0, table.Count).Where(i => places.ContainsKey(table.Customers[i]))];
        if (kept.Length == 0) throw new InputException("No customer of the run's embedding is in these events; name the run that was made from them.");
        var rows = embedding.Rows.Take([.. kept.Select(i => places[table.Customers[i]])]);
        // The common direction of an embedding says nothing of likeness.
        Standardisation.Of(rows, threads).Apply(rows, threads);
        SeedLikeness.Unit(rows);
        return new LookalikeSpace { Name = "embedding", Customers = [.. kept.Select(i => table.Customers[i])], Rows = rows, Unit = true, Rfm = rfm.Take(kept) };
    }

    static Matrix RfmOf(FeatureTable table, int threads)
    {
        double[][] measures =
        [
            table.Column("recency_days") ?? new double[table.Count], table.Column("frequency") ?? table.Column("events") ?? new double[table.Count], table.Column("monetary") ?? new double[table.Count],
        ];
        var rows = new Matrix(table.Count, measures.Length);
        for (var j = 0; j < measures.Length; j++)
        {
            for (var i = 0; i < table.Count; i++) rows[i, j] = (float)Math.Log(1 + Math.Max(double.IsNaN(measures[j][i]) ? 0 : measures[j][i], 0));
        }

        Standardisation.Of(rows, threads).Apply(rows, threads);
        return rows;
    }
}
