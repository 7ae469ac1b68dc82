using System.Text.Json.Serialization;
using Coterie.Numerics;

namespace Coterie.Features;

/// <summary>What preparation learned from one table; applies to any other without looking at it: each row is treated alone.</summary>
public sealed record PreparationModel
{
    /// <summary>Features in use, in the order of the catalogue.</summary>
    public required IReadOnlyList<PreparedFeature> Features { get; init; }
    public required IReadOnlyList<DroppedFeature> Dropped { get; init; }
    public required PreparationOptions Options { get; init; }
    /// <summary>Null when the scaled columns are used as they are.</summary>
    public PrincipalComponents? Components { get; init; }
    /// <summary>What was decided in place of what the options say, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Names of the prepared columns: the features, or pc1, pc2 and so on.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Columns => Components is null
        ? [.. Features.Select(f => f.Name)]
        : [.. Enumerable.Range(1, Components.Loadings.Length).Select(i => $"pc{i}")];

    /// <summary>Prepares a table (n customers): an n x columns matrix. A feature that the table lacks is replaced as a missing value
    /// of every customer, and said in the notes.</summary>
    public PreparedTable Apply(FeatureTable table)
    {
        var scaled = Scaled(table, out var imputed, out var notes);
        return new(Components is null ? scaled : Project(scaled, Components, Options.Threads), Columns) { Imputed = imputed, Notes = notes };
    }

    internal Matrix Scaled(FeatureTable table, out Dictionary<string, int> imputed, out List<string> notes)
    {
        int n = table.Count, d = Features.Count;
        var rows = new Matrix(n, d);
        var missing = new int[d];
        var columns = Features.Select(f => table.Column(f.Name)).ToArray();
        var scales = Features.Select(f => new FeatureScale(f)).ToArray();
        // By rows: a column at a time would touch every line of a matrix larger than the caches for each of them.
        Chunks.For(n, Options.Threads, (_, start, end) =>
        {
            for (var j = 0; j < d; j++)
            {
                var absent = 0;
                for (var i = start; i < end; i++)
                {
                    var x = columns[j] is { } column ? column[i] : double.NaN;
                    if (double.IsNaN(x)) absent++;
                    rows[i, j] = (float)scales[j].Apply(x);
                }

                Interlocked.Add(ref missing[j], absent);
            }
        });
        imputed = [];
        notes = [];
        for (var j = 0; j < d; j++)
        {
            if (missing[j] > 0) imputed[Features[j].Name] = missing[j];
            if (columns[j] is null)
                notes.Add($"{Features[j].Name} is not in this table; every customer got {Features[j].Impute:g4}, the median where it was learned.");
        }

        return rows;
    }

    static Matrix Project(Matrix rows, PrincipalComponents components, int threads)
    {
        int d = rows.Columns, k = components.Loadings.Length;
        var projected = new Matrix(rows.Rows, k);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = rows.Row(i);
                for (var c = 0; c < k; c++)
                {
                    var sum = 0.0;
                    for (var j = 0; j < d; j++) sum += (row[j] - components.Means[j]) * components.Loadings[c][j];
                    projected[i, c] = (float)sum;
                }
            }
        });
        return projected;
    }
}

/// <summary>The way of one value: impute, winsorise, transform, scale, weight.</summary>
readonly struct FeatureScale(PreparedFeature feature)
{
    readonly RankTransform? ranks = feature.Transform == Transform.Rank ? new(feature.Knots) : null;

    public double Apply(double x)
    {
        x = double.IsNaN(x) ? feature.Impute : Math.Clamp(x, feature.Low, feature.High);
        return (Transformed(x) - feature.Centre) / feature.Spread * feature.Weight;
    }

    public double Transformed(double x) => feature.Transform switch
    {
        Transform.None => x,
        Transform.Sqrt => Math.Sqrt(Math.Max(0, x)),
        Transform.Log => Math.Log(1 + Math.Max(0, x)),
        Transform.Rank => ranks!.Score(x),
        _ => throw new InvalidOperationException($"{feature.Name} was prepared without a transform."),
    };
}
