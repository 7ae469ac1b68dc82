namespace Coterie.Sequences;

/// <summary>One event as the warehouse gives it. Absent texts are null, absent numbers NaN.</summary>
readonly record struct SequenceEvent(long Second, string Kind)
{
    public string? Product { get; init; }
    public string? Category { get; init; }
    public string? Brand { get; init; }
    public double Price { get; init; } = double.NaN;
    public double Quantity { get; init; } = double.NaN;
    public double ListPrice { get; init; } = double.NaN;
    public string? Order { get; init; }
    public string? Session { get; init; }
    public string? Channel { get; init; }
    public string? Device { get; init; }

    /// <summary>The columns that are coded besides time and kind, in the order in which they are read and in which equal times are
    /// ordered. Events that agree in all of them are the same to the coder, so their order does not matter.</summary>
    public static readonly IReadOnlyList<string> Columns =
        ["product_id", "category", "brand", "price", "quantity", "list_price", "order_id", "session_id", "channel", "device"];
}
