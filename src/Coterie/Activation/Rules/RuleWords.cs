using System.Globalization;

namespace Coterie.Activation.Rules;

/// <summary>The words of rules in JSON, and what each operator takes.</summary>
static class RuleWords
{
    internal static readonly IReadOnlyList<Word<RuleOperator>> Operators =
    [
        new(RuleOperator.Is, "is"), new(RuleOperator.IsNot, "is_not"), new(RuleOperator.In, "in"), new(RuleOperator.Contains, "contains"), new(RuleOperator.StartsWith, "starts_with"),
        new(RuleOperator.Under, "under"), new(RuleOperator.Greater, ">"), new(RuleOperator.AtLeast, ">="), new(RuleOperator.Less, "<"), new(RuleOperator.AtMost, "<="),
        new(RuleOperator.Between, "between"), new(RuleOperator.Before, "before"), new(RuleOperator.After, "after"), new(RuleOperator.WithinDays, "within_days"),
        new(RuleOperator.IsSet, "is_set"), new(RuleOperator.IsNotSet, "is_not_set"),
    ];

    internal static readonly IReadOnlyList<Word<EventField>> Fields =
    [
        new(EventField.ProductId, "product_id"), new(EventField.Category, "category"), new(EventField.Brand, "brand"), new(EventField.Price, "price"),
        new(EventField.Quantity, "quantity"), new(EventField.Channel, "channel"), new(EventField.Device, "device"), new(EventField.Country, "country"),
    ];

    internal static readonly IReadOnlyList<Word<AttributeSource>> Sources =
        [new(AttributeSource.Trait, "trait"), new(AttributeSource.Feature, "feature"), new(AttributeSource.Customer, "customer")];

    /// <summary>Attributes of <see cref="AttributeSource.Customer"/>.</summary>
    internal static readonly IReadOnlyList<string> CustomerAttributes = ["first_seen", "last_seen"];

    static readonly RuleOperator[] Numbers = [RuleOperator.Is, RuleOperator.IsNot, RuleOperator.In, RuleOperator.Greater, RuleOperator.AtLeast, RuleOperator.Less, RuleOperator.AtMost, RuleOperator.Between, RuleOperator.IsSet, RuleOperator.IsNotSet];
    static readonly RuleOperator[] Texts = [RuleOperator.Is, RuleOperator.IsNot, RuleOperator.In, RuleOperator.Contains, RuleOperator.StartsWith, RuleOperator.IsSet, RuleOperator.IsNotSet];
    static readonly RuleOperator[] Instants = [RuleOperator.Before, RuleOperator.After, RuleOperator.WithinDays, RuleOperator.IsSet, RuleOperator.IsNotSet];

    internal static bool IsNumber(EventField field) => field is EventField.Price or EventField.Quantity;

    /// <summary>Operators that a column of events can be asked by.</summary>
    internal static IReadOnlyList<RuleOperator> For(EventField field) => IsNumber(field) ? Numbers : field == EventField.Category ? [.. Texts, RuleOperator.Under] : Texts;

    /// <summary>Operators that an attribute can be asked by.</summary>
    internal static IReadOnlyList<RuleOperator> For(AttributeSource source) => source switch
    {
        AttributeSource.Trait => [.. Operators.Select(o => o.Value).Where(o => o != RuleOperator.Under)],
        AttributeSource.Feature => Numbers,
        _ => Instants,
    };

    internal static string Of<T>(this IReadOnlyList<Word<T>> words, T value) where T : struct => words.First(w => w.Value.Equals(value)).Text;

    internal static string Names<T>(this IReadOnlyList<Word<T>> words) where T : struct => string.Join(", ", words.Select(w => w.Text));

    internal const string Day = "yyyy-MM-dd";

    internal static string Shown(InstantValue value) => value.WholeDay
        ? value.At.ToString(Day, CultureInfo.InvariantCulture)
        : value.At.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A word that stands for something.</summary>
readonly record struct Word<T>(T Value, string Text) where T : struct;
