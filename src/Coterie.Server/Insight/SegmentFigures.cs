using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Insight;

/// <summary>A trait that segments are compared by.</summary>
/// <param name="Deciles">0, 10 .. 100 % of all customers that have it, as in the report.</param>
sealed record Trait(string Feature, Bilingual Label, string Unit, IReadOnlyList<double> Deciles);

/// <summary>Where a segment's members would be if not here.</summary>
sealed record SecondBest(string Segment, int Customers);

/// <summary>What a run's files say of one segment beyond its report.</summary>
/// <param name="Medians">Of the traits, in their order; NaN where nobody has one.</param>
/// <param name="Places">Mean place of the members among all customers ordered by the trait, 0 to 1: the share of the shop's deciles that lie below them, equal ones by half. 0.5 is like everybody.</param>
/// <param name="Confidence">Mean.</param>
/// <param name="LowConfidence">The confidence that nine of ten members exceed.</param>
/// <param name="Agreement">Mean agreement of the two views; NaN with one view.</param>
/// <param name="Seconds">Largest first.</param>
/// <param name="Disputed">Members whom the two views point to different segments; null where the views were not fused.</param>
sealed record SegmentFigures(string Segment, int Customers, IReadOnlyList<double> Medians, IReadOnlyList<double> Places, double Confidence, double LowConfidence, double Agreement, IReadOnlyList<SecondBest> Seconds, int? Disputed);

/// <summary>The figures of all segments of a run, for their comparison.</summary>
sealed record RunFigures(IReadOnlyList<Trait> Traits, IReadOnlyDictionary<string, SegmentFigures> Segments)
{
    /// <summary>Traits that are compared; the first of them make the radar.</summary>
    const int MostTraits = 14;

    /// <summary>Reads the files of a run once, in the engine: nothing of the size of the shop comes into memory.</summary>
    /// <exception cref="InputException">A file is missing or damaged.</exception>
    public static RunFigures Of(string run, RunReport report)
    {
        var features = report.Features.ToDictionary(f => f.Name, StringComparer.Ordinal);
        // Without segments there is nothing to tell apart.
        Trait[] traits =
        [
            .. SegmentSections.Distinguishing(report.Segments).Where(f => features.GetValueOrDefault(f.Feature)?.Deciles.Length == 11).Take(MostTraits)
                .Select(f => new Trait(f.Feature, f.Label, f.Unit, features[f.Feature].Deciles)),
        ];
        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        string File(string name) => System.IO.File.Exists(Path.Combine(run, name)) ? $"read_parquet({engine.Dialect.Text(Path.Combine(run, name))})" : throw new InputException($"'{Path.Combine(run, name)}' is missing; run segment again.");
        try
        {
            var rows = Rows(engine, File("segments.parquet"), File("features.parquet"), traits);
            var seconds = engine.Rows(new Step("count the second-best segments", $"SELECT segment, second, count(*) FROM {File("segments.parquet")} WHERE second IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2"),
                r => (Segment: r.GetString(0), Second: new SecondBest(r.GetString(1), (int)r.GetInt64(2)))).ToLookup(r => r.Segment, r => r.Second, StringComparer.Ordinal);
            var disputed = Disputed(engine, Path.Combine(run, "opinions.csv"));
            return new(traits, rows.ToDictionary(r => r.Segment, r => r with { Seconds = [.. seconds[r.Segment]], Disputed = disputed is null ? null : disputed.GetValueOrDefault(r.Segment) }, StringComparer.Ordinal));
        }
        catch (WarehouseException e)
        {
            throw new InputException($"The files of the run '{run}' cannot be read: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }
    }

    static List<SegmentFigures> Rows(DuckDbWarehouse engine, string segments, string features, Trait[] traits)
    {
        // Nine comparisons with deciles instead of a sort of everybody: a million customers take a second.
        var parameters = new Dictionary<string, object?>();
        var columns = string.Concat(traits.Select((t, j) =>
        {
            var column = "f." + engine.Dialect.Name(t.Feature);
            var steps = Enumerable.Range(1, 9).Select(d =>
            {
                parameters[$"t{j}d{d}"] = t.Deciles[d];
                return $"({column} > $t{j}d{d})::INT + ({column} >= $t{j}d{d})::INT";
            });
            return $", median({column}), avg(({string.Join(" + ", steps)}) / 18.0)";
        }));
        return engine.Rows(new Step("describe the segments",
            $"SELECT s.segment, count(*), avg(s.confidence), quantile_cont(s.confidence, 0.1), avg(s.agreement){columns} FROM {segments} AS s JOIN {features} AS f USING (customer_id) GROUP BY 1 ORDER BY 1") { Parameters = parameters }, r =>
        {
            double Number(int column) => r.IsDBNull(column) ? double.NaN : r.GetDouble(column);
            return new SegmentFigures(r.GetString(0), (int)r.GetInt64(1), [.. traits.Select((_, j) => Number(5 + 2 * j))], [.. traits.Select((_, j) => Number(6 + 2 * j))], Number(2), Number(3), Number(4), [], null);
        });
    }

    static Dictionary<string, int>? Disputed(DuckDbWarehouse engine, string opinions)
    {
        if (!File.Exists(opinions)) return null;
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        engine.Query(new Step("count the disputed customers",
            $"SELECT segment, count(*) FROM read_csv({engine.Dialect.Text(opinions)}, header = true, all_varchar = true) WHERE disputed = 'true' GROUP BY 1"), r => counts[r.GetString(0)] = (int)r.GetInt64(1));
        return counts;
    }
}
