using Coterie.Collect;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>The rules that a row fails by itself, as one SQL expression over a raw relation.</summary>
static class RowRules
{
    /// <summary>Kinds that move money.</summary>
    public const string Money = "('purchase', 'refund')";

    /// <summary>Amounts at or above this are refused and never summed, so that exact sums fit into 64 bits.</summary>
    const string LargestAmount = "1e14";

    // A purchase that the source marks as cancelled, or of less than no units, is a refund.
    public const string Kind =
        "CASE WHEN \"kind\" = 'purchase' AND (coalesce(\"cancelled\", false) OR \"signed_quantity\" < 0) THEN 'refund' ELSE \"kind\" END";

    /// <summary>The code of the first rule that fails, else 0. Needs <c>event_kind</c> beside the raw columns; parameters from <see cref="Parameters"/>.</summary>
    public static string Code(RawRelation relation, Dialect dialect)
    {
        var money = $"event_kind IN {Money}";
        var text = relation.Present.Contains("text");
        return $"""
            CAST(CASE
            WHEN "customer_id" IS NULL AND "anonymous_id" IS NULL THEN {CleaningRules.NoCustomer.Code}
            WHEN "time" IS NULL AND "unreadable" IS DISTINCT FROM 'time' THEN {CleaningRules.NoTime.Code}
            WHEN "kind" IS NULL OR list_contains(['time', 'kind', 'price', 'signed_price', 'quantity', 'signed_quantity', 'amount'], "unreadable")
                THEN {CleaningRules.Unreadable.Code}
            WHEN "time" > $now THEN {CleaningRules.FutureTime.Code}
            WHEN "kind" IN ('identify', 'alias') THEN {CleaningRules.Identity.Code}
            WHEN "signed_price" < 0 AND event_kind <> 'refund' THEN {CleaningRules.NegativePrice.Code}
            WHEN "signed_price" = 0 AND {money} THEN {CleaningRules.ZeroPrice.Code}
            WHEN NOT isfinite("signed_price") OR abs("signed_price") > $max_price
                OR abs("signed_price" * coalesce("signed_quantity", 1)) >= {LargestAmount} THEN {CleaningRules.ImpossiblePrice.Code}
            WHEN NOT isfinite("signed_quantity") OR abs("signed_quantity") > $max_quantity OR ("signed_quantity" = 0 AND {money})
                THEN {CleaningRules.ImpossibleQuantity.Code}
            WHEN {money} AND ({NonProducts.Condition(relation.Layout, text, dialect)}) THEN {CleaningRules.NonProduct.Code}
            ELSE {CleaningRules.Kept} END AS UTINYINT)
            """;
    }

    public static IReadOnlyDictionary<string, object?> Parameters(CleanOptions options) => new Dictionary<string, object?>
    {
        ["now"] = DateTime.SpecifyKind(options.Now ?? DateTime.UtcNow, DateTimeKind.Unspecified),
        ["max_price"] = options.MaxPrice,
        ["max_quantity"] = options.MaxQuantity,
    };

    /// <summary>Money of a stored row as sent, sign kept; NULL where the row moves none.</summary>
    public static string Amount(string row, Func<string, bool> has)
    {
        if (!has("signed_price")) return "CAST(NULL AS DOUBLE)";
        var amount = has("signed_quantity") ? $"{row}.\"signed_price\" * coalesce({row}.\"signed_quantity\", 1)" : $"{row}.\"signed_price\"";
        return $"CASE WHEN {row}.\"kind\" IN {Money} AND abs({amount}) < {LargestAmount} THEN {amount} END";
    }
}
