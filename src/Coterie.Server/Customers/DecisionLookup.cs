using System.Globalization;
using System.Text.Json;
using Coterie.Server.Jobs;

namespace Coterie.Server.Customers;

/// <summary>A customer's rows in a decision's table.</summary>
/// <param name="Rows">Column to value.</param>
/// <param name="Decided">When the decision was made.</param>
/// <param name="HorizonDays">The days that it looks ahead; null where it names none.</param>
public sealed record DecidedRows(IReadOnlyList<IReadOnlyDictionary<string, string>> Rows, DateTime Decided, int? HorizonDays)
{
    /// <summary>A number of the first row; null where it is empty.</summary>
    public double? Number(string column) => Rows.Count > 0 && Rows[0].GetValueOrDefault(column) is { Length: > 0 } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>A text of the first row; null where it is empty.</summary>
    public string? Text(string column) => Rows.Count > 0 && Rows[0].GetValueOrDefault(column) is { Length: > 0 } text ? text : null;
}

/// <summary>What decisions say of one customer: from the newest that was made, with the run or asked for since.</summary>
public sealed class DecisionLookup(JobQueue queue, WorkspaceHost host, DecisionTables tables)
{
    /// <summary>A customer's rows in a table of a decision; null where no such decision was made.</summary>
    /// <param name="run">Whose decisions count when nothing newer was asked for.</param>
    /// <param name="kind">value, churn, recommend, lifecycle.</param>
    /// <param name="table">The table's file name.</param>
    /// <param name="customer">Who.</param>
    public DecidedRows? Of(RunEntry run, string kind, string table, string customer)
    {
        var own = Path.Combine(run.Directory, "decisions", table);
        var asked = queue.Newest(kind)?.Result is { } result ? Path.Combine(host.Directory, result, table) : null;
        if (new[] { asked, own }.OfType<string>().Where(File.Exists).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault() is not { } file) return null;
        return new(tables.Of(file, customer), File.GetLastWriteTimeUtc(file), Horizon(Path.Combine(Path.GetDirectoryName(file)!, kind + ".json")));
    }

    static int? Horizon(string file)
    {
        if (!File.Exists(file)) return null;
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.TryGetProperty("horizon_days", out var days) && days.TryGetInt32(out var n) ? n : null;
    }
}
