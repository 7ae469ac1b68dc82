using System.Globalization;
using System.Text.Json;
using Coterie.Profiles;

namespace Coterie.Activation.Rules;

/// <summary>Reads one rule out of JSON and notes every problem with its path.</summary>
sealed class RuleReader
{
    static readonly Bilingual Kinds = new("all, any, not, segment, attribute, did or sequence", " all、any、not、segment、attribute、did 或 sequence");

    readonly ProblemList problems = new();
    int nodes;

    internal AudienceRule Read(JsonElement root)
    {
        var rule = Rule(root, "$", 1);
        RuleCheck.Size(nodes, problems);
        if (problems.Count > 0) throw RuleCheck.Refusal(problems.All);
        return rule!;
    }

    AudienceRule? Rule(JsonElement e, string path, int depth)
    {
        nodes++;
        if (depth > AudienceRule.MostDepth)
        {
            problems.TooDeep(path);
            return null;
        }

        if (e.ValueKind != JsonValueKind.Object) return Wrong<AudienceRule>(path, $"{Shown(e).En} is no rule; expected an object with \"kind\".", $"不是规则（{Shown(e).Zh}）；应为带 kind 的对象。");
        var kind = e.TryGetProperty("kind", out var k) ? Text(k, $"{path}.kind") : Wrong<string>($"{path}.kind", $"missing; expected {Kinds.En}.", $"缺少；应为{Kinds.Zh}。");
        var before = problems.Count;
        var rule = kind switch
        {
            "all" => Rules(e, path, depth) is { } all ? new AllOf(all) : null,
            "any" => Rules(e, path, depth) is { } any ? new AnyOf(any) : null,
            "not" => Member(e, path, ["kind", "rule"], "rule") is { } inner && Rule(inner, $"{path}.rule", depth + 1) is { } not ? new NotRule(not) : null,
            "segment" => Segment(e, path),
            "attribute" => Attribute(e, path),
            "did" => Did(e, path),
            "sequence" => Sequence(e, path),
            null => null,
            _ => Wrong<AudienceRule>($"{path}.kind", $"{Shown(k).En} is unknown; expected {Kinds.En}.", $"未知：{Shown(k).Zh}；应为{Kinds.Zh}。"),
        };
        if (rule is not null && problems.Count == before) RuleCheck.Own(rule, path, problems);
        return rule;
    }

    List<AudienceRule>? Rules(JsonElement e, string path, int depth)
    {
        if (Member(e, path, ["kind", "rules"], "rules") is not { } list) return null;
        var rules = new List<AudienceRule>();
        return Each(list, $"{path}.rules", (item, at) =>
        {
            if (Rule(item, at, depth + 1) is not { } rule) return false;
            rules.Add(rule);
            return true;
        }) ? rules : null;
    }

    InSegment? Segment(JsonElement e, string path)
    {
        Known(e, path, ["kind", "in", "not_in"]);
        var not = e.TryGetProperty("not_in", out var list);
        var within = e.TryGetProperty("in", out var given);
        if (not == within) return Wrong<InSegment>(path, "expected one of \"in\" and \"not_in\", a list of segment ids.", "应为 in 或 not_in 之一，值为分群编号列表。");
        var ids = new List<string>();
        return Each(not ? list : given, $"{path}.{(not ? "not_in" : "in")}", (item, at) =>
        {
            if (Text(item, at) is not { } id) return false;
            ids.Add(id);
            return true;
        }) ? new InSegment(ids, not) : null;
    }

    AttributeRule? Attribute(JsonElement e, string path)
    {
        var op = Operator(e, path, ["kind", "of", "name", "operator"]);
        var source = Member(e, path, null, "of") is { } of ? Word(of, $"{path}.of", RuleWords.Sources) : null;
        var name = Member(e, path, null, "name") is { } n ? Text(n, $"{path}.name") : null;
        return op is { } o && Condition(e, path, o) is { } condition && source is { } s && name is not null ? new AttributeRule(s, name, condition) : null;
    }

    DidEvent? Did(JsonElement e, string path)
    {
        Known(e, path, ["kind", "event", "where", "times", "money", "within_days", "between"]);
        var (name, where) = (Event(e, path), Where(e, path));
        var times = Bound(e, path, "times", ["at_least", "at_most", "exactly"], out var count) ? count : null;
        var money = Bound(e, path, "money", ["at_least", "at_most"], out var amount) ? amount : null;
        if (times is not null && new[] { times.Value.Least, times.Value.Most }.Any(t => t is { } n && (n % 1 != 0 || Math.Abs(n) > int.MaxValue)))
            return Wrong<DidEvent>($"{path}.times", "expected whole numbers.", "次数应为整数。");
        if (where is null || Window(e, path) is not { } window) return null;
        return new DidEvent
        {
            Event = name,
            Where = where,
            Times = times is { } t ? new CountBound((int?)t.Least, (int?)t.Most) : new CountBound(1, null),
            Money = money is { } m ? new MoneyBound(m.Least, m.Most) : null,
            Window = window,
        };
    }

    DidSequence? Sequence(JsonElement e, string path)
    {
        if (Member(e, path, ["kind", "steps", "within_days", "between"], "steps") is not { } list) return null;
        var steps = new List<SequenceStep>();
        var fine = Each(list, $"{path}.steps", (item, at) =>
        {
            nodes++;
            if (item.ValueKind != JsonValueKind.Object) return Wrong<object>(at, $"{Shown(item).En} is no step; expected an object with \"event\".", $"不是步骤（{Shown(item).Zh}）；应为带 event 的对象。") is not null;
            Known(item, at, ["event", "where", "within_days"]);
            var (name, where) = (Event(item, at), Where(item, at));
            var days = item.TryGetProperty("within_days", out var d) ? Days(d, $"{at}.within_days") : null;
            if (where is null) return false;
            steps.Add(new SequenceStep(name, where, days));
            return true;
        });
        return Window(e, path) is { } window && fine ? new DidSequence { Steps = steps, Window = window } : null;
    }

    string? Event(JsonElement e, string path) => e.TryGetProperty("event", out var name) ? Text(name, $"{path}.event") : null;

    List<EventFilter>? Where(JsonElement e, string path)
    {
        var filters = new List<EventFilter>();
        if (!e.TryGetProperty("where", out var list)) return filters;
        return Each(list, $"{path}.where", (item, at) =>
        {
            nodes++;
            if (item.ValueKind != JsonValueKind.Object) return Wrong<object>(at, $"{Shown(item).En} is no filter; expected an object with \"field\" and \"operator\".", $"不是筛选（{Shown(item).Zh}）；应为带 field 与 operator 的对象。") is not null;
            var op = Operator(item, at, ["field", "operator"]);
            var field = Member(item, at, null, "field") is { } f ? Word(f, $"{at}.field", RuleWords.Fields) : null;
            if (op is not { } o || Condition(item, at, o) is not { } condition || field is not { } column) return false;
            filters.Add(new EventFilter(column, condition));
            return true;
        }) ? filters : null;
    }

    RuleOperator? Operator(JsonElement e, string path, string[] members)
    {
        var op = Member(e, path, null, "operator") is { } o ? Word(o, $"{path}.operator", RuleWords.Operators) : null;
        Known(e, path, op switch
        {
            RuleOperator.IsSet or RuleOperator.IsNotSet => members,
            RuleOperator.In => [.. members, "values"],
            RuleOperator.Between => [.. members, "from", "to"],
            null => [.. members, "value", "values", "from", "to"],
            _ => [.. members, "value"],
        });
        return op;
    }

    Condition? Condition(JsonElement e, string path, RuleOperator op)
    {
        var values = new List<RuleValue>();
        bool One(string member)
        {
            if (Member(e, path, null, member) is not { } v || Value(v, op, $"{path}.{member}") is not { } value) return false;
            values.Add(value);
            return true;
        }

        var fine = op switch
        {
            RuleOperator.IsSet or RuleOperator.IsNotSet => true,
            RuleOperator.Between => One("from") & One("to"),
            RuleOperator.In => Member(e, path, null, "values") is { } list && Each(list, $"{path}.values", (item, at) =>
            {
                if (Value(item, op, at) is not { } value) return false;
                values.Add(value);
                return true;
            }),
            _ => One("value"),
        };
        return fine ? new Condition(op, values) : null;
    }

    RuleValue? Value(JsonElement e, RuleOperator op, string path)
    {
        switch (e.ValueKind)
        {
            case JsonValueKind.String:
                if (Text(e, path) is not { } text) return null;
                return op is RuleOperator.Before or RuleOperator.After ? Instant(text, path) : new TextValue(text);
            case JsonValueKind.Number:
                return Number(e, path) is { } number ? new NumberValue(number) : null;
            case JsonValueKind.True or JsonValueKind.False:
                return new TruthValue(e.GetBoolean());
            default:
                return Wrong<RuleValue>(path, $"{Shown(e).En} is no value; expected a text, a number, or true or false.", $"不是取值（{Shown(e).Zh}）；应为文本、数，或 true、false。");
        }
    }

    InstantValue? Instant(string text, string path)
    {
        if (DateOnly.TryParseExact(text, RuleWords.Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return new InstantValue(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), WholeDay: true);
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK"];
        return text.Length > 19 && DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? new InstantValue(instant.UtcDateTime, WholeDay: false)
            : Wrong<InstantValue>(path, "the text is no day or instant; expected one such as \"2024-01-31\" or \"2024-01-31T12:00:00Z\".", "不是日期或时间；应如“2024-01-31”或“2024-01-31T12:00:00Z”。");
    }

    RuleWindow? Window(JsonElement e, string path)
    {
        var last = e.TryGetProperty("within_days", out var days);
        if (!e.TryGetProperty("between", out var between))
            return !last ? new EverWindow() : Days(days, $"{path}.within_days") is { } d ? new LastDays(d) : null;
        if (last) return Wrong<RuleWindow>(path, "expected one of \"within_days\" and \"between\", or neither.", "within_days 与 between 只能有其一，也可都没有。");
        if (between.ValueKind != JsonValueKind.Object) return Wrong<RuleWindow>($"{path}.between", "expected an object with the days \"from\" and \"to\".", "应为带日期 from 与 to 的对象。");
        Known(between, $"{path}.between", ["from", "to"]);
        DateOnly? Day(string member)
        {
            if (Member(between, $"{path}.between", null, member) is not { } v || Text(v, $"{path}.between.{member}") is not { } text) return null;
            if (DateOnly.TryParseExact(text, RuleWords.Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue) return day;
            problems.At($"{path}.between.{member}", "the text is no day; expected one such as \"2024-01-31\".", "不是日期；应如“2024-01-31”。");
            return null;
        }

        var (from, to) = (Day("from"), Day("to"));
        return from is { } f && to is { } t ? new BetweenDays(f, t) : null;
    }

    int? Days(JsonElement e, string path)
    {
        if (e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out var days)) return days;
        problems.At(path, $"{Shown(e).En}; expected a whole number of days.", $"天数应为整数，而不是 {Shown(e).Zh}。");
        return null;
    }

    readonly record struct Range(double? Least, double? Most);

    bool Bound(JsonElement e, string path, string member, string[] words, out Range? range)
    {
        range = null;
        if (!e.TryGetProperty(member, out var bound)) return true;
        var at = $"{path}.{member}";
        if (bound.ValueKind != JsonValueKind.Object) return Wrong<object>(at, $"{Shown(bound).En}; expected an object with {string.Join(", ", words)}.", $"应为带 {string.Join("、", words)} 的对象，而不是 {Shown(bound).Zh}。") is not null;
        Known(bound, at, words);
        double? Side(string word) => words.Contains(word) && bound.TryGetProperty(word, out var v) ? v.ValueKind == JsonValueKind.Number ? Number(v, $"{at}.{word}")
            : Strange($"{at}.{word}", $"{Shown(v).En}; expected a number.", $"应为数，而不是 {Shown(v).Zh}。") : null;
        var (least, most, exactly) = (Side("at_least"), Side("at_most"), Side("exactly"));
        if (exactly is not null && (least ?? most) is not null) return Wrong<object>(at, "\"exactly\" stands alone.", "exactly 不能与上下限同时填写。") is not null;
        range = new Range(exactly ?? least, exactly ?? most);
        return true;
    }

    double? Number(JsonElement e, string path)
    {
        // 1e999 is read as infinity.
        if (e.TryGetDouble(out var number) && double.IsFinite(number)) return number;
        return Strange(path, $"{Shown(e).En} is too large a number.", $"{Shown(e).Zh} 过大。");
    }

    double? Strange(string path, string en, string zh)
    {
        problems.At(path, en, zh);
        return null;
    }

    T? Word<T>(JsonElement e, string path, IReadOnlyList<Word<T>> words) where T : struct
    {
        if (Text(e, path) is not { } text) return null;
        foreach (var word in words)
            if (word.Text == text) return word.Value;
        problems.At(path, $"{Shown(e).En} is unknown; expected {words.Names()}.", $"未知：{Shown(e).Zh}；应为 {string.Join("、", words.Select(w => w.Text))} 之一。");
        return null;
    }

    string? Text(JsonElement e, string path)
    {
        if (e.ValueKind != JsonValueKind.String) return Wrong<string>(path, $"{Shown(e).En}; expected a text.", $"应为文本，而不是 {Shown(e).Zh}。");
        try
        {
            return e.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, as an escape.
            return Wrong<string>(path, "the text is not valid Unicode.", "内容不是有效的 Unicode。");
        }
    }

    JsonElement? Member(JsonElement e, string path, string[]? known, string name)
    {
        if (known is not null) Known(e, path, known);
        if (e.TryGetProperty(name, out var member)) return member;
        problems.At($"{path}.{name}", "missing.", "缺少。");
        return null;
    }

    void Known(JsonElement e, string path, string[] members)
    {
        foreach (var member in e.EnumerateObject())
        {
            if (members.Any(m => member.NameEquals(m))) continue;
            problems.At(path, $"the member {Name(member).En} is unknown here; expected {string.Join(", ", members)}.", $"未知的成员{Name(member).Zh}；此处应为 {string.Join("、", members)}。");
        }
    }

    bool Each(JsonElement list, string path, Func<JsonElement, string, bool> read)
    {
        if (list.ValueKind != JsonValueKind.Array) return Wrong<object>(path, $"{Shown(list).En}; expected a list.", $"应为列表，而不是 {Shown(list).Zh}。") is not null;
        var (fine, i) = (true, 0);
        // A list of a million items is refused for its size; its problems need not be told a million times.
        foreach (var item in list.EnumerateArray())
        {
            if (i >= AudienceRule.MostValues + 1 || problems.Count > 100) break;
            fine &= read(item, $"{path}[{i++}]");
        }

        return fine;
    }

    T? Wrong<T>(string path, string en, string zh) where T : class
    {
        problems.At(path, en, zh);
        return null;
    }

    static Bilingual Name(JsonProperty member)
    {
        try
        {
            var name = ShortText.Of(member.Name);
            return new($"'{name}'", $"“{name}”");
        }
        catch (InvalidOperationException)
        {
            return new("with a name that is not valid Unicode", "（名称不是有效的 Unicode）");
        }
    }

    static Bilingual Shown(JsonElement e)
    {
        if (e.ValueKind == JsonValueKind.Object) return new("an object", "对象");
        if (e.ValueKind == JsonValueKind.Array) return new("a list", "列表");
        var text = ShortText.Of(e.GetRawText());
        return new(text, text);
    }
}
