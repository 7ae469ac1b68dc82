using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>What stands in a cell: text, a number, a number with its interval, or an instant. Assign any of these.</summary>
public readonly record struct DecisionCell
{
    public Bilingual? Text { get; private init; }
    /// <summary>NaN where there is no number.</summary>
    public double Number { get; private init; }
    /// <summary>NaN without an interval.</summary>
    public double Low { get; private init; }
    public double High { get; private init; }
    public DateTime? Time { get; private init; }

    public bool HasInterval => !double.IsNaN(Low);

    /// <summary>An empty cell.</summary>
    public static DecisionCell Nothing => FromDouble(double.NaN);

    public static implicit operator DecisionCell(Bilingual text) => FromBilingual(text);
    public static implicit operator DecisionCell(string text) => FromString(text);
    public static implicit operator DecisionCell(double number) => FromDouble(number);
    public static implicit operator DecisionCell(Estimate estimate) => FromEstimate(estimate);
    public static implicit operator DecisionCell(DateTime time) => FromDateTime(time);

    public static DecisionCell FromBilingual(Bilingual text) => new() { Text = text, Number = double.NaN, Low = double.NaN, High = double.NaN };

    /// <summary>The same text in both languages: an id, a product.</summary>
    public static DecisionCell FromString(string text) => FromBilingual(new Bilingual(text, text));

    public static DecisionCell FromDouble(double number) => new() { Number = number, Low = double.NaN, High = double.NaN };

    public static DecisionCell FromEstimate(Estimate estimate) => new() { Number = estimate.Value, Low = estimate.Low, High = estimate.High };

    public static DecisionCell FromDateTime(DateTime time) => new() { Time = time, Number = double.NaN, Low = double.NaN, High = double.NaN };
}
