using Coterie.Decisions.Campaigns;
using Coterie.Decisions.Churn;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>What other decisions found, drawn together; what is missing is null.</summary>
public sealed record NextActionParts
{
    public LifecycleReport? Lifecycle { get; init; }
    public ValueForecast? Value { get; init; }
    public ChurnResult? Churn { get; init; }
    public RecommendationResult? Recommendation { get; init; }
}

/// <summary>What is proposed for a segment.</summary>
public enum NextActionKind
{
    /// <summary>Nothing is known that would say what to do.</summary>
    Unknown,
    /// <summary>Most of the money that can be moved is with customers who are likely to stay away.</summary>
    WinBack,
    /// <summary>It is with customers who bought once and are not yet late.</summary>
    SecondOrder,
    /// <summary>Little of it is with either: they buy by themselves.</summary>
    LetBe,
    /// <summary>Most are lapsed, and hardly any money is expected of them.</summary>
    LastTry,
}

/// <summary>The next action for one segment, and what it rests on.</summary>
public sealed record NextAction
{
    public required string Segment { get; init; }
    public required Bilingual Name { get; init; }
    public required NextActionKind Kind { get; init; }
    public required Bilingual Action { get; init; }
    /// <summary>Whom it is for.</summary>
    public required int Customers { get; init; }
    /// <summary>Money expected of the segment over the horizon; NaN without a forecast.</summary>
    public required double Expected { get; init; }
    /// <summary>Of it, what is likely to be lost with those at risk, and what is expected of those who bought once: no action can move more.</summary>
    public required double AtRisk { get; init; }
    public required double FromNew { get; init; }
    /// <summary>Mean chance that those whom the action is for order in the horizon without it; NaN without a forecast.</summary>
    public required double Ordering { get; init; }
    /// <summary>With half of them left alone by lot, the smallest rise of that chance that a test would see (power .8, 5 %); NaN where unknown or too few.</summary>
    public required double Detectable { get; init; }
    /// <summary>Titles of what the segment takes most.</summary>
    public required IReadOnlyList<string> Show { get; init; }
}

/// <summary>What <c>next_actions</c> came to.</summary>
public sealed record NextActionResult
{
    public string Schema { get; init; } = "coterie.next_actions/1";
    public required bool Answered { get; init; }
    public required int? HorizonDays { get; init; }
    public required IReadOnlyList<NextAction> Segments { get; init; }
}

/// <summary>One next action for each segment, drawn from the other decisions by a rule that is written down: where the money is that can still be moved.
/// No effect is promised, because none is known before a test; a test is sized instead.</summary>
public static class NextActionDecision
{
    /// <summary>With less than this share of a segment's expected money in play, its customers are left alone.</summary>
    public const double WorthActing = 0.10;
    // A segment of which so many are lapsed, and of whom so little is expected, is worth one cheap try.
    const double MostlyLapsed = 0.5, LittleExpected = 0.25;
    const int Shown = 3, FewestInTest = 40;

    public static Decided Decide(DecisionInput input, NextActionParts parts)
    {
        var result = Of(input.Segments, parts);
        var file = new DecisionFile("next_actions",
            ["segment", "name", "action", "customers", "expected_spend", "at_risk", "from_new", "ordering", "detectable_rise", "show"],
            result.Segments.Select(a => new object?[] { a.Segment, a.Name.En, Code(a.Kind), a.Customers, a.Expected, a.AtRisk, a.FromNew, a.Ordering, a.Detectable, string.Join("; ", a.Show) }));
        return new Decided(result, NextActionPage.Of(result), [file]);
    }

    internal static NextActionResult Of(Membership? segments, NextActionParts parts)
    {
        if (segments is null || parts.Value is null || parts.Lifecycle is not { Rhythm: not null } lifecycle)
            return new() { Answered = false, HorizonDays = parts.Value?.HorizonDays, Segments = [] };
        var states = lifecycle.Customers.ToDictionary(c => c.Customer, c => c.State, StringComparer.Ordinal);
        var sums = segments.Segments.Select(_ => new Sums()).ToArray();
        foreach (var customer in parts.Value.Customers)
        {
            if (segments.Of(customer.Customer) is not (>= 0 and var at)) continue;
            sums[at].Add(customer, states.GetValueOrDefault(customer.Customer));
        }

        var perHead = sums.Sum(s => s.Spend) / Math.Max(1, sums.Sum(s => s.All.Customers));
        return new()
        {
            Answered = true,
            HorizonDays = parts.Value.HorizonDays,
            Segments = [.. segments.Segments.Select((s, i) => Choose(s, i, sums[i], perHead, parts))],
        };
    }

    static NextAction Choose(SegmentRef segment, int place, Sums sums, double perHead, NextActionParts parts)
    {
        var churn = parts.Churn?.Segments.FirstOrDefault(c => c.Segment == place);
        // Where churn was not foreseen, who is overdue is at risk with all that is expected of them.
        var (risky, atRisk) = churn is null ? (sums.Late.Customers, sums.Late.Spend) : (churn.Warned, churn.WarnedLoss);
        var money = !double.IsNaN(sums.Spend) && sums.Spend > 0;
        var lapsed = sums.All.Customers > 0 && (double)sums.Lapsed.Customers / sums.All.Customers > MostlyLapsed;
        var kind = sums.All.Customers == 0 || !money ? NextActionKind.Unknown
            : lapsed && sums.Spend / sums.All.Customers < LittleExpected * perHead ? NextActionKind.LastTry
            : Math.Max(atRisk, sums.New.Spend) < WorthActing * sums.Spend ? NextActionKind.LetBe
            : atRisk >= sums.New.Spend ? NextActionKind.WinBack : NextActionKind.SecondOrder;
        var (group, customers) = kind switch
        {
            NextActionKind.WinBack => (sums.Late, risky),
            NextActionKind.SecondOrder => (sums.New, sums.New.Customers),
            NextActionKind.LastTry => (sums.Lapsed, sums.Lapsed.Customers),
            _ => (sums.All, sums.All.Customers),
        };
        var ordering = kind == NextActionKind.WinBack && churn is not null ? 1 - churn.WarnedProbability
            : group.Customers > 0 ? group.Ordering / group.Customers : double.NaN;
        return new NextAction
        {
            Segment = segment.Id,
            Name = segment.Name,
            Kind = kind,
            Action = NextActionPage.Words(kind, customers),
            Customers = customers,
            Expected = sums.Spend,
            AtRisk = atRisk,
            FromNew = sums.New.Spend,
            Ordering = ordering,
            Detectable = customers >= FewestInTest && ordering is > 0 and < 1 ? PowerAnalysis.DetectableShare(ordering, customers / 2, customers - customers / 2) : double.NaN,
            Show = [.. (parts.Recommendation?.SegmentLists.FirstOrDefault(l => l.Segment == segment.Id)?.Products ?? []).Take(Shown).Select(p => p.Title)],
        };
    }

    /// <summary>win_back, second_order, let_be, last_try, unknown.</summary>
    internal static string Code(NextActionKind kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    sealed class Group
    {
        public int Customers { get; private set; }
        public double Spend { get; private set; }
        public double Ordering { get; private set; }

        public void Add(CustomerValue customer)
        {
            Customers++;
            Spend += customer.ExpectedSpend.Value;
            Ordering += customer.Ordering.Value;
        }
    }

    sealed class Sums
    {
        public Group All { get; } = new();
        public Group New { get; } = new();
        public Group Late { get; } = new();
        public Group Lapsed { get; } = new();
        public double Spend => All.Spend;

        public void Add(CustomerValue customer, LifecycleState state)
        {
            All.Add(customer);
            if (state == LifecycleState.New) New.Add(customer);
            if (state == LifecycleState.AtRisk) Late.Add(customer);
            if (state == LifecycleState.Lapsed) Lapsed.Add(customer);
        }
    }
}
