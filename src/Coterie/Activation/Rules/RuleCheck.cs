using Coterie.Profiles;

namespace Coterie.Activation.Rules;

/// <summary>What is wrong with a rule, each problem with its place as a JSON path.</summary>
static class RuleCheck
{
    const double LargestNumber = 1e15;
    const int LargestCount = 1_000_000;

    // What a value may be.
    static readonly Bilingual Number = new("a number", "数"), OnlyText = new("a text", "文本"), Instant = new("a day or an instant, such as \"2024-01-31\" or \"2024-01-31T12:00:00Z\"", "日期或时间，例如“2024-01-31”或“2024-01-31T12:00:00Z”"),
        Anything = new("a text, a number, or true or false", "文本、数，或 true、false");

    /// <exception cref="ConfigurationException">Lists every problem.</exception>
    internal static void Check(AudienceRule rule)
    {
        var problems = new ProblemList();
        var nodes = 0;
        Walk(rule, "$", 1, ref nodes, problems);
        Size(nodes, problems);
        if (problems.Count > 0) throw Refusal(problems.All);
    }

    internal static ConfigurationException Refusal(IReadOnlyList<Bilingual> problems) => new([new("The rule cannot be used:", "规则无法使用："), .. problems]);

    /// <summary>A problem of a place in the rule.</summary>
    internal static void At(this ProblemList problems, string path, string en, string zh) => problems.Add($"{path}: {en}", $"{path}：{zh}");

    internal static void Size(int nodes, ProblemList problems)
    {
        if (nodes > AudienceRule.MostNodes) problems.At("$", $"the rule has {nodes:N0} clauses, filters and steps; expected at most {AudienceRule.MostNodes}.", $"规则共有 {nodes:N0} 个条件、筛选与步骤，最多 {AudienceRule.MostNodes} 个。");
    }

    internal static void TooDeep(this ProblemList problems, string path) => problems.At(path, $"the rule is deeper than {AudienceRule.MostDepth} levels.", $"规则超过 {AudienceRule.MostDepth} 层。");

    static void Walk(AudienceRule rule, string path, int depth, ref int nodes, ProblemList problems)
    {
        nodes += 1 + Parts(rule);
        // A tree that is refused for its size need not be walked to its end.
        if (nodes > 2 * AudienceRule.MostNodes) return;
        if (depth > AudienceRule.MostDepth)
        {
            problems.TooDeep(path);
            return;
        }

        Own(rule, path, problems);
        var children = Children(rule);
        for (var i = 0; i < children.Count; i++) Walk(children[i], ChildPath(rule, path, i), depth + 1, ref nodes, problems);
    }

    /// <summary>Filters and steps of a clause.</summary>
    internal static int Parts(AudienceRule rule) => rule switch
    {
        DidEvent did => did.Where.Count,
        DidSequence sequence => sequence.Steps.Sum(s => 1 + s.Where.Count),
        _ => 0,
    };

    /// <summary>The rules directly below a rule.</summary>
    internal static IReadOnlyList<AudienceRule> Children(AudienceRule rule) => rule switch
    {
        AllOf all => all.Rules,
        AnyOf any => any.Rules,
        NotRule not => [not.Rule],
        _ => [],
    };

    internal static string ChildPath(AudienceRule rule, string path, int child) => rule is NotRule ? $"{path}.rule" : $"{path}.rules[{child}]";

    /// <summary>Problems of the clause itself, those of clauses below it apart.</summary>
    internal static void Own(AudienceRule rule, string path, ProblemList problems)
    {
        switch (rule)
        {
            case InSegment segment:
                Segments(segment, path, problems);
                break;
            case AttributeRule attribute:
                Attribute(attribute, path, problems);
                break;
            case DidEvent did:
                Event(did.Event, path, problems);
                Filters(did.Where, path, problems);
                Bounds(did, path, problems);
                Window(did.Window, path, problems);
                break;
            case DidSequence sequence:
                Steps(sequence, path, problems);
                Window(sequence.Window, path, problems);
                break;
        }
    }

    static void Segments(InSegment segment, string path, ProblemList problems)
    {
        var member = segment.Not ? "not_in" : "in";
        if (segment.Ids.Count is 0 or > AudienceRule.MostValues) problems.At($"{path}.{member}", $"{segment.Ids.Count:N0} segments; expected 1 to {AudienceRule.MostValues:N0} ids such as \"S1\".", $"选择了 {segment.Ids.Count:N0} 个分群，应为 1 到 {AudienceRule.MostValues:N0} 个，例如“S1”。");
        for (var i = 0; i < segment.Ids.Count; i++) Text(segment.Ids[i], $"{path}.{member}[{i}]", problems, empty: false);
    }

    static void Attribute(AttributeRule attribute, string path, ProblemList problems)
    {
        Text(attribute.Name, $"{path}.name", problems, empty: false);
        if (attribute.Source == AttributeSource.Customer && !RuleWords.CustomerAttributes.Contains(attribute.Name))
            problems.At($"{path}.name", $"'{ShortText.Of(attribute.Name)}' is not known of every customer; expected {string.Join(" or ", RuleWords.CustomerAttributes)}, or \"of\": \"trait\".", $"并非每位客户都有“{ShortText.Of(attribute.Name)}”；应为 {string.Join(" 或 ", RuleWords.CustomerAttributes)}，或改用属性（trait）。");
        Operand(attribute.Condition, RuleWords.For(attribute.Source), attribute.Source == AttributeSource.Feature, textOnly: false, path, problems);
    }

    static void Event(string? name, string path, ProblemList problems)
    {
        if (name is not null) Text(name, $"{path}.event", problems, empty: false);
    }

    static void Filters(IReadOnlyList<EventFilter> filters, string path, ProblemList problems)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            var number = RuleWords.IsNumber(filters[i].Field);
            Operand(filters[i].Condition, RuleWords.For(filters[i].Field), number, textOnly: !number, $"{path}.where[{i}]", problems);
        }
    }

    static void Bounds(DidEvent did, string path, ProblemList problems)
    {
        var (least, most) = (did.Times.AtLeast, did.Times.AtMost);
        if (least is null && most is null) problems.At($"{path}.times", "no bound; expected at_least, at_most or exactly.", "缺少次数上下限。");
        if (least is < 0 or > LargestCount || most is < 0 or > LargestCount) problems.At($"{path}.times", $"expected whole numbers from 0 to {LargestCount:N0}.", $"次数应为 0 到 {LargestCount:N0} 的整数。");
        else if (least > most) problems.At($"{path}.times", $"at_least {least} is above at_most {most}.", $"次数下限 {least} 大于上限 {most}。");
        if (did.Money is not { } money) return;
        if (money is { AtLeast: null, AtMost: null }) problems.At($"{path}.money", "no bound; expected at_least or at_most.", "缺少金额上下限。");
        if (Strange(money.AtLeast) || Strange(money.AtMost) || money.AtLeast < 0 || money.AtMost < 0) problems.At($"{path}.money", $"expected numbers from 0 to {LargestNumber:0e0}.", $"金额应为 0 到 {LargestNumber:0e0} 的数。");
        else if (money.AtLeast > money.AtMost) problems.At($"{path}.money", $"at_least {money.AtLeast} is above at_most {money.AtMost}.", $"金额下限 {money.AtLeast} 大于上限 {money.AtMost}。");
    }

    static void Window(RuleWindow window, string path, ProblemList problems)
    {
        if (window is LastDays { Days: < 1 or > AudienceRule.MostDays }) problems.At($"{path}.within_days", $"expected a whole number from 1 to {AudienceRule.MostDays:N0}.", $"天数应为 1 到 {AudienceRule.MostDays:N0} 的整数。");
        if (window is BetweenDays between && between.From > between.To) problems.At($"{path}.between", $"from {between.From:yyyy-MM-dd} is after to {between.To:yyyy-MM-dd}.", $"起始日期 {between.From:yyyy-MM-dd} 晚于结束日期 {between.To:yyyy-MM-dd}。");
    }

    static void Steps(DidSequence sequence, string path, ProblemList problems)
    {
        if (sequence.Steps.Count is < 2 or > DidSequence.MostSteps) problems.At($"{path}.steps", $"{sequence.Steps.Count} steps; expected 2 to {DidSequence.MostSteps}.", $"序列有 {sequence.Steps.Count} 步，应为 2 到 {DidSequence.MostSteps} 步。");
        for (var i = 0; i < sequence.Steps.Count; i++)
        {
            var (step, at) = (sequence.Steps[i], $"{path}.steps[{i}]");
            Event(step.Event, at, problems);
            Filters(step.Where, at, problems);
            if (i == 0 && step.WithinDays is not null) problems.At($"{at}.within_days", "the first step has none before it; put the window of the whole sequence beside \"steps\".", "第一步之前没有步骤；整个序列的时间范围应与步骤（steps）并列填写。");
            if (step.WithinDays is < 1 or > AudienceRule.MostDays) problems.At($"{at}.within_days", $"expected a whole number from 1 to {AudienceRule.MostDays:N0}.", $"间隔天数应为 1 到 {AudienceRule.MostDays:N0} 的整数。");
        }
    }

    static void Operand(Condition condition, IReadOnlyList<RuleOperator> allowed, bool numberOnly, bool textOnly, string path, ProblemList problems)
    {
        var (op, values) = (condition.Operator, condition.Values);
        var word = RuleWords.Operators.Of(op);
        if (!allowed.Contains(op))
        {
            problems.At($"{path}.operator", $"\"{word}\" cannot be asked here; expected {string.Join(", ", allowed.Select(o => RuleWords.Operators.Of(o)))}.", $"此处不能使用“{word}”；应为 {string.Join("、", allowed.Select(o => RuleWords.Operators.Of(o)))} 之一。");
            return;
        }

        var (least, most) = op switch
        {
            RuleOperator.IsSet or RuleOperator.IsNotSet => (0, 0),
            RuleOperator.In => (1, AudienceRule.MostValues),
            RuleOperator.Between => (2, 2),
            _ => (1, 1),
        };
        if (values.Count < least || values.Count > most)
        {
            if (op == RuleOperator.In) problems.At($"{path}.values", $"{values.Count:N0} values; expected 1 to {most:N0}.", $"有 {values.Count:N0} 个取值，应为 1 到 {most:N0} 个。");
            else problems.At(path, $"\"{word}\" takes {(most == 0 ? "no value" : most == 1 ? "one value" : "from and to")}, not {values.Count:N0}.", $"“{word}”需要 {most} 个取值，而不是 {values.Count:N0} 个。");
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            var at = op switch
            {
                RuleOperator.In => $"{path}.values[{i}]",
                RuleOperator.Between => $"{path}.{(i == 0 ? "from" : "to")}",
                _ => $"{path}.value",
            };
            Value(values[i], op, numberOnly, textOnly, at, problems);
        }

        if (op == RuleOperator.Between && values is [NumberValue from, NumberValue to] && from.Number > to.Number) problems.At(path, $"from {from.Number} is above to {to.Number}.", $"起始值 {from.Number} 大于结束值 {to.Number}。");
    }

    static void Value(RuleValue value, RuleOperator op, bool numberOnly, bool textOnly, string path, ProblemList problems)
    {
        var wanted = op switch
        {
            RuleOperator.Greater or RuleOperator.AtLeast or RuleOperator.Less or RuleOperator.AtMost or RuleOperator.Between or RuleOperator.WithinDays => Number,
            RuleOperator.Contains or RuleOperator.StartsWith or RuleOperator.Under => OnlyText,
            RuleOperator.Before or RuleOperator.After => Instant,
            _ => numberOnly ? Number : textOnly ? OnlyText : Anything,
        };
        var fits = value switch
        {
            TextValue => wanted == OnlyText || wanted == Anything,
            NumberValue => wanted == Number || wanted == Anything,
            TruthValue => wanted == Anything,
            _ => wanted == Instant,
        };
        if (!fits)
        {
            problems.At(path, $"expected {wanted.En}.", $"应为{wanted.Zh}。");
            return;
        }

        if (value is TextValue text) Text(text.Text, path, problems, empty: op is RuleOperator.Is or RuleOperator.IsNot or RuleOperator.In);
        if (value is NumberValue number)
        {
            if (Strange(number.Number)) problems.At(path, $"expected a number from -{LargestNumber:0e0} to {LargestNumber:0e0}.", $"应为 -{LargestNumber:0e0} 到 {LargestNumber:0e0} 的数。");
            else if (op == RuleOperator.WithinDays && !(number.Number is >= 1 and <= AudienceRule.MostDays && number.Number % 1 == 0)) problems.At(path, $"expected a whole number of days from 1 to {AudienceRule.MostDays:N0}.", $"天数应为 1 到 {AudienceRule.MostDays:N0} 的整数。");
        }
    }

    static bool Strange(double? number) => number is { } n && !(Math.Abs(n) <= LargestNumber);

    static void Text(string text, string path, ProblemList problems, bool empty)
    {
        if (!empty && text.Length == 0) problems.At(path, "the text is empty.", "内容为空。");
        if (text.Length > AudienceRule.LongestText) problems.At(path, $"the text has {text.Length:N0} characters; expected at most {AudienceRule.LongestText:N0}.", $"内容有 {text.Length:N0} 个字符，最多 {AudienceRule.LongestText:N0} 个。");
        // Engines end a text at NUL or refuse it; and half a surrogate pair is no character.
        if (text.Contains('\0', StringComparison.Ordinal)) problems.At(path, "the text has the character NUL.", "内容含有 NUL 字符。");
        else if (HasLoneSurrogate(text)) problems.At(path, "the text is not valid Unicode.", "内容不是有效的 Unicode。");
    }

    internal static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }
}
