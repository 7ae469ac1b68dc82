namespace Coterie.Collect;

/// <summary>The messages for a table that is no event log, or not clearly one.</summary>
static class Problems
{
    public static InputException NoTime(SourceTable table, IReadOnlyList<Profile> profiles)
    {
        var near = profiles.Where(p => p.Count > 0 && Vocabulary.Fit(p.Column.Key, "time") >= 0.5)
            .Select(p => (Name: Shown.Text(p.Column.Name), Value: Shown.Text(p.Column.Present[0]))).ToList();
        var hint = near.Count == 0 ? ""
            : $" By name it may be {string.Join(" or ", near.Select(n => $"'{n.Name}' (such as '{n.Value}')"))}, but these values are no times that are understood.";
        var hintZh = near.Count == 0 ? "" : $"按列名可能是{string.Join("或", near.Select(n => $"“{n.Name}”（例如“{n.Value}”）"))}，但其取值不是可识别的时间。";
        return new InputException(
            $"{table.FilesShown}: no column holds the time of an event. Columns found: {Columns(table)}.{hint} "
            + "Expected a column such as 2024-05-01 10:00:00, 12/31/2024 8:26, 20240501 or Unix seconds. Name it with: --map time=COLUMN",
            $"{table.FilesShownZh}：没有一列是事件的时间。现有的列：{Columns(table)}。{hintZh}应有取值如 2024-05-01 10:00:00、12/31/2024 8:26、20240501 或 Unix 秒数的列。请指明：time=列名");
    }

    public static InputException NoCustomer(SourceTable table) => new(
        $"{table.FilesShown}: no column tells who the customer is. Columns found: {Columns(table)}. "
        + "Expected an id that comes again for each event of the same person (customer_id, user_id, e-mail …). Name it with: --map "
        + "customer_id=COLUMN",
        $"{table.FilesShownZh}：没有一列说明客户是谁。现有的列：{Columns(table)}。应有同一人的每个事件都相同的编号（customer_id、user_id、邮箱等）。请指明：customer_id=列名");

    public static InputException TwoCustomers(SourceTable table, IReadOnlyList<SourceColumn> candidates) => new(
        $"{table.FilesShown}: {candidates.Count} columns may be the customer: "
            + $"{string.Join(", ", candidates.Select(c => $"'{Shown.Text(c.Name)}' (such as {Shown.Names(c.Present.Distinct().Take(2))})"))}, "
        + $"and neither names nor values decide. Columns found: {Columns(table)}. Choose with: --map "
        + $"customer_id={Shown.Text(candidates[0].Name)}",
        $"{table.FilesShownZh}：有 {candidates.Count} 列可能是客户："
            + $"{string.Join("、", candidates.Select(c => $"“{Shown.Text(c.Name)}”（例如 {Shown.Names(c.Present.Distinct().Take(2))}）"))}，"
        + $"从列名与取值都无法判定。现有的列：{Columns(table)}。请选择：customer_id={Shown.Text(candidates[0].Name)}");

    public static InputException MixedTimes(SourceTable table, string column, IReadOnlyList<string> values) => new(
        $"{table.FilesShown}: column '{Shown.Text(column)}' writes times in several formats: {TimeFormats.Describe(values, "not a time")}. "
        + $"Expected one format for at least {100 * TimeFormats.LeastShare:0} % of the values (the rest is then counted as unreadable). "
        + "Write all times in one format, best YYYY-MM-DD HH:MM:SS, or name another column with: --map time=COLUMN",
        $"{table.FilesShownZh}：列“{Shown.Text(column)}”的时间有多种格式：{TimeFormats.Describe(values, "不是时间")}。至少 {100 * TimeFormats.LeastShare:0}% 的取值应为同一格式（其余计为无法识别）。"
        + "请统一格式，最好是 YYYY-MM-DD HH:MM:SS；或另指一列：time=列名");

    public static InputException NotATime(SourceTable table, SourceColumn column) => new(
        $"{table.FilesShown}: column '{Shown.Text(column.Name)}' was mapped to time, but its values "
            + $"({Shown.Names(column.Present.Distinct().Take(3))}) are no times that are understood. "
        + "Expected such as 2024-05-01 10:00:00, 12/31/2024 8:26, 20240501 or Unix seconds; map another column with: --map time=COLUMN",
        $"{table.FilesShownZh}：列“{Shown.Text(column.Name)}”已指定为时间，但其取值（{Shown.Names(column.Present.Distinct().Take(3))}）不是可识别的时间。"
        + "应如 2024-05-01 10:00:00、12/31/2024 8:26、20240501 或 Unix 秒数；请另指一列：time=列名");

    static string Columns(SourceTable table) => Shown.Names(table.Columns.Select(c => c.Name));
}
