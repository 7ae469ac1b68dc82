namespace Coterie.Warehouse;

/// <summary>A column of the <c>events</c> relation.</summary>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Type">Its SQL type.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record EventColumn(string Name, string Type, string Meaning);

/// <summary>The event schema: one row for each thing that happened (the design's section 4).</summary>
public static class Events
{
    public static readonly IReadOnlyList<EventColumn> Columns =
    [
        new("event_id", "VARCHAR", "Idempotency key: the sender's message id, else a hash of the row and its ordinal among equal rows."),
        new("customer_id", "VARCHAR", "The resolved person; anonymous ids and aliases are already merged."),
        new("time", "TIMESTAMP", "When it happened, UTC."),
        new("kind", "VARCHAR", "view, search, click, add_to_cart, remove_from_cart, wishlist, checkout, purchase, refund, review, message, email_open, ad_click, or any custom word."),
        new("product_id", "VARCHAR", "What it was about."),
        new("category", "VARCHAR", "Path a/b/c."),
        new("brand", "VARCHAR", "Brand of the product."),
        new("price", "DOUBLE", "Unit price in the shop's currency, never negative: a refund is a kind, not a sign."),
        new("quantity", "DOUBLE", "Units, never negative."),
        new("list_price", "DOUBLE", "Unit price before discount, where known."),
        new("currency", "VARCHAR", "ISO 4217, where known."),
        new("order_id", "VARCHAR", "Lines of one order share it."),
        new("session_id", "VARCHAR", "The sender's session, where known."),
        new("rating", "DOUBLE", "Stars of a review."),
        new("text", "VARCHAR", "Review, message, query, or the product's title where the log has one."),
        new("channel", "VARCHAR", "Where the customer came from."),
        new("device", "VARCHAR", "What the customer used."),
        new("country", "VARCHAR", "Where the customer is."),
        new("properties", "VARCHAR", "JSON object of everything else, untouched."),
    ];
}
