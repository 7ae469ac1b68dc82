namespace Coterie.Collect;

/// <summary>The messages for a table that is no event log, or not clearly one.</summary>
static class Problems
{
    public static InputException NoTime(SourceTable table, IReadOnlyList<Profile> profiles)
    {
        var near = profiles.Where(p => p.Count > 0 && Vocabulary.Fit(p.Column.Key, "time") >= 0.5)
            .Select(p => $"'{Shown.Text(p.Column.Name)}' (such as '{Shown.Text(p.Column.Present[0])}')").ToList();
        var hint = near.Count == 0 ? ""
            : $" By name it may be {string.Join(" or ", near)}, but these values are no times that are understood.";
        return new InputException(
            $"{table.FilesShown}: no column holds the time of an event. Columns found: {Columns(table)}.{hint} "
            + "Expected a column such as 2024-05-01 10:00:00, 12/31/2024 8:26, 20240501 or Unix seconds. Name it with: --map time=COLUMN");
    }

    public static InputException NoCustomer(SourceTable table) => new(
        $"{table.FilesShown}: no column tells who the customer is. Columns found: {Columns(table)}. "
        + "Expected an id that comes again for each event of the same person (customer_id, user_id, e-mail …). Name it with: --map "
        + "customer_id=COLUMN");

    public static InputException TwoCustomers(SourceTable table, IReadOnlyList<SourceColumn> candidates) => new(
        $"{table.FilesShown}: {candidates.Count} columns may be the customer: "
            + $"{string.Join(", ", candidates.Select(c => $"'{Shown.Text(c.Name)}' (such as {Shown.Names(c.Present.Distinct().Take(2))})"))}, "
        + $"and neither names nor values decide. Columns found: {Columns(table)}. Choose with: --map "
        + $"customer_id={Shown.Text(candidates[0].Name)}");

    public static InputException MixedTimes(SourceTable table, string column, IReadOnlyList<string> values) => new(
        $"{table.FilesShown}: column '{Shown.Text(column)}' writes times in several formats: {TimeFormats.Describe(values)}. "
        + $"Expected one format for at least {100 * TimeFormats.LeastShare:0} % of the values (the rest is then counted as unreadable). "
        + "Write all times in one format, best YYYY-MM-DD HH:MM:SS, or name another column with: --map time=COLUMN");

    public static InputException NotATime(SourceTable table, SourceColumn column) => new(
        $"{table.FilesShown}: column '{Shown.Text(column.Name)}' was mapped to time, but its values "
            + $"({Shown.Names(column.Present.Distinct().Take(3))}) are no times that are understood. "
        + "Expected such as 2024-05-01 10:00:00, 12/31/2024 8:26, 20240501 or Unix seconds; map another column with: --map time=COLUMN");

    static string Columns(SourceTable table) => Shown.Names(table.Columns.Select(c => c.Name));
}
