namespace Coterie.Collect;

/// <summary>What the operator mapped with <c>--map</c>, checked against the columns that there are.</summary>
static class MapOptions
{
    /// <summary>Targets that can be mapped.</summary>
    public static readonly IReadOnlyList<string> Targets =
    [
        "customer_id", "time", "kind", "product_id", "category", "brand", "price", "amount", "quantity", "list_price", "discount",
            "currency", "order_id", "session_id",
        "rating", "text", "channel", "device", "country", "status", "cancelled", "message_id", "anonymous_id", "previous_id",
    ];

    /// <summary>Targets with what fills them in one table; what the table does not have is left out.</summary>
    public static IReadOnlyDictionary<string, Assignment> For(SourceTable table, IReadOnlyDictionary<string, string> map)
    {
        var given = new Dictionary<string, Assignment>(StringComparer.Ordinal);
        foreach (var (target, source) in map)
        {
            if (Constant(source) is { } constant) given[Normal(target)] = new Assignment(null, "map", constant);
            else if (table.Find(source) is { } column) given[Normal(target)] = new Assignment(column, "map");
        }

        return given;
    }

    /// <exception cref="ConfigurationException">A target that does not exist, or a column that no file has; lists every
    /// problem.</exception>
    public static void Check(IReadOnlyDictionary<string, string> map, IReadOnlyList<SourceTable> tables)
    {
        var problems = new ProblemList();
        foreach (var (target, source) in map)
        {
            if (!Targets.Contains(Normal(target)))
                problems.Add($"--map {target}={source}: there is no target '{Shown.Text(target)}'. Expected one of: "
                    + $"{string.Join(", ", Targets)}.", $"更正 {target}={source}：没有事件列“{Shown.Text(target)}”。应为 {string.Join("、", Targets)} 之一。");
            if (Constant(source) is null && tables.All(t => t.Find(source) is null))
            {
                problems.Add($"--map {target}={source}: no file has a column '{Shown.Text(source)}'. Columns found: "
                    + $"{Shown.Names(tables.SelectMany(t => t.Columns.Select(c => c.Name)).Distinct(), 40)}. A constant is written "
                    + $"in single quotes: {target}='value'.",
                    $"更正 {target}={source}：文件中没有列“{Shown.Text(source)}”。现有的列：{Shown.Names(tables.SelectMany(t => t.Columns.Select(c => c.Name)).Distinct(), 40)}。常量应加单引号：{target}='值'。");
            }
        }

        problems.Refuse();
    }

    static string Normal(string target) => target.Trim() is "event_id" ? "message_id" : target.Trim();

    static string? Constant(string source) => source.Length >= 2 && source[0] == '\'' && source[^1] == '\'' ? source[1..^1] : null;
}
