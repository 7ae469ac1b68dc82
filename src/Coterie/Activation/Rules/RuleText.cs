using System.Globalization;
using Coterie.Features;
using Coterie.Profiles;

namespace Coterie.Activation.Rules;

/// <summary>A rule in words, for people who decide whether it says what they mean.</summary>
public static class RuleText
{
    // A list of a thousand ids is no sentence.
    const int MostNamed = 5;

    /// <summary>One sentence: "Customers who bought at least 2 times in the last 90 days and never returned anything".</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="lang">en or zh.</param>
    /// <param name="segments">Names of segments, where they are known; else their ids stand for themselves.</param>
    /// <exception cref="ConfigurationException">The rule cannot be used: lists every problem.</exception>
    public static string Of(AudienceRule rule, string lang, IReadOnlyDictionary<string, Bilingual>? segments = null)
    {
        RuleCheck.Check(rule);
        var words = new Words(lang == "zh", lang, segments);
        return rule switch
        {
            AllOf { Rules.Count: 0 } => words.Zh ? "所有客户" : "All customers",
            AnyOf { Rules.Count: 0 } => words.Zh ? "没有任何客户" : "No customers",
            _ => words.Zh ? $"{Clause(rule, words, top: true)}的客户" : $"Customers who {Clause(rule, words, top: true)}",
        };
    }

    /// <summary>The same in both languages.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="segments">Names of segments, where they are known.</param>
    public static Bilingual Of(AudienceRule rule, IReadOnlyDictionary<string, Bilingual>? segments = null) => new(Of(rule, "en", segments), Of(rule, "zh", segments));

    sealed record Words(bool Zh, string Lang, IReadOnlyDictionary<string, Bilingual>? Segments)
    {
        internal string T(string en, string zh) => Zh ? zh : en;

        internal string Quoted(string text) => Zh ? $"“{text}”" : $"\"{text}\"";

        internal string Segment(string id) => Segments?.GetValueOrDefault(id) is { } name ? T($"{id} ({name.En})", $"{id}（{name.Zh}）") : id;
    }

    static string Clause(AudienceRule rule, Words w, bool top = false) => rule switch
    {
        AllOf { Rules.Count: 0 } => w.T("are anybody", "任意"),
        AnyOf { Rules.Count: 0 } => w.T("are nobody", "无人满足"),
        AllOf all => Joined(all.Rules, w.T(" and ", "且"), w, top),
        AnyOf any => Joined(any.Rules, w.T(" or ", "或"), w, top),
        // Not to have done it once is never to have done it.
        NotRule { Rule: DidEvent { Times: { AtLeast: 1, AtMost: null }, Money: null } did } => Did(did with { Times = CountBound.Never }, w),
        NotRule { Rule: InSegment segment } => Segment(segment with { Not = !segment.Not }, w),
        NotRule not => w.T($"do not fulfil: [{Clause(not.Rule, w)}]", $"不满足［{Clause(not.Rule, w)}］"),
        InSegment segment => Segment(segment, w),
        AttributeRule attribute => Attribute(attribute, w),
        DidEvent did => Did(did, w),
        DidSequence sequence => Sequence(sequence, w),
        _ => throw new NotSupportedException($"A rule {rule.GetType().Name} has no words."),
    };

    // What is inside stands in brackets, so that "and" and "or" are never read in the wrong order.
    static string Joined(IReadOnlyList<AudienceRule> rules, string link, Words w, bool top)
    {
        if (rules.Count == 1) return Clause(rules[0], w, top);
        return string.Join(link, rules.Select(r => r is AllOf { Rules.Count: > 1 } or AnyOf { Rules.Count: > 1 } ? w.T($"[{Clause(r, w)}]", $"［{Clause(r, w)}］") : Clause(r, w)));
    }

    static string Segment(InSegment segment, Words w)
    {
        var names = List([.. segment.Ids.Select(w.Segment)], w);
        return segment.Not ? w.T($"are not in segment {names}", $"不属于分群 {names}") : w.T($"are in segment {names}", $"属于分群 {names}");
    }

    static string Attribute(AttributeRule attribute, Words w)
    {
        var name = attribute.Source switch
        {
            AttributeSource.Customer => attribute.Name == "first_seen" ? w.T("first event", "首次出现时间") : w.T("last event", "最近出现时间"),
            AttributeSource.Feature => Feature(attribute.Name, w),
            _ => w.T($"trait {w.Quoted(attribute.Name)}", $"属性{w.Quoted(attribute.Name)}"),
        };
        return w.T($"have a {name} that {Compared(attribute.Condition, w)}", $"{name}{Compared(attribute.Condition, w)}");
    }

    // Its label, and its name where the catalogue does not know it.
    static string Feature(string name, Words w) => FeatureCatalogue.Definitions.FirstOrDefault(d => d.Feature.Name == name)?.Feature is { } feature
        ? w.T($"feature {w.Quoted(feature.Label)}", $"特征{w.Quoted(feature.LabelZh)}")
        : w.T($"feature {w.Quoted(name)}", $"特征{w.Quoted(name)}");

    static string Compared(Condition c, Words w)
    {
        string V(int i) => Value(c.Values[i], w);
        return c.Operator switch
        {
            RuleOperator.Is => w.T($"is {V(0)}", $"为{V(0)}"),
            RuleOperator.IsNot => w.T($"is not {V(0)}", $"不为{V(0)}"),
            RuleOperator.In => w.T($"is {List([.. c.Values.Select(v => Value(v, w))], w)}", $"为{List([.. c.Values.Select(v => Value(v, w))], w)}"),
            RuleOperator.Contains => w.T($"contains {V(0)}", $"包含{V(0)}"),
            RuleOperator.StartsWith => w.T($"starts with {V(0)}", $"以{V(0)}开头"),
            RuleOperator.Under => w.T($"is {V(0)} or below it", $"为{V(0)}或其下级"),
            RuleOperator.Greater => w.T($"is above {V(0)}", $"大于 {V(0)}"),
            RuleOperator.AtLeast => w.T($"is at least {V(0)}", $"不小于 {V(0)}"),
            RuleOperator.Less => w.T($"is below {V(0)}", $"小于 {V(0)}"),
            RuleOperator.AtMost => w.T($"is at most {V(0)}", $"不大于 {V(0)}"),
            RuleOperator.Between => w.T($"is from {V(0)} to {V(1)}", $"在 {V(0)} 到 {V(1)} 之间"),
            RuleOperator.Before => w.T($"is before {V(0)}", $"早于 {V(0)}"),
            RuleOperator.After => w.T($"is after {V(0)}", $"晚于 {V(0)}"),
            RuleOperator.WithinDays => w.T($"is in the last {Days(V(0))}", $"在最近 {V(0)} 天内"),
            RuleOperator.IsSet => w.T("is known", "已知"),
            RuleOperator.IsNotSet => w.T("is not known", "未知"),
            _ => throw new NotSupportedException($"The operator {c.Operator} has no words."),
        };
    }

    static string Did(DidEvent did, Words w)
    {
        var (least, most) = (did.Times.AtLeast ?? 0, did.Times.AtMost);
        var never = most == 0;
        var what = Event(did.Event, did.Where, w, never);
        var when = Window(did.Window, w);
        var often = (least, most) switch
        {
            (_, 0) => "",
            (1, null) => "",
            (var l, var m) when l == m => w.T($" exactly {Times(l)}", $"恰好 {l} 次"),
            (0, { } m) => w.T($" at most {Times(m)}", $"至多 {m} 次"),
            (var l, null) => w.T($" at least {Times(l)}", $"至少 {l} 次"),
            (var l, { } m) => w.T($" {l} to {Times(m)}", $" {l} 到 {m} 次"),
        };
        var money = did.Money is not { } bound || never ? "" : (bound.AtLeast, bound.AtMost) switch
        {
            ({ } l, { } m) => w.T($", for {Number(l)} to {Number(m)} together", $"，合计金额 {Number(l)} 到 {Number(m)}"),
            ({ } l, null) => w.T($", for at least {Number(l)} together", $"，合计金额至少 {Number(l)}"),
            (_, { } m) => w.T($", for at most {Number(m)} together", $"，合计金额至多 {Number(m)}"),
            _ => "",
        };
        return w.T($"{(never ? "never " : "")}{what}{often}{when}{money}", $"{when}{(never ? "从未" : "")}{what}{often}{money}");
    }

    static string Sequence(DidSequence sequence, Words w)
    {
        var steps = sequence.Steps.Select((s, i) =>
        {
            var what = Event(s.Event, s.Where, w, never: false);
            if (i == 0) return what;
            return s.WithinDays is { } days ? w.T($"then {what} within {days} {(days == 1 ? "day" : "days")}", $"随后 {days} 天内{what}") : w.T($"then {what}", $"随后{what}");
        });
        return w.T($"{string.Join(", ", steps)}{Window(sequence.Window, w)}", $"{Window(sequence.Window, w)}{string.Join("，", steps)}");
    }

    static string Event(string? kind, IReadOnlyList<EventFilter> filters, Words w, bool never)
    {
        var narrowed = filters.Count > 0;
        var what = kind switch
        {
            null => w.T("did anything", "有任何行为"),
            "purchase" => w.T(never && !narrowed ? "bought anything" : "bought", "购买"),
            "refund" => w.T(never && !narrowed ? "returned anything" : "returned", "退货"),
            "view" => w.T("viewed", "浏览"),
            "add_to_cart" => w.T("put into the basket", "加入购物车"),
            "remove_from_cart" => w.T("took out of the basket", "移出购物车"),
            "search" => w.T("searched", "搜索"),
            "wishlist" => w.T("put on the wish list", "加入心愿单"),
            "checkout" => w.T("began to check out", "开始结账"),
            "review" => w.T("reviewed", "评价"),
            "email_open" => w.T("opened an e-mail", "打开邮件"),
            "ad_click" => w.T("clicked an advertisement", "点击广告"),
            _ => w.T($"did {w.Quoted(kind)}", $"发生{w.Quoted(kind)}"),
        };
        if (!narrowed) return what;
        var conditions = string.Join(w.T(" and ", "且"), filters.Select(f => w.T($"{Field(f.Field, w)} {Compared(f.Condition, w)}", $"{Field(f.Field, w)}{Compared(f.Condition, w)}")));
        return w.T($"{what} (where {conditions})", $"{what}（{conditions}）");
    }

    static string Field(EventField field, Words w) => field switch
    {
        EventField.ProductId => w.T("the product", "商品"),
        EventField.Category => w.T("the category", "类目"),
        EventField.Brand => w.T("the brand", "品牌"),
        EventField.Price => w.T("the unit price", "单价"),
        EventField.Quantity => w.T("the quantity", "数量"),
        EventField.Channel => w.T("the channel", "渠道"),
        EventField.Device => w.T("the device", "设备"),
        _ => w.T("the country", "国家"),
    };

    static string Window(RuleWindow window, Words w) => window switch
    {
        LastDays last => w.T($" in the last {Days(last.Days.ToString(CultureInfo.InvariantCulture))}", $"最近 {last.Days} 天内"),
        BetweenDays between => w.T($" from {between.From:yyyy-MM-dd} to {between.To:yyyy-MM-dd}", $"{between.From:yyyy-MM-dd} 至 {between.To:yyyy-MM-dd} 期间"),
        _ => "",
    };

    static string List(string[] items, Words w)
    {
        if (items.Length > MostNamed) return w.T($"{string.Join(", ", items.Take(MostNamed))} or one of {items.Length - MostNamed:N0} more", $"{string.Join("、", items.Take(MostNamed))}等 {items.Length:N0} 项之一");
        return items.Length == 1 ? items[0] : w.T($"{string.Join(", ", items[..^1])} or {items[^1]}", $"{string.Join("、", items[..^1])}或{items[^1]}");
    }

    static string Value(RuleValue value, Words w) => value switch
    {
        TextValue text => w.Quoted(text.Text),
        NumberValue number => Number(number.Number),
        TruthValue truth => truth.Truth ? w.T("true", "真") : w.T("false", "假"),
        InstantValue instant => RuleWords.Shown(instant),
        _ => throw new NotSupportedException($"A value {value.GetType().Name} has no words."),
    };

    static string Number(double number) => number.ToString("#,0.####", CultureInfo.InvariantCulture);

    static string Times(int times) => times == 1 ? "1 time" : $"{times:N0} times";

    static string Days(string days) => days == "1" ? "day" : $"{days} days";
}
