namespace Coterie.Clean;

/// <summary>64-bit hashes that identify rows. Ten million rows have a chance of 3 in a million that any two of them collide.</summary>
static class RowHash
{
    // What the sender wrote. Price and quantity are the signed ones without their sign; the message id is an identity of its own. Workspaces hold
    // hashes over this list in this order: it is closed, and a column that comes to the raw relation later needs a place behind it, where it has a value.
    static readonly string[] Hashed =
    [
        "customer_id", "anonymous_id", "previous_id", "time", "kind", "product_id", "category", "brand", "list_price", "currency", "order_id", "session_id",
        "rating", "text", "channel", "device", "country", "properties", "signed_price", "signed_quantity", "cancelled",
    ];

    /// <summary>Hash of a text expression.</summary>
    public static string Text(string expression, bool fast) => fast ? $"hash({expression})" : $"md5_number_upper({expression})";

    /// <summary>Hash of a row's content: the fast one over the columns that the load has, the stable one over all of them as a JSON array, so that a
    /// file keeps its ids when a later load has one column more.</summary>
    public static string Content(bool fast, IReadOnlyCollection<string> present) => fast
        ? $"hash({string.Join(", ", Hashed.Where(present.Contains).Select(c => $"\"{c}\""))})"
        : $"md5_number_upper(CAST(json_array({string.Join(", ", Hashed.Select(c => c == "time" ? "epoch_us(\"time\")" : $"\"{c}\""))}) AS VARCHAR))";
}
