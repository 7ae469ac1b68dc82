using Coterie.Clean;
using Coterie.Warehouse;

namespace Coterie.Server.Collector;

/// <summary>A rule and the rows of the workspace that it refused.</summary>
public sealed record RefusedByRule(CleaningRule Rule, long Rows);

/// <summary>What the workspace holds.</summary>
/// <param name="Events">Kept.</param>
/// <param name="Refused">Most rows first.</param>
public sealed record StoreCounts(long Events, DateTime? First, DateTime? Last, IReadOnlyList<RefusedByRule> Refused)
{
    public static readonly StoreCounts Empty = new(0, null, null, []);
}

/// <summary>A row that a rule refused.</summary>
/// <param name="Number">Its number in the quarantine: the cursor.</param>
/// <param name="File">Name of the file, without its folder.</param>
/// <param name="Raw">The row as it was.</param>
public sealed record QuarantineRow(long Number, string File, long Line, string Raw);

/// <summary>What cleaning kept and refused of everything that was ever loaded; asked for once in some seconds at most.</summary>
public sealed class StoreQuality(WorkspaceHost host)
{
    readonly Lock gate = new();
    StoreCounts kept = StoreCounts.Empty;
    long asked = long.MinValue;

    public StoreCounts Counts
    {
        get
        {
            lock (gate)
            {
                if (asked != long.MinValue && Environment.TickCount64 - asked < 5_000) return kept;
                kept = host.Read(Ask);
                asked = Environment.TickCount64;
                return kept;
            }
        }
    }

    /// <summary>Rows that a rule refused, newest first.</summary>
    /// <param name="rule">Its name.</param>
    /// <param name="before">Only rows with a smaller number.</param>
    /// <param name="take">How many.</param>
    public IReadOnlyList<QuarantineRow> Rows(string rule, long? before, int take) => host.Read(w => !Exists(w, EventStore.Quarantine) ? [] : w.Rows(
        new Step("read the quarantine", $"""
            SELECT rowid, file, line, raw FROM {EventStore.Quarantine} WHERE rule = $rule AND rowid < $before ORDER BY rowid DESC LIMIT {take}
            """)
        { Parameters = new Dictionary<string, object?> { ["rule"] = rule, ["before"] = before ?? long.MaxValue } },
        r => new QuarantineRow(r.GetInt64(0), Path.GetFileName(r.GetString(1)), r.IsDBNull(2) ? 0 : r.GetInt64(2), r.TextOrNull(3) ?? "")));

    static StoreCounts Ask(IWarehouse w)
    {
        if (!Exists(w, EventStore.Rows)) return StoreCounts.Empty;
        var refused = w.Rows(new Step("count the refused rows by rule", $"SELECT rule, count(*) FROM {EventStore.Quarantine} GROUP BY rule"), r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1))).ToDictionary(StringComparer.Ordinal);
        return w.Single(new Step("count the kept rows", $"""SELECT count(*), min("time"), max("time") FROM {EventStore.Rows} WHERE rule = {CleaningRules.Kept}"""), r => new StoreCounts(
            r.GetInt64(0), r.IsDBNull(1) ? null : DateTime.SpecifyKind(r.GetDateTime(1), DateTimeKind.Utc), r.IsDBNull(2) ? null : DateTime.SpecifyKind(r.GetDateTime(2), DateTimeKind.Utc),
            [.. CleaningRules.All.Where(rule => refused.ContainsKey(rule.Name)).Select(rule => new RefusedByRule(rule, refused[rule.Name])).OrderByDescending(x => x.Rows)]));
    }

    internal static bool Exists(IWarehouse w, string table) => EventStore.Columns(w, table).Count > 0;
}
