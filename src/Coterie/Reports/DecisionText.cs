using Coterie.Decisions;
using Coterie.Profiles;
using Coterie.Reports.Html;

namespace Coterie.Reports;

/// <summary>Cells of a decision as people read them.</summary>
public static class DecisionText
{
    /// <summary>A cell in its column's unit; with its interval in brackets where it has one.</summary>
    /// <param name="unit">As of <see cref="DecisionColumn"/>.</param>
    public static Bilingual Of(DecisionCell cell, string unit, string? currency)
    {
        if (cell.Text is { } text) return text;
        if (cell.Time is { } time) return Same(time.ToString("yyyy-MM-dd"));
        var value = Number(cell.Number, unit, currency);
        if (!cell.HasInterval) return value;
        var (low, high) = (Number(cell.Low, unit, currency), Number(cell.High, unit, currency));
        return new($"{value.En} ({low.En} … {high.En})", $"{value.Zh}（{low.Zh} … {high.Zh}）");
    }

    /// <summary>Whether a column holds numbers and is set to the right.</summary>
    public static bool IsNumeric(string unit) => unit is not ("text" or "segment" or "date");

    static Bilingual Number(double value, string unit, string? currency) => unit switch
    {
        "whole" => Same(Numbers.Whole(value)),
        "share" => Same(Numbers.Percent1(value)),
        "money" => Same(Numbers.Money(value, currency)),
        "score" => Same(Numbers.Fixed(value, 3)),
        "signed" => Same((value > 0 ? "+" : "") + Numbers.Short(value)),
        "days" when double.IsFinite(value) => Numbers.Value(value, unit, currency),
        _ => Same(Numbers.Short(value)),
    };

    static Bilingual Same(string text) => new(text, text);
}
