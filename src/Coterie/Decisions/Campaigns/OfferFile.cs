namespace Coterie.Decisions.Campaigns;

/// <summary>The file of offers.</summary>
internal static class OfferFile
{
    /// <exception cref="InputException">Every problem of the file in one message.</exception>
    public static IReadOnlyList<Offer> Read(string path)
    {
        var table = ResultColumns.Read(path, "offers: columns offer and cost, and where known value and limit");
        table.Require(["offer", "cost"]);
        var names = table.Texts("offer");
        double[] costs = table.Numbers("cost"), values = Optional(table, "value"), limits = Optional(table, "limit");
        var problems = new List<string>();
        for (var i = 0; i < names.Length; i++)
        {
            void Wrong(string what) => problems.Add($"{path}, row {i + 2}: {what}");
            if (names[i].Length == 0) Wrong("the offer has no name.");
            if (!(costs[i] >= 0)) Wrong($"the cost of '{names[i]}' is {(double.IsNaN(costs[i]) ? "empty" : costs[i].ToString())}; expected 0 or more, the cost of one contact.");
            if (values[i] <= 0) Wrong($"the value of '{names[i]}' is {values[i]}; expected above 0, what one unit of the goal is worth.");
            if (limits[i] < 0 || limits[i] != Math.Floor(limits[i]) && !double.IsNaN(limits[i])) Wrong($"the limit of '{names[i]}' is {limits[i]}; expected a whole number of contacts.");
        }

        problems.AddRange(names.Where(n => n.Length > 0).GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"{path}: the offer '{g.Key}' is there {g.Count()} times."));
        if (problems.Count > 0) throw new InputException(string.Join('\n', problems));
        return [.. names.Select((n, i) => new Offer(n, costs[i], double.IsNaN(values[i]) ? null : values[i], double.IsNaN(limits[i]) ? null : (int)limits[i]))];
    }

    static double[] Optional(ResultColumns table, string name)
    {
        if (table.Has(name)) return table.Numbers(name);
        var none = new double[table.Count];
        Array.Fill(none, double.NaN);
        return none;
    }
}
