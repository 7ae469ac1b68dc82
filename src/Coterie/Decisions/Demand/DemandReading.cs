using Coterie.Profiles;

namespace Coterie.Decisions.Demand;

/// <summary>Reads weekly demand and its hierarchy from the warehouse.</summary>
static class DemandReading
{
    internal static readonly Bilingual Others = new("(other products)", "（其他商品）"), Total = new("all products", "全部商品");
    const string NoCategory = "(none)";

    sealed class Line(string product, string? category, string? segment, int weeks)
    {
        internal string Product => product;
        internal string? Category => category;
        internal string? Segment => segment;
        internal readonly double[] Units = new double[weeks], Money = new double[weeks], Bought = new double[weeks];
        internal double Sum;
    }

    /// <summary>Null where there are too few whole weeks.</summary>
    /// <exception cref="InputException">No purchases, no products, no quantities, or quantities that are all returned.</exception>
    internal static DemandShop? Read(DecisionInput input, DemandOptions options, ForecastSettings settings, out int weeks)
    {
        var (dialect, asOf) = (input.Warehouse.Dialect, input.AsOf);
        var span = Warehouse.WarehouseReading.Single(input.Warehouse, DemandSteps.Span(dialect, asOf), r => r.GetInt64(0) == 0 ? null
            : new { First = r.GetInt64(1), Last = r.GetInt64(2), Quantities = r.GetInt64(3), Products = r.GetInt64(4) })
            ?? throw new InputException($"There are no purchases up to {asOf:yyyy-MM-dd}; demand needs purchases. Check the kinds of event with --map kind=COLUMN.");
        if (span.Products == 0) throw new InputException("No purchase names a product; demand needs products. Name the column with --map product_id=COLUMN.");
        if (span.Quantities == 0 && !options.LinesAsUnits)
            throw new InputException("No purchase has a quantity. Name the column with --map quantity=COLUMN, or add --lines-as-units if each line is one unit.");

        // A week is whole when it begins on or after the day of the first purchase and has ended by the day of the last.
        var firstDay = span.First / 86400;
        var lastDay = span.Last / 86400;
        const long monday = 4;
        var first = (firstDay - monday + 6) / 7;
        var end = (lastDay + 1 - monday) / 7;
        weeks = (int)Math.Max(0, end - first);
        if (weeks < settings.FewestWeeks) return null;
        var counts = new DemandCounts();
        var lines = options.By == DemandSeriesKind.SegmentCategory ? BySegment(input, options, first, weeks, counts) : ByProduct(input, options, first, weeks, counts);
        if (options.StockHistory is { } history) StockHistory.Correct(history, [.. lines.Select(l => l.Product)], [.. lines.Select(l => l.Units)], first, counts);
        if (counts.Demand <= 0) throw new InputException($"Of {counts.Bought:N0} units bought, {counts.Returned:N0} were returned: no demand is left. Check the kinds of event and the sign of quantities.");
        var shop = Build(lines, options, settings, weeks, counts);
        return shop with
        {
            FirstWeek = first,
            FirstDropped = (span.First - DemandSteps.FirstMonday) / DemandSteps.Week < first,
            LastDropped = (span.Last - DemandSteps.FirstMonday) / DemandSteps.Week >= end,
        };
    }

    static List<Line> ByProduct(DecisionInput input, DemandOptions options, long first, int weeks, DemandCounts counts)
    {
        var categories = Categories(input);
        var lines = new List<Line>();
        Line? line = null;
        input.Warehouse.Query(DemandSteps.Products(input.Warehouse.Dialect, input.AsOf, options.LinesAsUnits), r =>
        {
            var product = r.GetString(0);
            if (line is null || line.Product != product) lines.Add(line = new(product, categories.GetValueOrDefault(product), null, weeks));
            Add(line, r.GetInt64(1) - first, weeks, r.GetDouble(2), r.GetDouble(3), r.GetDouble(4), r.GetDouble(5), counts);
        });
        counts.Products = lines.Count;
        if (options.By == DemandSeriesKind.Product) return lines;
        return [.. lines.GroupBy(l => l.Category ?? NoCategory).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Merge(g, g.Key, g.Key, null, weeks))];
    }

    static List<Line> BySegment(DecisionInput input, DemandOptions options, long first, int weeks, DemandCounts counts)
    {
        var segments = input.Segments ?? throw new ConfigurationException("--by segment-category needs segments: name a run with --run DIR.");
        var found = new SortedDictionary<string, Line>(StringComparer.Ordinal);
        input.Warehouse.Query(DemandSteps.Customers(input.Warehouse.Dialect, input.AsOf, options.LinesAsUnits), r =>
        {
            var place = segments.Of(r.GetString(0));
            var segment = place < 0 ? "(new customers)" : segments.Segments[place].Id;
            var category = r.IsDBNull(1) ? NoCategory : Top(r.GetString(1));
            var key = $"{segment} · {category}";
            if (!found.TryGetValue(key, out var line)) found[key] = line = new(key, category, segment, weeks);
            Add(line, r.GetInt64(2) - first, weeks, r.GetDouble(3), r.GetDouble(4), r.GetDouble(5), 0, counts);
        });
        counts.Products = found.Count;
        return [.. found.Values];
    }

    static void Add(Line line, long week, int weeks, double units, double bought, double returned, double money, DemandCounts counts)
    {
        if (week < 0 || week >= weeks) return;
        line.Units[week] += units;
        line.Bought[week] += bought;
        line.Money[week] += money;
        line.Sum += units;
        counts.Demand += units;
        counts.Bought += bought;
        counts.Returned += returned;
    }

    // The category in which a product stands most often; the first by name where two are even.
    static Dictionary<string, string> Categories(DecisionInput input)
    {
        var (best, most) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
        if (!input.Quality.Present.Contains("category")) return best;
        input.Warehouse.Query(DemandSteps.Categories(input.AsOf), r =>
        {
            var (product, lines) = (r.GetString(0), r.GetInt64(2));
            if (most.TryGetValue(product, out var before) && before >= lines) return;
            (best[product], most[product]) = (Top(r.GetString(1)), lines);
        });
        return best;
    }

    static string Top(string path) => path.Split('/')[0];

    static Line Merge(IEnumerable<Line> of, string name, string? category, string? segment, int weeks)
    {
        var merged = new Line(name, category, segment, weeks);
        foreach (var line in of)
        {
            for (var t = 0; t < weeks; t++)
            {
                merged.Units[t] += line.Units[t];
                merged.Bought[t] += line.Bought[t];
                merged.Money[t] += line.Money[t];
            }

            merged.Sum += line.Sum;
        }

        return merged;
    }

    static DemandShop Build(List<Line> lines, DemandOptions options, ForecastSettings settings, int weeks, DemandCounts counts)
    {
        // Series that are long enough and, with a limit, the largest; the rest becomes one, so that the total stays whole.
        var old = lines.Where(l => Start(l) is var s && s >= 0 && weeks - s >= settings.Fewest + settings.Span).ToList();
        var kept = options.Top > 0 && options.Top < old.Count
            ? [.. old.OrderByDescending(l => l.Sum).ThenBy(l => l.Product, StringComparer.Ordinal).Take(options.Top).OrderBy(l => l.Product, StringComparer.Ordinal)] : old;
        var keptSet = kept.ToHashSet();
        var rest = lines.Where(l => !keptSet.Contains(l) && l.Sum > 0).ToList();
        counts.Others = rest.Count;
        var nodes = kept.Select(l => new DemandNode(new(l.Product, l.Product), options.By == DemandSeriesKind.Product ? l.Product : null, l.Category, l.Segment)).ToList();
        if (rest.Count > 0)
        {
            kept = [.. kept, Merge(rest, Others.En, null, null, weeks)];
            nodes.Add(new(Others, null, null, null));
        }

        var sums = SumsOf(nodes, options.By);
        string[] categories = [.. nodes.Where(n => n.Category is not null).Select(n => n.Category!).Distinct().Order(StringComparer.Ordinal)];
        int GroupOf(string? category) => category is null ? -1 : Array.IndexOf(categories, category);
        double[][] demand = [.. sums.Select(s => Sum(kept, s.Members, weeks)), .. kept.Select(l => l.Units)];
        return new()
        {
            Panel = new()
            {
                Names = [.. sums.Select(s => s.Name.En), .. nodes.Select(n => n.Name.En)],
                Demand = demand,
                Starts = [.. demand.Select(d => Math.Max(0, Array.FindIndex(d, y => y > 0)))],
                Sums = [.. sums.Select(_ => true), .. nodes.Select(_ => false)],
                Groups = [.. sums.Select(s => s.Kind == "category" ? GroupOf(s.Name.En) : -1), .. nodes.Select(n => GroupOf(n.Category))],
                Prices = options.By == DemandSeriesKind.SegmentCategory ? null
                    : [.. sums.Select(_ => Enumerable.Repeat(double.NaN, weeks).ToArray()), .. kept.Select(l => l.Money.Select((m, t) => l.Bought[t] > 0 && m > 0 ? m / l.Bought[t] : double.NaN).ToArray())],
                Whole = demand.All(d => d.All(y => y == Math.Floor(y))),
            },
            Sums = sums,
            Nodes = nodes,
            FirstWeek = 0,
            FirstDropped = false,
            LastDropped = false,
            Counts = counts,
        };
    }

    static int Start(Line line) => Array.FindIndex(line.Units, y => y > 0);

    static List<DemandSum> SumsOf(List<DemandNode> nodes, DemandSeriesKind by)
    {
        var sums = new List<DemandSum>();
        if (nodes.Count < 2) return sums;
        sums.Add(new(Total, "total", [.. Enumerable.Range(0, nodes.Count)]));
        if (by != DemandSeriesKind.Category) Each("category", n => n.Category);
        if (by == DemandSeriesKind.SegmentCategory) Each("segment", n => n.Segment);
        return sums;

        void Each(string kind, Func<DemandNode, string?> of)
        {
            var groups = nodes.Select((n, i) => (Name: of(n), i)).Where(p => p.Name is not null).GroupBy(p => p.Name!).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
            // One category is the total again.
            if (groups.Length < 2) return;
            foreach (var group in groups) sums.Add(new(new(group.Key, group.Key), kind, [.. group.Select(p => p.i)]));
        }
    }

    static double[] Sum(List<Line> lines, int[] members, int weeks)
    {
        var sum = new double[weeks];
        foreach (var i in members)
            for (var t = 0; t < weeks; t++) sum[t] += lines[i].Units[t];
        return sum;
    }
}
