namespace Coterie.Decisions.Campaigns;

/// <summary>Numbers inside the sentences of campaigns; what is missing is an en dash.</summary>
static class CampaignNumbers
{
    public static string Whole(double value) => double.IsFinite(value) ? Minus(Math.Round(value).ToString("#,0")) : Infinite(value);

    /// <summary>About three significant digits.</summary>
    public static string Short(double value) => !double.IsFinite(value) ? Infinite(value) : Math.Abs(value) switch
    {
        >= 99.95 => Whole(value),
        >= 9.995 => Minus(value.ToString("0.#")),
        >= 0.0995 => Minus(value.ToString("0.##")),
        _ => Minus(value.ToString("G2")),
    };

    public static string Percent(double share) => double.IsFinite(share) ? Minus((share * 100).ToString("0.0")) + "%" : Infinite(share);

    /// <summary>A difference of shares in percentage points, with its sign.</summary>
    public static string Points(double share) => double.IsFinite(share) ? Minus((share * 100).ToString("+0.00;-0.00;0")) : Infinite(share);

    public static string P(double p) => p < 0.001 ? "< 0.001" : p.ToString("0.000");

    static string Infinite(double value) => double.IsNaN(value) ? "–" : value > 0 ? "+∞" : "−∞";

    static string Minus(string text) => text.Replace('-', '−');
}
