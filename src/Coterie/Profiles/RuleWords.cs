using System.Globalization;
using Coterie.Features;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Profiles;

/// <summary>What one feature must satisfy on the way to a leaf: Low &lt;= value &lt; High, and whether no value will do.</summary>
sealed record RuleLiteral(string Feature, double Low, double High, bool Present, bool Missing)
{
    public static RuleLiteral Any(string feature) => new(feature, double.NegativeInfinity, double.PositiveInfinity, true, true);

    public RuleLiteral Went(RuleNode node, bool left)
    {
        if (node.OnMissing) return left ? this with { Missing = false } : this with { Present = false };
        var missing = Missing && node.MissingLeft == left;
        return left ? this with { High = Math.Min(High, node.Threshold), Missing = missing }
            : this with { Low = Math.Max(Low, node.Threshold), Missing = missing };
    }

    public string Sql(Dialect dialect)
    {
        var name = dialect.Name(Feature);
        if (!Present) return $"{name} IS NULL";
        var bounds = new List<string>();
        if (!double.IsNegativeInfinity(Low)) bounds.Add($"{name} >= {Number(Low)}");
        if (!double.IsPositiveInfinity(High)) bounds.Add($"{name} < {Number(High)}");
        if (bounds.Count == 0) return Missing ? "TRUE" : $"{name} IS NOT NULL";
        var condition = string.Join(" AND ", bounds);
        return !Missing ? condition : bounds.Count == 1 ? $"({condition} OR {name} IS NULL)" : $"(({condition}) OR {name} IS NULL)";
    }

    // A literal of up to 15 digits is a decimal whose conversion to double is exact to the last bit; a longer one is written with
    // an exponent, which engines read as a double at once.
    static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal) || text.Count(char.IsAsciiDigit) <= 15 ? text : text + "e0";
    }
}

/// <summary>The way to one leaf: all literals hold.</summary>
sealed record RuleClause(int Label, int Rows, IReadOnlyList<RuleLiteral> Literals)
{
    public string Sql(Dialect dialect) => Literals.Count == 0 ? "TRUE" : string.Join(" AND ", Literals.Select(l => l.Sql(dialect)));
}

static class RuleClauses
{
    /// <summary>One clause a leaf, in the order of the tree; exactly one holds for any customer.</summary>
    public static IReadOnlyList<RuleClause> Of(RuleTree tree)
    {
        var clauses = new List<RuleClause>();
        Walk(tree, 0, [], clauses);
        return clauses;
    }

    static void Walk(RuleTree tree, int at, IReadOnlyList<RuleLiteral> path, List<RuleClause> clauses)
    {
        var node = tree.Nodes[at];
        if (node.Feature is null)
        {
            clauses.Add(new RuleClause(node.Label, node.Rows, path));
            return;
        }

        foreach (var left in new[] { true, false })
        {
            var known = path.FirstOrDefault(l => l.Feature == node.Feature);
            var next = (known ?? RuleLiteral.Any(node.Feature)).Went(node, left);
            Walk(tree, left ? node.Left : node.Right,
                known is null ? [.. path, next] : [.. path.Select(l => l == known ? next : l)], clauses);
        }
    }
}

/// <summary>Rules in words.</summary>
static class RuleWords
{
    /// <summary>The rule of one segment: the ways to its leaves, the most travelled first.</summary>
    public static SegmentRule Rule(RuleTree tree, int label, IReadOnlyList<Feature> features, string? currency)
    {
        var clauses = RuleClauses.Of(tree).Where(c => c.Label == label).OrderByDescending(c => c.Rows).ToArray();
        var score = label < tree.Scores.Count ? tree.Scores[label] : new RuleScore(0, 0);
        if (clauses.Length == 0)
            return new SegmentRule { Words = new("no short rule finds this segment", "没有简短的规则能找出这个群体"), Sql = "FALSE", Precision = 0, Recall = 0 };
        // Quoting of names is the same in every engine that reads the Parquet file beside the rules.
        var sql = clauses.Select(c => c.Sql(DuckDbDialect.Instance)).ToArray();
        var words = clauses.Select(c => Words(c, tree, features, currency)).ToArray();
        return new SegmentRule
        {
            Words = new(string.Join("; or ", words.Select(w => w.En)), string.Join("；或 ", words.Select(w => w.Zh))),
            Sql = sql.Length == 1 ? sql[0] : string.Join(" OR ", sql.Select(s => $"({s})")),
            Precision = score.Precision,
            Recall = score.Recall,
        };
    }

    static Bilingual Words(RuleClause clause, RuleTree tree, IReadOnlyList<Feature> features, string? currency)
    {
        if (clause.Literals.Count == 0) return new("every customer", "所有客户");
        var words = clause.Literals
            .Select(l => Words(l, features.First(f => f.Name == l.Feature), tree.WithMissing.Contains(l.Feature), currency)).ToArray();
        return new(string.Join(" and ", words.Select(w => w.En)), string.Join(" 且 ", words.Select(w => w.Zh)));
    }

    static Bilingual Words(RuleLiteral literal, Feature feature, bool hasMissing, string? currency)
    {
        string en = Wording.LabelInText(feature), zh = feature.LabelZh;
        if (!literal.Present) return new($"no {en}", $"无{zh}");
        string low = Wording.Threshold(literal.Low, feature.Unit, currency), high = Wording.Threshold(literal.High, feature.Unit, currency);
        var orNone = literal.Missing && hasMissing;
        var or = orNone ? new Bilingual(" (or none)", "（或无）") : new Bilingual("", "");
        string Bounds(string label) =>
            double.IsNegativeInfinity(literal.Low) ? $"{label} < {high}"
            : double.IsPositiveInfinity(literal.High) ? $"{label} ≥ {low}"
            : $"{low} ≤ {label} < {high}";
        var unbounded = double.IsNegativeInfinity(literal.Low) && double.IsPositiveInfinity(literal.High);
        return unbounded ? new($"any {en}", $"有{zh}") : new(Bounds(en) + or.En, Bounds(zh) + or.Zh);
    }
}
