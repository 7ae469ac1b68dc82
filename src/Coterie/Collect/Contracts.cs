using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>Where raw event rows come from.</summary>
public interface ISource
{
    /// <summary>What to call it in messages.</summary>
    string Name { get; }

    /// <summary>Detects layout, columns and formats and returns the raw relations to load, one for each group of equal files.</summary>
    /// <exception cref="InputException">The source cannot be read or understood.</exception>
    IReadOnlyList<RawRelation> Open(IWarehouse warehouse);
}

/// <summary>What the operator said about the files.</summary>
public sealed record CollectOptions
{
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>Overrides of detection: event column (or <c>anonymous_id</c>, <c>amount</c> …) to source column.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
    /// <summary>Zone of times that carry no offset (IANA name).</summary>
    public string Timezone { get; init; } = "UTC";
    /// <summary>Where files that must be rewritten (other encodings, white-space tables) are put; removed by the caller.</summary>
    public string TemporaryDirectory { get; init; } = Path.GetTempPath();
}

/// <summary>One input file as it was understood.</summary>
public sealed record SourceFile(string Path, string Format, string Encoding, long Bytes)
{
    /// <summary>Lines before the first data row: 1 with a header, else 0.</summary>
    public int HeaderLines { get; init; }
}

/// <summary>One decision of detection: this event column comes from that source column, and why.</summary>
/// <param name="Target">Event column, or a raw-only one such as anonymous_id.</param>
/// <param name="Source">Source column or expression, for people.</param>
/// <param name="Why">name, content, layout, or map (given by the operator).</param>
/// <param name="Format">Time or number format, where one was chosen.</param>
public sealed record MappedColumn(string Target, string Source, string Why, string? Format = null);

/// <summary>Rows of one layout, ready to be loaded: a SELECT that yields the raw columns below for every row of its files,
/// in file order.</summary>
/// <remarks>The SELECT yields, in this order and under these names:
/// <c>file_no</c> SMALLINT (index into <see cref="Files"/>), every column of <see cref="RawColumns"/>, and
/// <c>raw</c>, the whole source row: a STRUCT of its columns by their names (<c>to_json(raw)</c> writes it as a JSON object, where it is
/// needed), or for JSON sources a VARCHAR, the JSON object as it came.
/// Values that are present but cannot be read (a time of another format, a price of letters) come as NULL with their column's
/// name in <c>unreadable</c> (VARCHAR, the first such column, else NULL).</remarks>
public sealed record RawRelation
{
    /// <summary>generic, online_retail, cdnow, olist, retailrocket, rees46, segment_spec, shopify.</summary>
    public required string Layout { get; init; }
    public required IReadOnlyList<SourceFile> Files { get; init; }
    public required IReadOnlyList<MappedColumn> Mapping { get; init; }
    public required string SelectSql { get; init; }
    /// <summary>Raw columns that carry information in this source; the others are NULL throughout.</summary>
    public required IReadOnlySet<string> Present { get; init; }
    /// <summary>Whether times have a time of day, or are dates only.</summary>
    public required bool HasTimeOfDay { get; init; }
    /// <summary>The table into which the reader writes rows that are not even rows (wrong number of fields, broken quotes), or null.
    /// Columns: file_no SMALLINT, line BIGINT, reason, raw; filled when <see cref="SelectSql"/> has run. <c>line</c> counts records from
    /// 1, headers
    /// and empty lines included; a record with line breaks inside its fields counts once.</summary>
    public string? MalformedSql { get; init; }
    /// <summary>Remarks for the operator: an assumption, a column that could not be used.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The columns of a raw relation, before cleaning and identity.</summary>
public static class RawColumns
{
    public static readonly IReadOnlyList<EventColumn> All =
    [
        new("message_id", "VARCHAR", "The sender's idempotency key."),
        new("customer_id", "VARCHAR", "Known customer, as sent."),
        new("anonymous_id", "VARCHAR", "Browser or device id before identification."),
        new("previous_id", "VARCHAR", "Of an alias event: the id that is merged into customer_id."),
        new("time", "TIMESTAMP", "UTC."),
        new("kind", "VARCHAR", "Normalised kind; identify and alias for identity events. NULL only if unreadable."),
        .. Events.Columns.Where(c => c.Name is not ("event_id" or "customer_id" or "time" or "kind")),
        new("signed_price", "DOUBLE", "Price as sent, sign kept; price is its absolute value."),
        new("signed_quantity", "DOUBLE", "Quantity as sent, sign kept; quantity is its absolute value."),
        new("cancelled", "BOOLEAN", "The source marks the line as cancelled or returned (an invoice that starts with C, a refund flag)."),
        new("unreadable", "VARCHAR", "First column whose value could not be read, else NULL."),
        new("newlines", "INTEGER", "Line breaks inside the fields of the row, so that a row's line in its file can be computed."),
    ];
}
