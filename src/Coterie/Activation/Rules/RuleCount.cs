using System.Text.Json;
using Coterie.Profiles;
using Coterie.Warehouse;

namespace Coterie.Activation.Rules;

/// <summary>How many customers a clause keeps by itself.</summary>
/// <param name="Path">Its place as a JSON path: <c>$.rules[0]</c>.</param>
public sealed record ClauseCount(string Path, long Customers);

/// <summary>How many customers a rule keeps.</summary>
public sealed record RuleCount
{
    /// <summary>Customers for whom the rule holds, also those who refused marketing.</summary>
    public required long Customers { get; init; }
    /// <summary>Of everybody; 0 where there is nobody.</summary>
    public required double Share { get; init; }
    /// <summary>Everybody.</summary>
    public required long Everybody { get; init; }
    /// <summary>Of them, who refused marketing: they are in no audience that is sent.</summary>
    public required long Refused { get; init; }
    /// <summary>Of them, who never said whether marketing is welcome.</summary>
    public required long NeverSaid { get; init; }
    public required DateTime AsOf { get; init; }
    /// <summary>Every clause of the tree, the whole rule first.</summary>
    public required IReadOnlyList<ClauseCount> Clauses { get; init; }
    /// <summary>Some of them, the same for the same customers.</summary>
    public required IReadOnlyList<string> Sample { get; init; }
    /// <summary>Names that the data do not have.</summary>
    public required IReadOnlyList<Bilingual> Notes { get; init; }

    /// <summary>Counts by one statement.</summary>
    /// <param name="scope">What the rule is asked of.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="sample">Customers to show.</param>
    /// <exception cref="ConfigurationException">The rule cannot be used: lists every problem.</exception>
    public static RuleCount Of(RuleScope scope, AudienceRule rule, int sample = 10)
    {
        if (sample is < 0 or > 1_000) throw new ConfigurationException($"A sample of {sample}; expected 0 to 1,000.");
        var compiled = RuleSql.Compile(scope, rule);
        var (paths, truths) = (new List<string>(), new List<string>());
        RuleNames.Walk(rule, "$", (clause, path) =>
        {
            paths.Add(path);
            truths.Add(compiled.Truth(clause));
        });
        var d = scope.Warehouse.Dialect;
        var counts = string.Concat(truths.Select(t => $", {d.CountIf(t)}"));
        var whole = truths[0];
        // A sample by a hash of the id stays the same while people come and go.
        var some = sample == 0 ? "NULL" : $"CAST(to_json(arg_min(\"customer_id\", {d.Hash("\"customer_id\"")}, {sample}) FILTER (WHERE {whole})) AS VARCHAR)";
        return scope.Warehouse.Single(compiled.Step("count an audience", $"""
            SELECT {some}, {d.CountIf($"{whole} AND \"marketing\" = 'refused'")}, {d.CountIf($"{whole} AND \"marketing\" IS NULL")}{counts} FROM "clauses"
            """), r =>
        {
            var clauses = paths.Select((p, i) => new ClauseCount(p, r.GetInt64(i + 3))).ToArray();
            return new RuleCount
            {
                Customers = clauses[0].Customers,
                Share = scope.Customers == 0 ? 0 : clauses[0].Customers / (double)scope.Customers,
                Everybody = scope.Customers,
                Refused = r.GetInt64(1),
                NeverSaid = r.GetInt64(2),
                AsOf = scope.AsOf,
                Clauses = clauses,
                Sample = r.IsDBNull(0) ? [] : JsonSerializer.Deserialize<string[]>(r.GetString(0))!,
                Notes = [],
            };
        }) with { Notes = [.. RuleNames.Missing(scope, rule).Select(Note)] };
    }

    static Bilingual Note(MissingName missing)
    {
        var (en, zh) = missing.There.Count == 0 ? ("there is none at all", "数据中一个也没有") : ($"there are {string.Join(", ", missing.There)}", $"现有：{string.Join("、", missing.There)}");
        return missing.Trait
            ? new($"No customer has the trait '{missing.Name}'; of traits {en}.", $"没有客户具有属性“{missing.Name}”；{zh}。")
            : new($"There is no event of the kind '{missing.Name}'; of kinds {en}.", $"没有“{missing.Name}”这种事件；{zh}。");
    }
}

/// <summary>The customers whom a rule keeps.</summary>
public static class RuleMembers
{
    /// <summary>A page of ids in the order of their bytes.</summary>
    /// <param name="scope">What the rule is asked of.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="size">Most customers.</param>
    /// <param name="after">The last id of the page before; null: the first page.</param>
    /// <param name="choice">Whom consent leaves out.</param>
    /// <exception cref="ConfigurationException">The rule cannot be used: lists every problem.</exception>
    public static IReadOnlyList<string> Page(RuleScope scope, AudienceRule rule, int size, string? after = null, ConsentChoice choice = ConsentChoice.NotRefused)
    {
        if (size is < 1 or > 100_000) throw new ConfigurationException($"A page of {size:N0}; expected 1 to 100,000 customers.");
        return Read(scope, rule, choice, after is null ? "" : " AND \"customer_id\" > CAST($after AS VARCHAR)", $" LIMIT {size}", after is null ? null : new Dictionary<string, object?> { ["after"] = after });
    }

    /// <summary>All of them, in the order of their bytes.</summary>
    /// <param name="scope">What the rule is asked of.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="choice">Whom consent leaves out.</param>
    /// <exception cref="ConfigurationException">The rule cannot be used: lists every problem.</exception>
    public static IReadOnlyList<string> All(RuleScope scope, AudienceRule rule, ConsentChoice choice = ConsentChoice.NotRefused) => Read(scope, rule, choice, "", "", null);

    static List<string> Read(RuleScope scope, AudienceRule rule, ConsentChoice choice, string where, string limit, Dictionary<string, object?>? more)
    {
        var compiled = RuleSql.Compile(scope, rule);
        var consent = choice switch
        {
            ConsentChoice.Given => " AND \"marketing\" = 'given'",
            ConsentChoice.NotRefused => " AND \"marketing\" IS DISTINCT FROM 'refused'",
            _ => "",
        };
        return scope.Warehouse.Rows(compiled.Step("list an audience", $"SELECT \"customer_id\" FROM \"clauses\" WHERE {compiled.Truth(rule)}{consent}{where} ORDER BY \"customer_id\"{limit}", more), r => r.GetString(0));
    }
}

/// <summary>Whom consent to marketing leaves out of an audience.</summary>
public enum ConsentChoice
{
    /// <summary>Who refused.</summary>
    NotRefused,
    /// <summary>Who did not give it: those who refused, and those who never said.</summary>
    Given,
    /// <summary>Nobody; for counting, never for sending.</summary>
    Everybody,
}
