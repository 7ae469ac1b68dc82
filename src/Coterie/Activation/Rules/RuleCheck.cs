namespace Coterie.Activation.Rules;

/// <summary>What is wrong with a rule, each problem with its place as a JSON path.</summary>
static class RuleCheck
{
    const double LargestNumber = 1e15;
    const int LargestCount = 1_000_000;

    /// <exception cref="ConfigurationException">Lists every problem.</exception>
    internal static void Check(AudienceRule rule)
    {
        var problems = new List<string>();
        var nodes = 0;
        Walk(rule, "$", 1, ref nodes, problems);
        Size(nodes, problems);
        if (problems.Count > 0) throw Refusal(problems);
    }

    internal static ConfigurationException Refusal(IEnumerable<string> problems) => new($"The rule cannot be used:{Environment.NewLine}{string.Join(Environment.NewLine, problems)}");

    internal static void Size(int nodes, List<string> problems)
    {
        if (nodes > AudienceRule.MostNodes) problems.Add($"$: the rule has {nodes:N0} clauses, filters and steps; expected at most {AudienceRule.MostNodes}.");
    }

    internal static string TooDeep(string path) => $"{path}: the rule is deeper than {AudienceRule.MostDepth} levels.";

    static void Walk(AudienceRule rule, string path, int depth, ref int nodes, List<string> problems)
    {
        nodes += 1 + Parts(rule);
        // A tree that is refused for its size need not be walked to its end.
        if (nodes > 2 * AudienceRule.MostNodes) return;
        if (depth > AudienceRule.MostDepth)
        {
            problems.Add(TooDeep(path));
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
    internal static void Own(AudienceRule rule, string path, List<string> problems)
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

    static void Segments(InSegment segment, string path, List<string> problems)
    {
        var member = segment.Not ? "not_in" : "in";
        if (segment.Ids.Count is 0 or > AudienceRule.MostValues) problems.Add($"{path}.{member}: {segment.Ids.Count:N0} segments; expected 1 to {AudienceRule.MostValues:N0} ids such as \"S1\".");
        for (var i = 0; i < segment.Ids.Count; i++) Text(segment.Ids[i], $"{path}.{member}[{i}]", problems, empty: false);
    }

    static void Attribute(AttributeRule attribute, string path, List<string> problems)
    {
        Text(attribute.Name, $"{path}.name", problems, empty: false);
        if (attribute.Source == AttributeSource.Customer && !RuleWords.CustomerAttributes.Contains(attribute.Name))
            problems.Add($"{path}.name: '{Short(attribute.Name)}' is not known of every customer; expected {string.Join(" or ", RuleWords.CustomerAttributes)}, or \"of\": \"trait\".");
        Operand(attribute.Condition, RuleWords.For(attribute.Source), attribute.Source == AttributeSource.Feature, textOnly: false, path, problems);
    }

    static void Event(string? name, string path, List<string> problems)
    {
        if (name is not null) Text(name, $"{path}.event", problems, empty: false);
    }

    static void Filters(IReadOnlyList<EventFilter> filters, string path, List<string> problems)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            var number = RuleWords.IsNumber(filters[i].Field);
            Operand(filters[i].Condition, RuleWords.For(filters[i].Field), number, textOnly: !number, $"{path}.where[{i}]", problems);
        }
    }

    static void Bounds(DidEvent did, string path, List<string> problems)
    {
        var (least, most) = (did.Times.AtLeast, did.Times.AtMost);
        if (least is null && most is null) problems.Add($"{path}.times: no bound; expected at_least, at_most or exactly.");
        if (least is < 0 or > LargestCount || most is < 0 or > LargestCount) problems.Add($"{path}.times: expected whole numbers from 0 to {LargestCount:N0}.");
        else if (least > most) problems.Add($"{path}.times: at_least {least} is above at_most {most}.");
        if (did.Money is not { } money) return;
        if (money is { AtLeast: null, AtMost: null }) problems.Add($"{path}.money: no bound; expected at_least or at_most.");
        if (Strange(money.AtLeast) || Strange(money.AtMost) || money.AtLeast < 0 || money.AtMost < 0) problems.Add($"{path}.money: expected numbers from 0 to {LargestNumber:0e0}.");
        else if (money.AtLeast > money.AtMost) problems.Add($"{path}.money: at_least {money.AtLeast} is above at_most {money.AtMost}.");
    }

    static void Window(RuleWindow window, string path, List<string> problems)
    {
        if (window is LastDays { Days: < 1 or > AudienceRule.MostDays }) problems.Add($"{path}.within_days: expected a whole number from 1 to {AudienceRule.MostDays:N0}.");
        if (window is BetweenDays between && between.From > between.To) problems.Add($"{path}.between: from {between.From:yyyy-MM-dd} is after to {between.To:yyyy-MM-dd}.");
    }

    static void Steps(DidSequence sequence, string path, List<string> problems)
    {
        if (sequence.Steps.Count is < 2 or > DidSequence.MostSteps) problems.Add($"{path}.steps: {sequence.Steps.Count} steps; expected 2 to {DidSequence.MostSteps}.");
        for (var i = 0; i < sequence.Steps.Count; i++)
        {
            var (step, at) = (sequence.Steps[i], $"{path}.steps[{i}]");
            Event(step.Event, at, problems);
            Filters(step.Where, at, problems);
            if (i == 0 && step.WithinDays is not null) problems.Add($"{at}.within_days: the first step has none before it; put the window of the whole sequence beside \"steps\".");
            if (step.WithinDays is < 1 or > AudienceRule.MostDays) problems.Add($"{at}.within_days: expected a whole number from 1 to {AudienceRule.MostDays:N0}.");
        }
    }

    static void Operand(Condition condition, IReadOnlyList<RuleOperator> allowed, bool numberOnly, bool textOnly, string path, List<string> problems)
    {
        var (op, values) = (condition.Operator, condition.Values);
        var word = RuleWords.Operators.Of(op);
        if (!allowed.Contains(op))
        {
            problems.Add($"{path}.operator: \"{word}\" cannot be asked here; expected {string.Join(", ", allowed.Select(o => RuleWords.Operators.Of(o)))}.");
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
            problems.Add(op == RuleOperator.In ? $"{path}.values: {values.Count:N0} values; expected 1 to {most:N0}." : $"{path}: \"{word}\" takes {(most == 0 ? "no value" : most == 1 ? "one value" : "from and to")}, not {values.Count:N0}.");
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

        if (op == RuleOperator.Between && values is [NumberValue from, NumberValue to] && from.Number > to.Number) problems.Add($"{path}: from {from.Number} is above to {to.Number}.");
    }

    static void Value(RuleValue value, RuleOperator op, bool numberOnly, bool textOnly, string path, List<string> problems)
    {
        var wanted = op switch
        {
            RuleOperator.Greater or RuleOperator.AtLeast or RuleOperator.Less or RuleOperator.AtMost or RuleOperator.Between or RuleOperator.WithinDays => "a number",
            RuleOperator.Contains or RuleOperator.StartsWith or RuleOperator.Under => "a text",
            RuleOperator.Before or RuleOperator.After => "a day or an instant, such as \"2024-01-31\" or \"2024-01-31T12:00:00Z\"",
            _ => numberOnly ? "a number" : textOnly ? "a text" : "a text, a number, or true or false",
        };
        var fits = value switch
        {
            TextValue => !wanted.StartsWith("a number", StringComparison.Ordinal) && op is not (RuleOperator.Before or RuleOperator.After),
            NumberValue => wanted.Contains("a number", StringComparison.Ordinal),
            TruthValue => wanted.Contains("true", StringComparison.Ordinal),
            _ => op is RuleOperator.Before or RuleOperator.After,
        };
        if (!fits)
        {
            problems.Add($"{path}: expected {wanted}.");
            return;
        }

        if (value is TextValue text) Text(text.Text, path, problems, empty: op is RuleOperator.Is or RuleOperator.IsNot or RuleOperator.In);
        if (value is NumberValue number)
        {
            if (Strange(number.Number)) problems.Add($"{path}: expected a number from -{LargestNumber:0e0} to {LargestNumber:0e0}.");
            else if (op == RuleOperator.WithinDays && !(number.Number is >= 1 and <= AudienceRule.MostDays && number.Number % 1 == 0)) problems.Add($"{path}: expected a whole number of days from 1 to {AudienceRule.MostDays:N0}.");
        }
    }

    static bool Strange(double? number) => number is { } n && !(Math.Abs(n) <= LargestNumber);

    static void Text(string text, string path, List<string> problems, bool empty)
    {
        if (!empty && text.Length == 0) problems.Add($"{path}: the text is empty.");
        if (text.Length > AudienceRule.LongestText) problems.Add($"{path}: the text has {text.Length:N0} characters; expected at most {AudienceRule.LongestText:N0}.");
        // Engines end a text at NUL or refuse it; and half a surrogate pair is no character.
        if (text.Contains('\0', StringComparison.Ordinal)) problems.Add($"{path}: the text has the character NUL.");
        else if (HasLoneSurrogate(text)) problems.Add($"{path}: the text is not valid Unicode.");
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

    static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
