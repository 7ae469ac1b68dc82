using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Codes and descriptions of order lines that are not merchandise.</summary>
static class NonProducts
{
    // Codes that mean one thing in any shop.
    static readonly string[] Codes =
    [
        "POSTAGE", "SHIPPING", "DELIVERY", "FREIGHT", "CARRIAGE", "BANK CHARGES", "AMAZONFEE", "AMAZON FEE", "DISCOUNT", "MANUAL",
        "ADJUSTMENT", "ADJUST", "ADJUST2", "SAMPLES", "GIFT VOUCHER", "GIFT_VOUCHER", "GIFTCARD", "GIFT_CARD", "FEE", "FEES",
    ];

    // UCI Online Retail (I and II): postage, discount, manual, Dotcom postage, charity commission, carriage, samples, bad-debt adjustment,
    // padding, test lines. Too short to mean anything elsewhere.
    static readonly string[] OnlineRetailCodes = ["POST", "D", "M", "DOT", "CRUK", "C2", "C3", "S", "B", "PADS", "GIFT"];

    // A description that is one of these and nothing else: "Postage stamp tin" is a product, "Postage" is not.
    static readonly string[] Descriptions =
    [
        // English
        "postage", "dotcom postage", "postage and packing", "postage & packing", "shipping", "shipping fee", "shipping fees", "shipping cost",
        "shipping costs", "shipping charge", "shipping charges", "shipping and handling", "shipping & handling", "delivery", "delivery fee",
        "delivery charge", "delivery cost", "freight", "carriage", "next day carriage", "handling fee", "bank charge", "bank charges", "manual",
        "manual entry", "discount", "sample", "samples", "adjustment", "adjust bad debt", "amazon fee", "cruk commission", "commission",
        "service fee", "service charge", "processing fee", "restocking fee", "fee", "fees", "rounding", "tip", "store credit", "gift card",
        // German
        "versand", "versandkosten", "porto", "lieferkosten", "liefergebühr", "rabatt", "gebühr", "bankgebühren", "muster", "rundung", "korrektur",
        // French
        "frais de port", "frais de livraison", "livraison", "remise", "échantillon", "échantillons", "frais bancaires", "ajustement", "port",
        // Spanish, Portuguese, Italian
        "gastos de envío", "gastos de envio", "envío", "descuento", "muestra", "muestras", "comisión bancaria", "ajuste",
        "frete", "desconto", "taxa de entrega", "amostra", "spese di spedizione", "spedizione", "sconto", "campione", "commissioni bancarie",
        // Dutch, Polish, Russian
        "verzendkosten", "verzending", "korting", "koszt wysyłki", "koszty wysyłki", "wysyłka", "dostawa", "rabat", "доставка", "скидка", "комиссия",
        // Chinese, Japanese
        "运费", "邮费", "快递费", "配送费", "手续费", "服务费", "折扣", "优惠", "优惠券", "补差价", "邮费补差", "运费补差", "礼品卡", "样品", "调整", "打包费",
        "送料", "配送料", "手数料", "値引き", "割引", "サンプル",
    ];

    // Ends with a voucher, an amount may follow: "Dotcomgiftshop Gift Voucher £20.00" (Online Retail gift_0001_20).
    const string Voucher =
        "(gift voucher|gift certificate|e-gift card|geschenkgutschein|chèque[- ]cadeau|carte[- ]cadeau|tarjeta regalo|cheque regalo|buono regalo|" +
        "vale[- ]presente|cadeaubon|礼品券|礼券|代金券|ギフト券|ギフトカード)[^\\p{L}\\p{N}]*[0-9.,]*[^\\p{L}\\p{N}]*$";

    /// <summary>Whether a purchase line is not merchandise, over <c>product_id</c> and, where the source has it, <c>text</c>.</summary>
    public static string Condition(string layout, bool hasText, Dialect dialect)
    {
        var online = layout == "online_retail";
        var codes = List(online ? [.. Codes, .. OnlineRetailCodes] : Codes, dialect);
        // The pattern covers gift_0001_20 and TEST001, which only Online Retail is known to write.
        var pattern = online ? " OR regexp_full_match(upper(\"product_id\"), 'GIFT_[0-9]+(_[0-9]+)?|TEST[0-9]*')" : "";
        var condition = $"coalesce(list_contains({codes}, upper(trim(\"product_id\"))){pattern}, false)";
        if (!hasText) return condition;
        var text = "lower(trim(\"text\", ' .:!*-'))";
        return $"{condition} OR coalesce(list_contains({List(Descriptions, dialect)}, {text}) OR regexp_matches({text}, {dialect.Text(Voucher)}), false)";
    }

    // A list, not IN (…): the engine turns a long IN into a join, which runs over every row and loses the order of rows.
    static string List(IEnumerable<string> values, Dialect dialect) => $"[{string.Join(", ", values.Select(dialect.Text))}]";
}
