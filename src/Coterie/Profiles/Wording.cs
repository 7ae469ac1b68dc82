using System.Globalization;
using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>Numbers and labels as people write them, in both languages.</summary>
static class Wording
{
    // Unit as the catalogue writes it, with its Chinese word; "" is a bare number. Unknown units are shown as they are in English.
    static readonly Dictionary<string, string> UnitsZh = new(StringComparer.OrdinalIgnoreCase)
    {
        ["days"] = "天", ["weeks"] = "周", ["months"] = "个月", ["hours"] = "小时", ["minutes"] = "分钟", ["seconds"] = "秒",
        ["orders"] = "单", ["items"] = "件", ["units"] = "件", ["products"] = "种商品", ["categories"] = "个品类", ["brands"] = "个品牌",
        ["sessions"] = "次会话", ["events"] = "次事件", ["views"] = "次浏览", ["searches"] = "次搜索",
        ["stars"] = "星", ["reviews"] = "条评价",
        ["channels"] = "个渠道", ["devices"] = "种设备", ["countries"] = "个国家",
        ["count"] = "", ["ratio"] = "", ["score"] = "", ["index"] = "", ["bits"] = "", ["nats"] = "", ["slope"] = "", ["number"] = "",
    };

    // What the reader already sees in the number or cannot use.
    static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase)
    {
        "count", "ratio", "score", "index", "bits", "nats", "slope", "number", "",
    };

    /// <summary>A value with its unit: "12 days", "34%", "1,250 GBP". The unit is left out where the label already names it.</summary>
    public static Bilingual Amount(double value, Feature feature, string? currency)
    {
        if (double.IsNaN(value)) return new("no value", "无数值");
        var number = Number(value, feature.Unit, currency);
        if (feature.Unit is "share" or "money" || Silent.Contains(feature.Unit)) return new(number, number);
        var en = feature.Label.Contains(Singular(feature.Unit), StringComparison.OrdinalIgnoreCase)
            ? number : $"{number} {(number is "1" or "-1" ? Singular(feature.Unit) : feature.Unit)}";
        var unitZh = UnitsZh.GetValueOrDefault(feature.Unit, "");
        var zh = unitZh.TrimStart('个', '次', '种', '条') is var noun && (noun.Length == 0 || feature.LabelZh.Contains(noun)) ? number : $"{number} {unitZh}";
        return new(en, zh);
    }

    /// <summary>A number without its unit, about three significant digits; shares in percent, money with its currency.</summary>
    public static string Number(double value, string unit, string? currency) => unit switch
    {
        "share" => Short(value * 100) + "%",
        "money" => currency is null ? Money(value) : $"{Money(value)} {currency}",
        _ => Short(value),
    };

    /// <summary>A threshold with every digit it has, since it is exactly what the SQL compares with.</summary>
    public static string Threshold(double value, string unit, string? currency)
    {
        if (unit == "share" && (decimal.TryParse(Exact(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var share)))
            return (share * 100).ToString("0.############", CultureInfo.InvariantCulture) + "%";
        var text = Math.Abs(value) is >= 1e4 and < 1e15 && value == Math.Floor(value) ? value.ToString("N0", CultureInfo.InvariantCulture) : Exact(value);
        return unit == "money" && currency is not null ? $"{text} {currency}" : text;
    }

    /// <summary>The feature's label inside a sentence: "days since last order", but "RFM score".</summary>
    public static string LabelInText(Feature feature) => Decapitalise(feature.Label);

    public static string Decapitalise(string text) =>
        text.Length == 0 || (text.Length > 1 && !char.IsLower(text[1]) && text[1] != ' ') ? text : char.ToLowerInvariant(text[0]) + text[1..];

    public static string Capitalise(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    static string Singular(string unit) => unit switch
    {
        "categories" => "category",
        "countries" => "country",
        "searches" => "search",
        _ => unit.EndsWith('s') ? unit[..^1] : unit,
    };

    static string Money(double value)
    {
        var size = Math.Abs(value);
        return value.ToString(size >= 100 || Math.Round(value, 2) == Math.Round(value) ? "#,0" : "#,0.00", CultureInfo.InvariantCulture);
    }

    static string Short(double value)
    {
        var size = Math.Abs(value);
        return value switch
        {
            0 => "0",
            _ when size >= 10 => value.ToString("#,0", CultureInfo.InvariantCulture),
            _ when size >= 1 => value.ToString("0.#", CultureInfo.InvariantCulture),
            _ when size >= 0.01 => value.ToString("0.##", CultureInfo.InvariantCulture),
            _ => value.ToString("G2", CultureInfo.InvariantCulture),
        };
    }
}
