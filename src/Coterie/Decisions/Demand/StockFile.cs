using System.Globalization;
using Coterie.Evaluation;

namespace Coterie.Decisions.Demand;

/// <summary>What lies in the shop and what is on its way.</summary>
public sealed record StockLevel(double OnHand, double OnOrder)
{
    /// <summary>The inventory position.</summary>
    public double Position => OnHand + OnOrder;
}

/// <summary>Reads a stock file: product_id, on_hand, on_order.</summary>
static class StockFile
{
    /// <exception cref="InputException">A column is missing, a product stands twice, or a number is negative or no number; names the lines.</exception>
    internal static Dictionary<string, StockLevel> Read(string path)
    {
        var rows = LabelCsv.Read(path, "stock levels");
        var header = rows[0].Select(h => h.ToLowerInvariant()).ToArray();
        var (product, onHand, onOrder) = (Column(path, header, "product_id"), Column(path, header, "on_hand"), Array.IndexOf(header, "on_order"));
        var (found, wrong) = (new Dictionary<string, StockLevel>(StringComparer.Ordinal), new List<string>());
        for (var r = 1; r < rows.Count; r++)
        {
            var row = rows[r];
            string Cell(int at) => at >= 0 && at < row.Length ? row[at] : "";
            var hand = Number(Cell(onHand));
            var order = Cell(onOrder).Length == 0 ? 0 : Number(Cell(onOrder));
            var id = Cell(product);
            if (id.Length == 0) wrong.Add($"row {r + 1}: no product_id");
            else if (!(hand >= 0)) wrong.Add($"row {r + 1}: {id} has on_hand '{Cell(onHand)}'");
            else if (!(order >= 0)) wrong.Add($"row {r + 1}: {id} has on_order '{Cell(onOrder)}'");
            else if (!found.TryAdd(id, new(hand, order))) wrong.Add($"row {r + 1}: {id} stands twice");
        }

        if (wrong.Count > 0)
            throw new InputException($"'{path}': {wrong.Count} {(wrong.Count == 1 ? "row" : "rows")} cannot be used: {string.Join("; ", wrong.Take(5))}{(wrong.Count > 5 ? "; …" : "")}. Expected one row a product with numbers of zero or more.");
        return found;
    }

    internal static int Column(string path, string[] header, string name) => Array.IndexOf(header, name) is >= 0 and var at ? at
        : throw new InputException($"'{path}' has the columns {string.Join(", ", header)}; expected a column {name}.");

    internal static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : double.NaN;
}

/// <summary>Reads what lay in the shop day by day, and puts estimated demand in the place of sales where there was nothing to sell.</summary>
static class StockHistory
{
    /// <param name="path">CSV: product_id, date, on_hand at the end of the day. Days that are not there are taken as in stock.</param>
    /// <param name="products">n, ascending.</param>
    /// <param name="units">n x weeks; changed.</param>
    /// <param name="firstWeek">Number of the first week.</param>
    /// <param name="counts">Told what was changed.</param>
    internal static void Correct(string path, string[] products, double[][] units, long firstWeek, DemandCounts counts)
    {
        var place = products.Select((p, i) => (p, i)).ToDictionary(x => x.p, x => x.i, StringComparer.Ordinal);
        var empty = Read(path, place, firstWeek, units.Length == 0 ? 0 : units[0].Length);
        for (var i = 0; i < products.Length; i++)
        {
            if (empty[i] is not { } days || Array.FindIndex(units[i], y => y > 0) is not (>= 0 and var start)) continue;
            var stock = new WeekStock[units[i].Length - start];
            for (var t = 0; t < stock.Length; t++)
                stock[t] = days[start + t] == 0 ? WeekStock.Stocked : days[start + t] >= 7 ? WeekStock.Empty : WeekStock.SoldOut;
            var own = units[i].AsSpan(start);
            var stocked = Enumerable.Range(0, stock.Length).Where(t => stock[t] == WeekStock.Stocked).ToArray();
            if (stocked.Length == 0 || stocked.Length == stock.Length || !stocked.Any(t => units[i][start + t] > 0)) continue;
            var demand = CensoredDemand.Estimate(own, stock);
            for (var t = 0; t < stock.Length; t++)
            {
                if (stock[t] == WeekStock.Stocked) continue;
                var expected = Math.Round(Math.Max(own[t], CensoredDemand.Expected(own[t], stock[t], demand.Mean.Value, demand.Spread)));
                counts.WeeksOutOfStock++;
                counts.Lost += expected - own[t];
                own[t] = expected;
            }
        }
    }

    // n x weeks: days of each week without stock.
    static int[]?[] Read(string path, Dictionary<string, int> place, long firstWeek, int weeks)
    {
        var rows = LabelCsv.Read(path, "daily stock levels");
        var header = rows[0].Select(h => h.ToLowerInvariant()).ToArray();
        var (product, date, onHand) = (StockFile.Column(path, header, "product_id"), StockFile.Column(path, header, "date"), StockFile.Column(path, header, "on_hand"));
        var (empty, wrong) = (new int[]?[place.Count], new List<string>());
        for (var r = 1; r < rows.Count; r++)
        {
            var row = rows[r];
            var hand = row.Length > onHand ? StockFile.Number(row[onHand]) : double.NaN;
            var day = default(DateTime);
            if (!(hand >= 0)) wrong.Add($"row {r + 1}: on_hand '{(row.Length > onHand ? row[onHand] : "")}'");
            else if (row.Length <= date || !DateTime.TryParseExact(row[date], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)) wrong.Add($"row {r + 1}: date '{(row.Length > date ? row[date] : "")}'");
            else if (hand == 0 && place.TryGetValue(row[product], out var i))
            {
                var week = (long)Math.Floor(((day - DateTime.UnixEpoch).TotalSeconds - DemandSteps.FirstMonday) / DemandSteps.Week) - firstWeek;
                if (week >= 0 && week < weeks) (empty[i] ??= new int[weeks])[week]++;
            }
        }

        if (wrong.Count > 0)
            throw new InputException($"'{path}': {wrong.Count} rows cannot be used: {string.Join("; ", wrong.Take(5))}{(wrong.Count > 5 ? "; …" : "")}. Expected product_id, date (2024-01-31), on_hand of zero or more.");
        return empty;
    }
}
