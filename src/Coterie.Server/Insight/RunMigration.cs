using Coterie.Decisions;
using Coterie.Reports;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Insight;

/// <summary>Who went where between two runs.</summary>
static class RunMigration
{
    /// <summary>Joins the two files of segments in the engine: a million customers take a second or so and no memory of ours.</summary>
    /// <exception cref="InputException">A file is missing or damaged.</exception>
    public static SegmentMigration Of(string before, RunReport beforeReport, string after, RunReport afterReport)
    {
        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        string File(string run) => Path.Combine(run, "segments.parquet") is var path && System.IO.File.Exists(path) ? $"read_parquet({engine.Dialect.Text(path)})" : throw new InputException($"'{path}' is missing; run segment again.");
        var counts = new Dictionary<(string From, string To), int>();
        try
        {
            engine.Query(new Step("count who went where",
                $"SELECT b.segment, a.segment, count(*) FROM {File(before)} AS b FULL JOIN {File(after)} AS a USING (customer_id) GROUP BY 1, 2"),
                r => counts[(r.TextOrNull(0) ?? SegmentMigration.New, r.TextOrNull(1) ?? SegmentMigration.Gone)] = (int)r.GetInt64(2));
        }
        catch (WarehouseException e)
        {
            throw new InputException($"The segments of the two runs cannot be compared: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }

        SegmentRef[] from = [.. beforeReport.Segments.Select(s => new SegmentRef(s.Id, s.Name))], to = [.. afterReport.Segments.Select(s => new SegmentRef(s.Id, s.Name))];
        // In the order of the segments, the strangers last.
        string[] lefts = [.. from.Select(s => s.Id), SegmentMigration.New], rights = [.. to.Select(s => s.Id), SegmentMigration.Gone];
        MigrationFlow[] flows = [.. lefts.SelectMany(l => rights, (l, r) => new MigrationFlow(l, r, counts.GetValueOrDefault((l, r)))).Where(f => f.Customers > 0)];
        var both = flows.Where(f => f.From != SegmentMigration.New && f.To != SegmentMigration.Gone).ToArray();
        var all = both.Sum(f => (long)f.Customers);
        return new(from, to, flows, all > 0 ? (double)both.Where(f => f.From != f.To).Sum(f => (long)f.Customers) / all : double.NaN);
    }
}
