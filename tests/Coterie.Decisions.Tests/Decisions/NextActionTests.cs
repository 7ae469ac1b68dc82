using Coterie.Decisions;
using Coterie.Decisions.Churn;
using Coterie.Profiles;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Decisions;

public sealed class NextActionTests : Running
{
    [Fact]
    public void WithoutAForecast_NoActionIsNamed()
    {
        var members = new Membership([new SegmentRef("S1", new Bilingual("One", "一"))], new Dictionary<string, int> { ["C1"] = 0 }, DateTime.UnixEpoch);
        var result = NextActionDecision.Of(members, new NextActionParts());
        Assert.False(result.Answered);
        Assert.False(NextActionPage.Of(result).Answered);
        Assert.False(NextActionDecision.Of(null, new NextActionParts()).Answered);
    }

    [Fact]
    public void TheActionFollowsTheMoney()
    {
        var file = Write("orders.csv", Orders(800));
        using var source = DecisionSource.Open(new DecisionSourceOptions { Files = [file] }, null, TestContext.Current.CancellationToken);
        var customers = Enumerable.Range(0, 800).ToDictionary(c => $"C{c:0000}", c => c % 4);
        var input = source.Input with { Segments = new Membership([.. Enumerable.Range(1, 4).Select(i => new SegmentRef($"S{i}", new Bilingual($"{i}", $"{i}")))], customers, source.Input.AsOf) };
        var lifecycle = (LifecycleReport)LifecycleAnalysis.Decide(input, new LifecycleOptions()).Result;
        var value = ValueDecision.Forecast(input, new ValueOptions())!;
        var expected = value.Customers.Where(c => customers[c.Customer] == 2).Sum(c => c.ExpectedSpend.Value);
        NextActionResult With(double loss) => NextActionDecision.Of(input.Segments, new NextActionParts
        {
            Lifecycle = lifecycle, Value = value,
            Churn = new ChurnResult { AsOf = input.AsOf, Answered = true, Verdict = new("", ""), Segments = [.. Enumerable.Range(0, 4).Select(s => new SegmentChurn(s, 200, 60, loss, 0.7))] },
        });
        var (calm, wild) = (With(0.01 * expected).Segments[2], With(0.5 * expected).Segments[2]);
        Assert.Equal(expected, calm.Expected, 5e-7);
        Assert.Equal((NextActionKind.LetBe, NextActionKind.WinBack), (calm.Kind, wild.Kind));
        Assert.Equal(60, wild.Customers);
        Assert.Equal(0.3, wild.Ordering, 5e-13);
        Assert.InRange(wild.Detectable, 0.2, 0.5);
    }
}
