using Coterie.Decisions;
using Coterie.Profiles;

namespace Coterie.Activation.Rules;

/// <summary>What was asked and how many customers it keeps: what programs read.</summary>
/// <param name="Name">Of a saved audience; null where it has none.</param>
/// <param name="Words">The rule as a sentence.</param>
/// <param name="RunAsOf">The instant of the run that segments and features are from; null without a run.</param>
public sealed record AudienceAnswer(string? Name, Bilingual Words, DateTime? RunAsOf, RuleCount Count);

/// <summary>The page of a counted rule.</summary>
public static class AudiencePage
{
    // A clause within a clause within a clause is seen by its place, not by a longer sentence.
    const int LongestWords = 110;

    public static DecisionPage Of(AudienceAnswer answer, AudienceRule rule, IReadOnlyDictionary<string, Bilingual> segments)
    {
        var count = answer.Count;
        return new DecisionPage
        {
            Id = "audience",
            Title = answer.Name is { } name ? new($"Audience: {name}", $"人群：{name}") : new("Audience", "人群"),
            Verdict = new(answer.Words.En + ".", answer.Words.Zh + "。"),
            Figures =
            [
                new(new("Customers", "客户"), count.Customers, "whole", new($"of {count.Everybody:N0}, as of {count.AsOf:yyyy-MM-dd HH:mm} UTC", $"共 {count.Everybody:N0} 位，截至 {count.AsOf:yyyy-MM-dd HH:mm} UTC")),
                new(new("Share", "占比"), count.Share, "share"),
                new(new("Of them, refused marketing", "其中已拒绝营销"), count.Refused, "whole", new("in no audience that is sent", "不会进入任何投放")),
                new(new("Of them, never said", "其中从未表态"), count.NeverSaid, "whole", new("kept, unless consent is required", "予以保留，除非要求明确同意")),
            ],
            Blocks = [Clauses(count, rule, segments), Sample(count)],
            Notes = count.Notes,
        };
    }

    static DecisionTable Clauses(RuleCount count, AudienceRule rule, IReadOnlyDictionary<string, Bilingual> segments)
    {
        var words = new List<Bilingual>();
        RuleNames.Walk(rule, "$", (clause, _) => words.Add(RuleText.Of(clause, segments)));
        return new DecisionTable
        {
            Title = new("What each clause keeps by itself", "各条件单独保留的客户"),
            Columns = [new(new("Place", "位置")), new(new("Clause", "条件")), new(new("Customers", "客户"), "whole")],
            Rows = [.. count.Clauses.Select((c, i) => (IReadOnlyList<DecisionCell>)[c.Path, new Bilingual(Short(words[i].En), Short(words[i].Zh)), c.Customers])],
        };
    }

    static DecisionTable Sample(RuleCount count) => new()
    {
        Title = new("Some of them", "部分客户"),
        Columns = [new(new("Customer", "客户"))],
        Rows = [.. count.Sample.Select(c => (IReadOnlyList<DecisionCell>)[c])],
    };

    static string Short(string text) => text.Length <= LongestWords ? text : text[..(LongestWords - 1)] + "…";
}
