using Coterie.Clean;
using Coterie.Warehouse;

namespace Coterie.Activation.Rules;

/// <summary>Compiles a rule into one statement. Columns come from lists of ours, every value is a parameter, and no text of a rule is ever part of the SQL.</summary>
/// <remarks>All <see cref="DidEvent"/> clauses are answered by one pass over the events, a sum for each; a <see cref="DidSequence"/> takes a join for each step, always to the
/// latest event that fulfils the step before: if any does, that one does, for it leaves the smallest gap. The rest are look-ups. Each clause becomes a truth value of a
/// customer, never NULL, and the tree an expression over them.</remarks>
sealed class RuleSql
{
    readonly Dialect dialect;
    readonly RuleValues values;
    readonly List<string> steps = [];
    readonly List<string> sums = [];
    readonly List<string> pass = [];
    readonly List<string> joins = [];
    readonly List<string> leaves = [];
    readonly List<string> traits = [];
    readonly Dictionary<AudienceRule, string> done = new(ReferenceEqualityComparer.Instance);
    bool segments, features;

    RuleSql(RuleScope scope)
    {
        dialect = scope.Warehouse.Dialect;
        values = new RuleValues(scope);
    }

    /// <summary>The statement's head, a relation <c>clauses</c> of every customer with a truth value for each leaf, and what stands for a rule in it.</summary>
    /// <param name="scope">What the rule is asked of.</param>
    /// <param name="rule">Checked here.</param>
    /// <exception cref="ConfigurationException">The rule cannot be used, or names a segment or feature that the run does not have: lists every problem.</exception>
    internal static CompiledRule Compile(RuleScope scope, AudienceRule rule)
    {
        RuleCheck.Check(rule);
        var problems = RuleNames.Unknown(scope, rule);
        if (problems.Count > 0) throw RuleCheck.Refusal(problems.All);
        var sql = new RuleSql(scope);
        sql.Leaves(rule);
        if (sql.traits.Count > 0) scope.NeedTraits();
        return new CompiledRule(sql.Head(), sql.Truth, sql.values.Parameters);
    }

    void Leaves(AudienceRule rule)
    {
        foreach (var child in RuleCheck.Children(rule)) Leaves(child);
        // One object may stand at several places of a tree.
        if (rule is AllOf or AnyOf or NotRule || done.ContainsKey(rule)) return;
        var name = $"\"clause_{leaves.Count}\"";
        leaves.Add($"{Leaf(rule)} AS {name}");
        done[rule] = name;
    }

    string Truth(AudienceRule rule) => rule switch
    {
        AllOf { Rules.Count: 0 } => "true",
        AnyOf { Rules.Count: 0 } => "false",
        AllOf all => $"({string.Join(" AND ", all.Rules.Select(Truth))})",
        AnyOf any => $"({string.Join(" OR ", any.Rules.Select(Truth))})",
        NotRule not => $"(NOT {Truth(not.Rule)})",
        _ => done[rule],
    };

    string Leaf(AudienceRule rule) => rule switch
    {
        InSegment segment => Segment(segment),
        AttributeRule attribute => Attribute(attribute),
        DidEvent did => Did(did),
        DidSequence sequence => Sequence(sequence),
        _ => throw new NotSupportedException($"A rule {rule.GetType().Name} cannot be compiled."),
    };

    string Segment(InSegment segment)
    {
        segments = true;
        var within = $"coalesce(s.\"segment\" IN ({string.Join(", ", segment.Ids.Select(id => values.Text(id)))}), false)";
        return segment.Not ? $"(NOT {within})" : within;
    }

    string Attribute(AttributeRule attribute)
    {
        switch (attribute.Source)
        {
            case AttributeSource.Feature:
                features = true;
                return values.Compare(attribute.Condition, RuleColumn.OfNumber($"f.{dialect.Name(attribute.Name)}"));
            case AttributeSource.Customer:
                return values.Compare(attribute.Condition, RuleColumn.OfInstant($"c.{dialect.Name(attribute.Name)}"));
            default:
                var at = traits.IndexOf(attribute.Name);
                if (at < 0)
                {
                    at = traits.Count;
                    traits.Add(attribute.Name);
                    joins.Add($"LEFT JOIN (SELECT \"customer_id\", \"value\" FROM {dialect.Name(CustomerTable.Traits)} WHERE \"name\" = {values.Text(attribute.Name)}) AS t{at} ON t{at}.\"customer_id\" = c.\"customer_id\"");
                }

                return values.Compare(attribute.Condition, RuleColumn.OfAnything($"t{at}.\"value\""));
        }
    }

    string Did(DidEvent did)
    {
        var when = $"({values.Matches(did.Event, did.Where)} AND {values.In(did.Window)})";
        var n = pass.Count;
        pass.Add(when);
        // Whether there is one order or none, its lines say as well, and they are counted faster.
        var orders = did.Event is "purchase" or "refund" && (did.Times.AtLeast > 1 || did.Times.AtMost > 0);
        sums.Add((orders
            ? $"(count(DISTINCT \"order_id\") FILTER (WHERE {when}) + count(DISTINCT {dialect.Day("\"time\"")}) FILTER (WHERE {when} AND \"order_id\" IS NULL))"
            : dialect.CountIf(when)) + $" AS \"times_{n}\"");
        var parts = new List<string>();
        void Bound(string column, double? least, double? most)
        {
            if (least is { } l) parts.Add($"coalesce({column}, 0) >= {values.Number(l)}");
            if (most is { } m) parts.Add($"coalesce({column}, 0) <= {values.Number(m)}");
        }

        Bound($"e.\"times_{n}\"", did.Times.AtLeast, did.Times.AtMost);
        if (did.Money is { } money)
        {
            sums.Add($"{dialect.ExactSum("\"price\" * coalesce(\"quantity\", 1)", when)} AS \"money_{n}\"");
            Bound($"e.\"money_{n}\"", money.AtLeast, money.AtMost);
        }

        return $"({string.Join(" AND ", parts)})";
    }

    string Sequence(DidSequence sequence)
    {
        var name = $"q{steps.Count}";
        for (var i = 0; i < sequence.Steps.Count; i++)
        {
            var step = sequence.Steps[i];
            var events = $"SELECT \"customer_id\", \"time\" FROM \"events\" WHERE \"time\" <= $as_of AND \"customer_id\" IS NOT NULL AND {values.Matches(step.Event, step.Where)} AND {values.In(sequence.Window)} GROUP BY \"customer_id\", \"time\"";
            var gap = step.WithinDays is { } days ? $" WHERE e.\"time\" <= b.\"time\" + {values.Days(days)}" : "";
            steps.Add($"\"{name}_{i}\" AS ({(i == 0 ? events : $"SELECT e.\"customer_id\", e.\"time\" FROM ({events}) AS e ASOF JOIN \"{name}_{i - 1}\" AS b ON e.\"customer_id\" = b.\"customer_id\" AND e.\"time\" > b.\"time\"{gap}")})");
        }

        joins.Add($"LEFT JOIN (SELECT DISTINCT \"customer_id\" FROM \"{name}_{sequence.Steps.Count - 1}\") AS {name} ON {name}.\"customer_id\" = c.\"customer_id\"");
        return $"({name}.\"customer_id\" IS NOT NULL)";
    }

    string Head()
    {
        var tables = new List<string>(steps);
        var from = $"{dialect.Name(CustomerTable.Name)} AS c";
        if (pass.Count > 0)
        {
            tables.Add($"\"sums\" AS (SELECT \"customer_id\", {string.Join(", ", sums)} FROM \"events\" WHERE \"time\" <= $as_of AND ({string.Join(" OR ", pass)}) GROUP BY \"customer_id\")");
            from += "\nLEFT JOIN \"sums\" AS e ON e.\"customer_id\" = c.\"customer_id\"";
        }

        if (segments) from += $"\nLEFT JOIN {dialect.Name(RuleScope.SegmentTable)} AS s ON s.\"customer_id\" = c.\"customer_id\"";
        if (features) from += $"\nLEFT JOIN {dialect.Name(RuleScope.FeatureTable)} AS f ON f.\"customer_id\" = c.\"customer_id\"";
        from += string.Concat(joins.Select(j => "\n" + j));
        tables.Add($"\"clauses\" AS (SELECT c.\"customer_id\", c.\"marketing\"{string.Concat(leaves.Select(l => ", " + l))} FROM {from})");
        return $"WITH {string.Join(",\n", tables)}\n";
    }
}

/// <summary>A compiled rule: a WITH clause that ends in <c>clauses</c>, and what stands for each rule of the tree in it.</summary>
sealed record CompiledRule(string Head, Func<AudienceRule, string> Truth, IReadOnlyDictionary<string, object?> Parameters)
{
    /// <summary>A statement over <c>clauses</c>; only the parameters that it names go along.</summary>
    internal Step Step(string name, string select, IReadOnlyDictionary<string, object?>? more = null)
    {
        var parameters = new Dictionary<string, object?>(Parameters);
        foreach (var (key, value) in more ?? new Dictionary<string, object?>()) parameters[key] = value;
        if (!Head.Contains("$as_of", StringComparison.Ordinal)) parameters.Remove("as_of");
        return new Step(name, Head + select) { Parameters = parameters };
    }
}
