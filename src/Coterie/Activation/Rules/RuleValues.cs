namespace Coterie.Activation.Rules;

/// <summary>A column as comparisons see it: each of its readings is NULL where the value cannot be read so.</summary>
/// <param name="Present">What is asked for is_set.</param>
readonly record struct RuleColumn(string Present, string? Text, string? Number, string? Instant)
{
    // What reads as a number or an instant is fixed here and not left to the engine, whose taste may change: 1e5 and -0.5 do; " 7", 1_000, inf and nan do not.
    const string Numeral = @"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?";
    const string Moment = @"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?)?";

    internal static RuleColumn OfText(string sql) => new(sql, sql, null, null);

    internal static RuleColumn OfNumber(string sql) => new(sql, null, sql, null);

    internal static RuleColumn OfInstant(string sql) => new(sql, null, null, sql);

    /// <summary>A text that may be read as a number or an instant.</summary>
    internal static RuleColumn OfAnything(string sql)
    {
        var number = $"CASE WHEN regexp_full_match({sql}, '{Numeral}') THEN TRY_CAST({sql} AS DOUBLE) END";
        return new(sql, sql, $"CASE WHEN isfinite({number}) THEN {number} END", $"CASE WHEN regexp_full_match({sql}, '{Moment}') THEN TRY_CAST({sql} AS TIMESTAMP) END");
    }
}

/// <summary>Comparisons in SQL, and the parameters that they collect.</summary>
sealed class RuleValues
{
    readonly RuleScope scope;
    readonly Dictionary<string, object?> parameters = [];

    internal RuleValues(RuleScope scope)
    {
        this.scope = scope;
        parameters["as_of"] = scope.AsOf;
    }

    internal IReadOnlyDictionary<string, object?> Parameters => parameters;

    string Add(object value)
    {
        var name = $"v{parameters.Count}";
        parameters[name] = value;
        return "$" + name;
    }

    internal string Text(string text) => $"CAST({Add(text)} AS VARCHAR)";

    internal string Number(double number) => $"CAST({Add(number)} AS DOUBLE)";

    internal string Instant(DateTime instant) => $"CAST({Add(DateTime.SpecifyKind(instant, DateTimeKind.Unspecified))} AS TIMESTAMP)";

    /// <summary>A span of days: 24 hours each.</summary>
    internal string Days(int days) => $"to_hours(CAST({Add(days * 24)} AS INTEGER))";

    /// <summary>Whether an event is of a kind and fulfils all filters; never NULL.</summary>
    internal string Matches(string? kind, IReadOnlyList<EventFilter> filters)
    {
        var parts = new List<string>();
        if (kind is not null) parts.Add($"coalesce(\"kind\" = {Text(kind)}, false)");
        foreach (var filter in filters)
        {
            var column = scope.Warehouse.Dialect.Name(RuleWords.Fields.Of(filter.Field));
            parts.Add(Compare(filter.Condition, RuleWords.IsNumber(filter.Field) ? RuleColumn.OfNumber(column) : RuleColumn.OfText(column)));
        }

        return parts.Count == 0 ? "true" : $"({string.Join(" AND ", parts)})";
    }

    /// <summary>Whether an event is in a window; as-of is asked for elsewhere.</summary>
    internal string In(RuleWindow window) => window switch
    {
        LastDays last => $"\"time\" > {Instant(Back(last.Days))}",
        BetweenDays between => $"(\"time\" >= {Instant(between.From.ToDateTime(TimeOnly.MinValue))} AND \"time\" < {Instant(between.To.AddDays(1).ToDateTime(TimeOnly.MinValue))})",
        _ => "true",
    };

    DateTime Back(double days) => scope.AsOf.AddDays(-days);

    /// <summary>Whether a column compares so; never NULL: what is not there compares to nothing, and so is anything else.</summary>
    internal string Compare(Condition condition, RuleColumn column)
    {
        var values = condition.Values;
        return condition.Operator switch
        {
            RuleOperator.IsSet => $"({column.Present} IS NOT NULL)",
            RuleOperator.IsNotSet => $"({column.Present} IS NULL)",
            RuleOperator.Is => Equal(values[0], column),
            RuleOperator.IsNot => $"(NOT {Equal(values[0], column)})",
            RuleOperator.In => In(values, column),
            RuleOperator.Contains => Known($"contains({column.Text}, {Text(TextOf(values[0]))})"),
            RuleOperator.StartsWith => Known($"starts_with({column.Text}, {Text(TextOf(values[0]))})"),
            RuleOperator.Under => Under(TextOf(values[0]), column),
            RuleOperator.Greater => Known($"{column.Number} > {Number(NumberOf(values[0]))}"),
            RuleOperator.AtLeast => Known($"{column.Number} >= {Number(NumberOf(values[0]))}"),
            RuleOperator.Less => Known($"{column.Number} < {Number(NumberOf(values[0]))}"),
            RuleOperator.AtMost => Known($"{column.Number} <= {Number(NumberOf(values[0]))}"),
            RuleOperator.Between => Known($"({column.Number}) BETWEEN {Number(NumberOf(values[0]))} AND {Number(NumberOf(values[1]))}"),
            RuleOperator.Before => Known($"{column.Instant} < {Instant(((InstantValue)values[0]).At)}"),
            RuleOperator.After => After((InstantValue)values[0], column),
            RuleOperator.WithinDays => Known($"({column.Instant}) > {Instant(Back(NumberOf(values[0])))} AND ({column.Instant}) <= {Instant(scope.AsOf)}"),
            _ => throw new NotSupportedException($"The operator {condition.Operator} cannot be compiled."),
        };
    }

    // A list of many texts becomes one set, which is asked faster than one after the other.
    string In(IReadOnlyList<RuleValue> values, RuleColumn column)
    {
        var texts = values.OfType<TextValue>().Select(v => Text(v.Text)).ToArray();
        var parts = values.Where(v => v is not TextValue).Select(v => Equal(v, column)).ToList();
        if (texts.Length > 0) parts.Add(Known($"{column.Text} IN ({string.Join(", ", texts)})"));
        return $"({string.Join(" OR ", parts)})";
    }

    string Equal(RuleValue value, RuleColumn column) => value switch
    {
        TextValue text => Known($"{column.Text} = {Text(text.Text)}"),
        NumberValue number => Known($"({column.Number}) = {Number(number.Number)}"),
        TruthValue truth => Known($"{column.Text} = {Text(truth.Truth ? "true" : "false")}"),
        _ => throw new NotSupportedException($"A value {value.GetType().Name} cannot be compared."),
    };

    string Under(string path, RuleColumn column)
    {
        path = path.TrimEnd('/');
        return Known($"({column.Text} = {Text(path)} OR starts_with({column.Text}, {Text(path + "/")}))");
    }

    // After a day is after its end.
    string After(InstantValue value, RuleColumn column) =>
        value.WholeDay ? Known($"{column.Instant} >= {Instant(value.At.AddDays(1))}") : Known($"{column.Instant} > {Instant(value.At)}");

    static string Known(string sql) => $"coalesce({sql}, false)";

    static string TextOf(RuleValue value) => ((TextValue)value).Text;

    static double NumberOf(RuleValue value) => ((NumberValue)value).Number;
}
