using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Coterie.Warehouse;

namespace Coterie.Server.Api;

/// <summary>An event of a customer.</summary>
/// <param name="Properties">Everything else that the sender said, as JSON.</param>
sealed record TimelineEvent(string Id, DateTime Time, string Kind, string? Product, string? Category, string? Brand, double? Price, double? Quantity, string? Currency, string? Order, string? Session,
    string? Channel, string? Device, string? Country, JsonElement? Properties);

/// <summary>A customer's events in the workspace, newest first; the cursor is the time and id of the last one.</summary>
sealed class CustomerTimeline(WorkspaceHost host)
{
    static readonly string[] Columns = ["event_id", "time", "kind", "product_id", "category", "brand", "price", "quantity", "currency", "order_id", "session_id", "channel", "device", "country", "properties"];

    /// <exception cref="ConfigurationException">The cursor is none.</exception>
    public Page<TimelineEvent> Of(string customer, string? cursor, int take, CancellationToken stop)
    {
        var after = cursor is null ? null : Read(cursor);
        var found = host.Read(w =>
        {
            var q = w.Dialect.Name;
            // Before the first load there is none.
            var there = w.Rows(new Step("columns of events", "SELECT column_name FROM duckdb_columns() WHERE table_name = 'events' AND NOT internal"), r => r.GetString(0)).ToHashSet(StringComparer.Ordinal);
            if (there.Count == 0) return [];
            var list = string.Join(", ", Columns.Select(c => there.Contains(c) ? q(c) : $"NULL AS {q(c)}"));
            var parameters = new Dictionary<string, object?> { ["customer"] = customer, ["take"] = take + 1 };
            if (after is { } a) (parameters["time"], parameters["id"]) = (a.Time, a.Id);
            return w.Rows(new Step("a customer's events", $"""
                SELECT {list} FROM {q("events")} WHERE {q("customer_id")} = $customer{(after is null ? "" : $" AND ({q("time")}, {q("event_id")}) < ($time::TIMESTAMP, $id)")}
                ORDER BY {q("time")} DESC, {q("event_id")} DESC LIMIT $take
                """) { Parameters = parameters }, Of);
        }, stop);
        return new([.. found.Take(take)], found.Count > take ? Write(found[take - 1]) : null);
    }

    static TimelineEvent Of(System.Data.Common.DbDataReader r)
    {
        double? Number(int i) => r.IsDBNull(i) ? null : Convert.ToDouble(r.GetValue(i), CultureInfo.InvariantCulture);
        return new(r.GetString(0), DateTime.SpecifyKind(r.GetDateTime(1), DateTimeKind.Utc), r.GetString(2), r.TextOrNull(3), r.TextOrNull(4), r.TextOrNull(5), Number(6), Number(7), r.TextOrNull(8), r.TextOrNull(9), r.TextOrNull(10),
            r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), Json(r.TextOrNull(14)));
    }

    static JsonElement? Json(string? text)
    {
        if (text is null) return null;
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 200 });
        return document.RootElement.Clone();
    }

    static string Write(TimelineEvent e) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{e.Time.Ticks}:{e.Id}")));

    static (DateTime Time, string Id)? Read(string cursor)
    {
        try
        {
            if (cursor.Length < 2000 && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) is var text && text.IndexOf(':') is var at and > 0
                && long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks)
                return (new DateTime(ticks, DateTimeKind.Utc), text[(at + 1)..]);
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new ConfigurationException("cursor is not one that a page gave; begin again without one.");
    }
}
