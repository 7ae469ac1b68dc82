using System.Globalization;
using System.Text.Json;
using Coterie.Activation.Rules;
using Coterie.Decisions;
using Coterie.Profiles;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Rules;

/// <summary>An event of a small shop.</summary>
sealed record Happened(
    string? Customer, DateTime Time, string? Kind, string? Product = null, string? Category = null, string? Brand = null, double? Price = null, double? Quantity = null, string? Order = null,
    string? Channel = null, string? Device = null, string? Country = null, string? Traits = null);

/// <summary>A small shop: events, and segments of a run.</summary>
sealed record SmallShop(IReadOnlyList<Happened> Events, IReadOnlyDictionary<string, string> Segments)
{
    internal static readonly DateTime Begin = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Some events come later, and must not be seen.</summary>
    internal static readonly DateTime AsOf = Begin.AddDays(20);

    internal static readonly string[] SegmentIds = ["S1", "S2", "S3"];

    static string Sql(string? text) => text is null ? "NULL" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    static string Sql(double? number) => number is { } n ? n.ToString("R", CultureInfo.InvariantCulture) : "NULL";

    internal DuckDbWarehouse Warehouse()
    {
        var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 2 });
        warehouse.Execute(new Step("events", $"CREATE TABLE events ({string.Join(", ", Coterie.Warehouse.Events.Columns.Select(c => $"\"{c.Name}\" {c.Type}"))})"));
        foreach (var chunk in Events.Chunk(500))
        {
            var rows = chunk.Select((e, i) => $"({Sql($"e{i}")}, {Sql(e.Customer)}, TIMESTAMP '{e.Time:yyyy-MM-dd HH:mm:ss.ffffff}', {Sql(e.Kind)}, {Sql(e.Product)}, {Sql(e.Category)}, {Sql(e.Brand)}, {Sql(e.Price)}, {Sql(e.Quantity)}, "
                + $"{Sql(e.Order)}, {Sql(e.Channel)}, {Sql(e.Device)}, {Sql(e.Country)}, {(e.Traits is null ? "NULL" : Sql($"{{\"context\":{{\"traits\":{e.Traits}}}}}"))})");
            warehouse.Execute(new Step("fill", $"INSERT INTO events (event_id, customer_id, time, kind, product_id, category, brand, price, quantity, order_id, channel, device, country, properties) VALUES {string.Join(",\n", rows)}"));
        }

        return warehouse;
    }

    internal RuleScope Open(DuckDbWarehouse warehouse) => RuleScope.Open(warehouse, AsOf,
        new Membership([.. SegmentIds.Select(s => new SegmentRef(s, new Bilingual($"Name of {s}", $"名称{s}")))], Segments.ToDictionary(s => s.Key, s => Array.IndexOf(SegmentIds, s.Value)), AsOf));

    internal static readonly Gen<SmallShop> Gen =
        from events in SomeRules.Event.List[0, 60]
        from segments in SomeRules.Of([.. SegmentIds, ""]).Array[SomeRules.Customers.Length]
        select new SmallShop(events, SomeRules.Customers.Zip(segments).Where(p => p.Second.Length > 0).ToDictionary(p => p.First, p => p.Second));
}

/// <summary>Random rules over the words of the small shop and some that it does not have.</summary>
static class SomeRules
{
    internal static readonly string[] Customers = ["c1", "c2", "c3", "客户", "c'5", "c\"6", "Ω≈", "👩‍🚀"];
    static readonly string[] Kinds = ["view", "purchase", "refund", "add_to_cart", "定制"];
    static readonly string[] Products = ["p1", "p2", "p'3", "餐桌"];
    static readonly string[] Categories = ["garden", "garden/tools", "gardening", "home/kitchen", "家居/厨房", "garden/tools/saws"];
    static readonly string[] Brands = ["acme", "Acme", "", "é"];
    static readonly string[] Words = ["web", "mobile", "CN", "DE"];
    static readonly string[] TraitNames = ["tier", "a/b", "x~y", "年龄", "missing"];
    static readonly string[] TraitJson = ["\"gold\"", "\"silver\"", "\"42\"", "42", "-1.5", "true", "false", "null", "\"1e2\"", "\" 7\"", "\"2024-01-05\"", "\"2024-01-19T12:00:00Z\"", "\"2024-01-19T02:00:00+05:30\"", "\"2024-02-31\"", "\"\"", "\"nan\"", "\"é金\""];

    static Gen<string?> Maybe(string[] words) => Gen.Int[0, words.Length].Select(i => i == words.Length ? null : words[i]);

    internal static Gen<T> Of<T>(params T[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    // Half days, so that events tie and fall on the edges of windows.
    static readonly Gen<DateTime> Time = Gen.Int[-20, 50].Select(h => SmallShop.Begin.AddHours(12 * h));

    static readonly Gen<string?> Traits = Gen.Select(Of(TraitNames[..4]), Of(TraitJson), Gen.Int[0, 3], (name, value, some) => some == 0 ? $"{{{JsonSerializer.Serialize(name)}:{value}}}" : null);

    internal static readonly Gen<Happened> Event =
        from who in Maybe(Customers)
        from time in Time
        from kind in Of(Kinds)
        from what in Gen.Select(Maybe(Products), Maybe(Categories), Maybe(Brands))
        from money in Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3])
        from order in Maybe(["o1", "o2"])
        from place in Gen.Select(Maybe(Words), Maybe(Words), Maybe(Words))
        from traits in Traits
        select new Happened(who, time, kind, what.Item1, what.Item2, what.Item3, money.Item1 == 0 ? null : money.Item1 * 2.45, money.Item2 == 0 ? null : money.Item2, order, place.Item1, place.Item2, place.Item3, traits);

    static readonly Gen<RuleValue> Texts = Of([.. Products, .. Categories, .. Brands, .. Words, "gold", "42", "true"]).Select(t => (RuleValue)t);
    static readonly Gen<RuleValue> Numbers = Of(0.0, 1, 2, 2.45, 4.9, 7.35, 42, 100, -1.5).Select(n => (RuleValue)n);
    static readonly Gen<RuleValue> Truths = Gen.Bool.Select(b => (RuleValue)b);
    static readonly Gen<RuleValue> Instants = Gen.Select(Time, Gen.Bool, (t, whole) => (RuleValue)new InstantValue(whole ? t.Date : t, whole));
    static readonly Gen<RuleValue> Days = Gen.Int[1, 25].Select(d => (RuleValue)(double)d);

    static Gen<Condition> Compared(RuleOperator[] operators, Gen<RuleValue> equal) =>
        from op in Of(operators)
        from values in op switch
        {
            RuleOperator.IsSet or RuleOperator.IsNotSet => Gen.Const(Array.Empty<RuleValue>()),
            RuleOperator.In => equal.Array[1, 3],
            RuleOperator.Between => Numbers.Array[2].Select(n => n.OrderBy(v => ((NumberValue)v).Number).ToArray()),
            RuleOperator.Greater or RuleOperator.AtLeast or RuleOperator.Less or RuleOperator.AtMost => Numbers.Array[1],
            RuleOperator.Before or RuleOperator.After => Instants.Array[1],
            RuleOperator.WithinDays => Days.Array[1],
            RuleOperator.Contains or RuleOperator.StartsWith or RuleOperator.Under => Of(["g", "garden", "garden/", "tools", "é", "家", "4", "p'"]).Select(t => (RuleValue)t).Array[1],
            _ => equal.Array[1],
        }
        select new Condition(op, values);

    static readonly RuleOperator[] OfTexts = [RuleOperator.Is, RuleOperator.IsNot, RuleOperator.In, RuleOperator.Contains, RuleOperator.StartsWith, RuleOperator.IsSet, RuleOperator.IsNotSet];
    static readonly RuleOperator[] OfNumbers = [RuleOperator.Is, RuleOperator.IsNot, RuleOperator.In, RuleOperator.Greater, RuleOperator.AtLeast, RuleOperator.Less, RuleOperator.AtMost, RuleOperator.Between, RuleOperator.IsSet, RuleOperator.IsNotSet];
    static readonly RuleOperator[] OfInstants = [RuleOperator.Before, RuleOperator.After, RuleOperator.WithinDays, RuleOperator.IsSet, RuleOperator.IsNotSet];

    static readonly Gen<EventFilter> Filter = Gen.Enum<EventField>().SelectMany(f => f is EventField.Price or EventField.Quantity
        ? Compared(OfNumbers, Numbers).Select(c => new EventFilter(f, c))
        : Compared(f == EventField.Category ? [.. OfTexts, RuleOperator.Under, RuleOperator.Under] : OfTexts, Texts).Select(c => new EventFilter(f, c)));

    internal static readonly Gen<RuleWindow> Window = Gen.Frequency<RuleWindow>(
        (2, Gen.Const<RuleWindow>(new EverWindow())),
        (3, Gen.Int[1, 25].Select(d => (RuleWindow)new LastDays(d))),
        (2, Gen.Int[-8, 22].Array[2].Select(d => (RuleWindow)new BetweenDays(DateOnly.FromDateTime(SmallShop.Begin.AddDays(d.Min())), DateOnly.FromDateTime(SmallShop.Begin.AddDays(d.Max()))))));

    static readonly Gen<CountBound> Times = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], (a, b, how) => how switch
    {
        0 => new CountBound(1, null),
        1 => new CountBound(a, null),
        2 => new CountBound(null, a),
        _ => new CountBound(Math.Min(a, b), Math.Max(a, b)),
    });

    static readonly Gen<MoneyBound?> Money = Gen.Select(Of(0.0, 2.45, 7.35, 20), Gen.Int[0, 5], (m, how) => how switch { 0 => new MoneyBound(m, null), 1 => new MoneyBound(null, m), 2 => new MoneyBound(m, m + 10), _ => null });

    internal static readonly Gen<DidEvent> Did =
        from kind in Maybe([.. Kinds, "unheard"])
        from filters in Filter.List[0, 2]
        from times in Times
        from money in Money
        from window in Window
        select new DidEvent { Event = kind, Where = filters, Times = times, Money = money, Window = window };

    static readonly Gen<DidSequence> Sequence =
        from steps in Gen.Select(Maybe(Kinds), Filter.List[0, 1], Gen.Int[0, 8], (kind, filters, days) => new SequenceStep(kind, filters, days == 0 ? null : days)).List[2, 4]
        from window in Window
        select new DidSequence { Steps = [.. steps.Select((s, i) => i == 0 ? s with { WithinDays = null } : s)], Window = window };

    static readonly Gen<AudienceRule> Leaf = Gen.Frequency<AudienceRule>(
        (4, Did.Select(d => (AudienceRule)d)),
        (2, Sequence.Select(s => (AudienceRule)s)),
        (1, Gen.Select(Of(SmallShop.SegmentIds).Array[1, 3], Gen.Bool, (ids, not) => (AudienceRule)new InSegment(ids, not))),
        (3, Gen.Select(Of(TraitNames), Compared([.. OfTexts, .. OfNumbers, .. OfInstants], Gen.OneOf(Texts, Numbers, Truths)), (name, c) => (AudienceRule)new AttributeRule(AttributeSource.Trait, name, c))),
        (1, Gen.Select(Of(["first_seen", "last_seen"]), Compared(OfInstants, Texts), (name, c) => (AudienceRule)new AttributeRule(AttributeSource.Customer, name, c))));

    internal static Gen<AudienceRule> Rule(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (2, Leaf),
        (2, Rule(depth - 1).List[0, 3].Select(r => (AudienceRule)new AllOf(r))),
        (2, Rule(depth - 1).List[0, 3].Select(r => (AudienceRule)new AnyOf(r))),
        (1, Rule(depth - 1).Select(r => (AudienceRule)new NotRule(r))));
}
