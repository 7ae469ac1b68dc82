using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coterie.Activation.Rules;

namespace Coterie.Tests.Rules;

/// <summary>The plain twin of the SQL: one customer at a time, one event at a time, written from the meaning of each clause.</summary>
sealed partial class PlainRules(SmallShop shop)
{
    readonly DateTime asOf = SmallShop.AsOf;
    readonly Dictionary<string, Happened[]> seen = shop.Events.Where(e => e.Customer is not null && e.Time <= SmallShop.AsOf).GroupBy(e => e.Customer!).ToDictionary(g => g.Key, g => g.ToArray());

    internal IEnumerable<string> Everybody => seen.Keys;

    internal string[] Members(AudienceRule rule) => [.. seen.Keys.Where(c => Holds(rule, c))];

    internal bool Holds(AudienceRule rule, string customer) => rule switch
    {
        AllOf all => all.Rules.All(r => Holds(r, customer)),
        AnyOf any => any.Rules.Any(r => Holds(r, customer)),
        NotRule not => !Holds(not.Rule, customer),
        InSegment segment => segment.Ids.Contains(shop.Segments.GetValueOrDefault(customer)) != segment.Not,
        AttributeRule { Source: AttributeSource.Trait } a => Compare(a.Condition, Trait(customer, a.Name)),
        AttributeRule { Name: "first_seen" } a => Instant(a.Condition, seen[customer].Min(e => e.Time)),
        AttributeRule a => Instant(a.Condition, seen[customer].Max(e => e.Time)),
        DidEvent did => Did(did, seen[customer]),
        DidSequence sequence => Sequence(sequence, seen[customer]),
        _ => throw new InvalidOperationException(),
    };

    bool Did(DidEvent did, Happened[] events)
    {
        var matching = events.Where(e => Matches(e, did.Event, did.Where, did.Window)).ToArray();
        var times = did.Event is "purchase" or "refund" ? matching.Select(e => e.Order is { } o ? "order " + o : "day " + e.Time.Date.ToString("O")).Distinct().Count() : matching.Length;
        var money = matching.Where(e => e.Price is not null).Sum(e => Math.Round((decimal)e.Price!.Value * (decimal)(e.Quantity ?? 1), 4));
        return times >= (did.Times.AtLeast ?? 0) && times <= (did.Times.AtMost ?? int.MaxValue)
            && money >= (decimal)(did.Money?.AtLeast ?? 0) && (did.Money?.AtMost is not { } most || money <= (decimal)most);
    }

    // Every choice of events is tried.
    bool Sequence(DidSequence sequence, Happened[] events)
    {
        bool From(int step, DateTime? before) => step == sequence.Steps.Count || events.Any(e =>
            Matches(e, sequence.Steps[step].Event, sequence.Steps[step].Where, sequence.Window)
            && (before is not { } b || (e.Time > b && (sequence.Steps[step].WithinDays is not { } days || e.Time <= b.AddDays(days))))
            && From(step + 1, e.Time));
        return From(0, null);
    }

    bool Matches(Happened e, string? kind, IReadOnlyList<EventFilter> filters, RuleWindow window) =>
        (kind is null || e.Kind == kind) && filters.All(f => Filter(e, f)) && window switch
        {
            LastDays last => e.Time > asOf.AddDays(-last.Days),
            BetweenDays between => DateOnly.FromDateTime(e.Time) >= between.From && DateOnly.FromDateTime(e.Time) <= between.To,
            _ => true,
        };

    static bool Filter(Happened e, EventFilter filter) => filter.Field switch
    {
        EventField.Price => Number(filter.Condition, e.Price),
        EventField.Quantity => Number(filter.Condition, e.Quantity),
        EventField.ProductId => Text(filter.Condition, e.Product),
        EventField.Category => Text(filter.Condition, e.Category),
        EventField.Brand => Text(filter.Condition, e.Brand),
        EventField.Channel => Text(filter.Condition, e.Channel),
        EventField.Device => Text(filter.Condition, e.Device),
        _ => Text(filter.Condition, e.Country),
    };

    static bool Text(Condition c, string? value) => c.Operator switch
    {
        RuleOperator.IsSet => value is not null,
        RuleOperator.IsNotSet => value is null,
        RuleOperator.Is => value is not null && value == T(c, 0),
        RuleOperator.IsNot => !(value is not null && value == T(c, 0)),
        RuleOperator.In => value is not null && c.Values.Any(v => ((TextValue)v).Text == value),
        RuleOperator.Contains => value is not null && value.Contains(T(c, 0), StringComparison.Ordinal),
        RuleOperator.StartsWith => value is not null && value.StartsWith(T(c, 0), StringComparison.Ordinal),
        RuleOperator.Under => value is not null && (value + "/").StartsWith(T(c, 0).TrimEnd('/') + "/", StringComparison.Ordinal),
        _ => throw new InvalidOperationException(),
    };

    static bool Number(Condition c, double? value) => c.Operator switch
    {
        RuleOperator.IsSet => value is not null,
        RuleOperator.IsNotSet => value is null,
        RuleOperator.Is => value == N(c, 0),
        RuleOperator.IsNot => value != N(c, 0),
        RuleOperator.In => value is not null && c.Values.Any(v => ((NumberValue)v).Number == value),
        RuleOperator.Greater => value > N(c, 0),
        RuleOperator.AtLeast => value >= N(c, 0),
        RuleOperator.Less => value < N(c, 0),
        RuleOperator.AtMost => value <= N(c, 0),
        RuleOperator.Between => value >= N(c, 0) && value <= N(c, 1),
        _ => throw new InvalidOperationException(),
    };

    bool Instant(Condition c, DateTime? value) => c.Operator switch
    {
        RuleOperator.IsSet => value is not null,
        RuleOperator.IsNotSet => value is null,
        RuleOperator.Before => value < ((InstantValue)c.Values[0]).At,
        RuleOperator.After => c.Values[0] is InstantValue { WholeDay: true } day ? value >= day.At.AddDays(1) : value > ((InstantValue)c.Values[0]).At,
        RuleOperator.WithinDays => value > asOf.AddDays(-N(c, 0)) && value <= asOf,
        _ => throw new InvalidOperationException(),
    };

    bool Compare(Condition c, string? value) => c.Operator switch
    {
        RuleOperator.IsSet => value is not null,
        RuleOperator.IsNotSet => value is null,
        RuleOperator.IsNot => !Equal(c.Values[0], value),
        RuleOperator.Is or RuleOperator.In => c.Values.Any(v => Equal(v, value)),
        RuleOperator.Before or RuleOperator.After or RuleOperator.WithinDays => Instant(c, AsInstant(value)),
        RuleOperator.Contains or RuleOperator.StartsWith => Text(c, value),
        _ => Number(c, AsNumber(value)),
    };

    static bool Equal(RuleValue wanted, string? value) => wanted switch
    {
        TextValue text => value == text.Text,
        TruthValue truth => value == (truth.Truth ? "true" : "false"),
        _ => AsNumber(value) == ((NumberValue)wanted).Number,
    };

    static double? AsNumber(string? text) => text is not null && Numeral().IsMatch(text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    static DateTime? AsInstant(string? text) => text is not null && Moment().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.UtcDateTime : null;

    // The newest of a name; of one instant the one whose JSON is larger, in bytes.
    string? Trait(string customer, string name)
    {
        var told = seen[customer].Where(e => e.Traits is not null)
            .Select(e => (e.Time, Value: JsonDocument.Parse(e.Traits!).RootElement.TryGetProperty(name, out var v) ? v.GetRawText() : null)).Where(t => t.Value is not null).ToArray();
        if (told.Length == 0) return null;
        var newest = told.OrderBy(t => t.Time).ThenBy(t => t.Value, Comparer<string?>.Create((a, b) => System.Text.Encoding.UTF8.GetBytes(a!).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b!)))).Last().Value!;
        var json = JsonDocument.Parse(newest).RootElement;
        return json.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => json.GetString(), _ => newest };
    }

    static string T(Condition c, int i) => ((TextValue)c.Values[i]).Text;

    static double N(Condition c, int i) => ((NumberValue)c.Values[i]).Number;

    [GeneratedRegex(@"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\z")]
    private static partial Regex Numeral();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?)?\z")]
    private static partial Regex Moment();
}
