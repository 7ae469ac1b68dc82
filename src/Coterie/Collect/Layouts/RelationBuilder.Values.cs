using Coterie.Warehouse;

namespace Coterie.Collect;

/// <content>From assigned columns to parsed values.</content>
sealed partial class RelationBuilder
{
    /// <summary>Parses every assigned column by its target's type and the formats of its values.</summary>
    public RelationBuilder Apply(Assignments assignments, string? categorySeparator = null)
    {
        foreach (var (target, assignment) in assignments.All)
        {
            if (assignment.Column is not { } column)
            {
                SetConstant(target, assignment.Constant!);
                continue;
            }

            switch (target)
            {
                case "time": SetTime(column, assignment, assignments.Clock); break;
                case "kind": SetKind(column, assignment.Why, assignments.KindCodes); break;
                case "price" or "amount" or "quantity" or "list_price" or "rating" or "discount": SetNumber(target, column,
                    assignment.Why); break;
                case "status": SetCancelledBy(column, assignment.Why, KnownValues.CancelledWords); break;
                case "cancelled": SetCancelledBy(column, assignment.Why,
                    ["1", "true", "yes", "y", "t", "ja", "oui", "si", "sí", "sim", "да", "是", .. KnownValues.CancelledWords]); break;
                case "category": Set(target, CategoryPath(column, categorySeparator), column.Name, assignment.Why, [column]); break;
                case "customer_id" or "anonymous_id" or "previous_id" or "product_id" or "order_id" or "session_id" or "message_id":
                    Set(target, Id(column), column.Name, assignment.Why, [column]);
                    break;
                default: Set(target, Trimmed(column), column.Name, assignment.Why, [column]); break;
            }
        }

        if (assignments.AmountIsOfOrder) cells["amount"] = cells["amount"] with { Sql = $"({cells["amount"].Sql}) / {OrderTotals.Lines}" };
        notes.AddRange(assignments.Notes);
        if (!Has("kind")) SetDefaultKind();
        return this;
    }

    void SetConstant(string target, string value)
    {
        var literal = Dialect.Text(value);
        if (target is "price" or "amount" or "quantity" or "list_price" or "rating" or "discount")
        {
            if (!double.TryParse(value, out _)) throw new ConfigurationException($"--map {target}='{value}': expected a number.", $"更正 {target}='{value}'：应为数。");
            literal = $"CAST({literal} AS DOUBLE)";
        }
        else if (target is "time" or "status" or "cancelled" or "customer_id")
        {
            throw new ConfigurationException($"--map {target}='{value}': it differs from row to row and needs a column, not a constant.", $"更正 {target}='{value}'：各行取值不同，应指定列而不是常量。");
        }
        else if (target == "kind")
        {
            literal = Dialect.Text(KindWords.KindOf(value) ?? KindWords.Normal(value));
        }

        Set(target, literal, $"'{value}'", "map", []);
    }

    // Orders unless the rows are ratings.
    void SetDefaultKind()
    {
        if (Has("rating") && !Has("price") && !Has("amount") && !Has("order_id") && !Has("quantity")) DefaultKind = "review";
        mapping["kind"] = new MappedColumn("kind", $"'{DefaultKind}'", "content");
        if (DefaultKind == "purchase" && !Has("price") && !Has("amount") && !Has("order_id"))
            notes.Add("No column says what happened and there is no price; every row was taken as a purchase. Otherwise: --map "
                + "kind=COLUMN, or --map kind='view' for all rows.");
    }

    /// <summary>An id as text: without the ".0" that ids get in tables of floating numbers, and without white space around.</summary>
    public string Id(SourceColumn column)
    {
        var text = Trimmed(column);
        var floats = column.Present.Count(v => v.EndsWith(".0", StringComparison.Ordinal)
            && v.AsSpan(0, v.Length - 2).IndexOfAnyExceptInRange('0', '9') < 0);
        return floats == 0 || floats < 0.5 * column.Present.Count(v => v.All(c => char.IsAsciiDigit(c) || c == '.'))
            ? text
            : $"CASE WHEN {text} LIKE '%.0' THEN left({text}, length({text}) - 2) ELSE {text} END";
    }

    public string Trimmed(SourceColumn column)
    {
        if (!column.IsText) return $"CAST({column.Sql} AS VARCHAR)";
        return column.Present.Any(v => v.Length > 0 && (char.IsWhiteSpace(v[0]) || char.IsWhiteSpace(v[^1])))
            ? $"nullif(trim({column.Sql}, {Blanks}), '')" : column.Sql;
    }

    const string Blanks = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)";

    string CategoryPath(SourceColumn column, string? separator)
    {
        var text = Trimmed(column);
        separator ??= new[] { " > ", ">", " | ", "|", "\\", " / ", "::" }
            .FirstOrDefault(s => column.Present.Count(v => v.Contains(s, StringComparison.Ordinal)) > 0.3 * column.Present.Count);
        return separator is null ? text : $"replace({text}, {Dialect.Text(separator)}, '/')";
    }

    void SetKind(SourceColumn column, string why, IReadOnlyDictionary<string, string>? codes)
    {
        var seen = column.Present.GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(30)
            .Select(g => g.Key).ToList();
        Set("kind", KindWords.Sql(column.IsText ? column.Sql : $"CAST({column.Sql} AS VARCHAR)", seen, Dialect, codes), column.Name, why,
            [column], null, Shown.Names(seen.Take(8)));
    }

    void SetCancelledBy(SourceColumn column, string why, IEnumerable<string> words)
    {
        // A status also stays among the properties: it says more than whether a line was cancelled.
        var text = $"lower(trim(CAST({column.Sql} AS VARCHAR)))";
        var test = $"coalesce(list_contains([{string.Join(", ", words.Select(w => Dialect.Text(w.ToLowerInvariant())).Distinct())}], {text}), false)";
        var sql = cells.TryGetValue("cancelled", out var before) ? $"({before.Sql}) OR {test}" : test;
        Set("cancelled", sql, column.Name, why, []);
    }

    public NumberFormat SetNumber(string target, SourceColumn column, string why)
    {
        var format = NumberFormat.Of(column.Present) ?? new NumberFormat('.', null, false, 0, null);
        if (column.IsText)
        {
            Set(target, format.Sql(column.Sql, Dialect), column.Name, why, [column], column.Sql, format.Label);
        }
        else
        {
            Set(target, $"try_cast({column.Sql} AS DOUBLE)", column.Name, why, [column], column.Sql);
        }

        if (format.Currency is { } currency && target is "price" or "amount" && !Has("currency"))
            Set("currency", Dialect.Text(currency), $"sign in {column.Name}", "content", []);
        if (target == "discount") ReadDiscount(column, format);
        return format;
    }

    void ReadDiscount(SourceColumn column, NumberFormat format)
    {
        var values = column.Present.Select(format.Read).OfType<double>().Select(Math.Abs).ToList();
        if (values.Count == 0 || values.Max() == 0)
        {
            cells.Remove("discount");
            mapping.Remove("discount");
            used.Remove(column);
            return;
        }

        var percent = column.Name.Contains('%')
            || column.Key.Words.Any(w => w is "percent" or "percentage" or "pct" or "rate" or "prozent");
        discountIsShare = percent || values.Max() < 1;
        if (discountIsShare && values.Max() >= 1) cells["discount"] = cells["discount"] with { Sql = $"({cells["discount"].Sql}) / 100" };
        notes.Add($"The list price was computed from '{Shown.Text(column.Name)}' as a "
            + $"{(discountIsShare ? "share of the price" : "sum of money for the line")}; the price was taken as what was paid.");
    }

    void SetTime(SourceColumn column, Assignment assignment, SourceColumn? clock)
    {
        if (!column.IsText && TypedTime(column) is { } typed)
        {
            Set("time", typed, column.Name, assignment.Why, [column], column.Sql, column.Type.ToLowerInvariant());
            hasTimeOfDay = column.Type != "DATE" && column.Present.Any(v => TimeShape.Of(v) is { HasTime: true, Midnight: false });
            return;
        }

        var source = column.IsText ? column.Sql : $"CAST({column.Sql} AS VARCHAR)";
        IReadOnlyList<string> values = column.Present;
        if (clock is not null)
        {
            source = $"({source} || ' ' || {clock.Sql})";
            values = [.. column.Values.Zip(clock.Values).Where(p => p.First is not null && p.Second is not null)
                .Select(p => $"{p.First} {p.Second}")];
        }

        SetTime(source, values, clock is null ? column.Name : $"{column.Name} + {clock.Name}", clock is null ? [column]
            : [column, clock], assignment.Why);
    }

    /// <summary>The time from a text expression whose sampled values are given.</summary>
    public void SetTime(string source, IReadOnlyList<string> values, string shown, IReadOnlyList<SourceColumn> from, string why = "layout")
    {
        var format = TimeFormats.Choose(values, (dayFirst, monthFirst) => WholeFile(from, source, dayFirst, monthFirst));
        if (format is null) throw why == "map" ? Problems.NotATime(table, from[0]) : Problems.NoTime(table, []);
        if (format.Share < TimeFormats.LeastShare) throw Problems.MixedTimes(table, shown, values);
        if (format.Note is { } note) notes.Add(note);
        hasTimeOfDay = format.HasTimeOfDay;
        Set("time", format.Sql(source, options.Timezone, Dialect), shown, why, from, source, format.Label);
    }

    string? TypedTime(SourceColumn column) => column.Type switch
    {
        "TIMESTAMP WITH TIME ZONE" => $"make_timestamp(epoch_us({column.Sql}))",
        "DATE" or "TIMESTAMP" or "TIMESTAMP_NS" or "TIMESTAMP_MS" or "TIMESTAMP_S" => options.Timezone == "UTC"
            ? $"CAST({column.Sql} AS TIMESTAMP)"
            : $"make_timestamp(epoch_us(timezone({Dialect.Text(options.Timezone)}, CAST({column.Sql} AS TIMESTAMP))))",
        _ => null,
    };

    // The sample has no day above 12: the whole file is asked, once, which order reads more of it.
    TimeFormats.Evidence WholeFile(IReadOnlyList<SourceColumn> from, string source, string dayFirst, string monthFirst) => warehouse.Single(
        new Step("tell day from month over the whole file",
            $"SELECT count(try_strptime({source}, {Dialect.Text(dayFirst)})), count(try_strptime({source}, "
                + $"{Dialect.Text(monthFirst)})) FROM ({table.Scan(from)})"),
        r => new TimeFormats.Evidence(r.GetInt64(0), r.GetInt64(1)));
}
