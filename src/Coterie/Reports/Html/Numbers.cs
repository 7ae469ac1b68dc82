using System.Globalization;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Reports.Html;

/// <summary>Numbers as people read them; what is missing is an en dash.</summary>
static class Numbers
{
    public const string Missing = "–";

    public static string Whole(double value) => double.IsFinite(value) ? value.ToString("#,0", CultureInfo.InvariantCulture) : Missing;

    public static string Fixed(double value, int decimals) =>
        // Rounded first: adding zero takes the sign off what rounds to zero.
        double.IsFinite(value) ? (Math.Round(value, decimals) + 0.0).ToString("#,0." + new string('0', decimals), CultureInfo.InvariantCulture).Replace('-', '−') : Missing;

    /// <summary>0.243 as 24.3%; small shares keep a digit that is not zero.</summary>
    public static string Percent(double share) => !double.IsFinite(share) ? Missing
        : Math.Abs(share) is var s && s is 0 or >= 0.0995 ? (share * 100).ToString("0", CultureInfo.InvariantCulture).Replace('-', '−') + "%"
        : s >= 0.00095 ? (share * 100).ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '−') + "%"
        : "<0.1%";

    public static string Percent1(double share) =>
        double.IsFinite(share) ? (share * 100).ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '−') + "%" : Missing;

    public static string Signed(double value) => double.IsFinite(value) ? (value > 0 ? "+" : "") + Fixed(value, 2) : Missing;

    /// <summary>About three significant digits.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value)) return Missing;
        var size = Math.Abs(value);
        var text = size switch
        {
            0 => "0",
            >= 99.95 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 9.995 => value.ToString("0.#", CultureInfo.InvariantCulture),
            >= 0.0995 => value.ToString("0.##", CultureInfo.InvariantCulture),
            _ => value.ToString("G2", CultureInfo.InvariantCulture),
        };
        return text.Replace('-', '−');
    }

    public static string Money(double value, string? currency)
    {
        if (!double.IsFinite(value)) return Missing;
        var amount = Math.Abs(value) < 99.995 && value != Math.Round(value) ? Math.Abs(value).ToString("0.00", CultureInfo.InvariantCulture) : Whole(Math.Abs(value));
        return (value < 0 ? "−" : "") + Prefix(currency) + amount;
    }

    /// <summary>8,733,205 as 8.73 M; Chinese counts in ten thousands, 873 万.</summary>
    public static Bilingual MoneyCompact(double value, string? currency)
    {
        var size = Math.Abs(value);
        var (scale, suffix) = size switch { >= 1e9 => (1e9, " bn"), >= 1e6 => (1e6, " M"), >= 1e4 => (1e3, " k"), _ => (1.0, "") };
        var (scaleZh, suffixZh) = size switch { >= 1e8 => (1e8, " 亿"), >= 1e4 => (1e4, " 万"), _ => (1.0, "") };
        return new(Of(scale, suffix), Of(scaleZh, suffixZh));

        string Of(double unit, string word) => (value < 0 ? "−" : "") + Prefix(currency) + (unit == 1 ? Whole(size) : Short(size / unit)) + word;
    }

    /// <summary>A value with its unit, where the unit says something.</summary>
    public static Bilingual Value(double value, string unit, string? currency) => unit switch
    {
        "share" => Same(Percent(value)),
        "money" => Same(Money(value, currency)),
        "days" => new(Short(value) + (value == 1 ? " day" : " days"), Short(value) + " 天"),
        "hours" => new(Short(value) + " h", Short(value) + " 小时"),
        "minutes" => new(Short(value) + " min", Short(value) + " 分钟"),
        "seconds" => new(Short(value) + " s", Short(value) + " 秒"),
        _ => Same(Short(value)),
    };

    public static string Interval(Estimate e, Func<double, string> format) => $"{format(e.Low)} … {format(e.High)}";

    public static string Date(DateTime? time) => time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? Missing;

    public static string Bytes(double bytes) => bytes switch
    {
        >= 1e9 => Short(bytes / 1e9) + " GB",
        >= 1e6 => Short(bytes / 1e6) + " MB",
        >= 1e3 => Short(bytes / 1e3) + " kB",
        _ => Short(bytes) + " B",
    };

    static Bilingual Same(string text) => new(text, text);

    /// <summary>What stands before an amount: £, or the code and a space.</summary>
    public static string Prefix(string? currency) => currency switch
    {
        null or "" => "",
        "GBP" => "£",
        "USD" => "$",
        "EUR" => "€",
        "CNY" or "JPY" => "¥",
        "INR" => "₹",
        "KRW" => "₩",
        _ => currency + " ",
    };
}
