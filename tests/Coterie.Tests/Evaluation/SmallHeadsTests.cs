using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Tests.Evaluation;

public class SmallHeadsTests
{
    // Customers with two hidden traits: "activity" decides spend and churn, "taste" the next category. The features show the first, the
    // embedding the second and a little of the first; each beside noise.
    static HeadPeriod Period(int n, ulong seed)
    {
        var rng = new Rng(seed, 1);
        Matrix features = new(n, 4), embedding = new(n, 6), noise = new(n, 5);
        var outcomes = new Outcomes([.. Enumerable.Range(0, n).Select(i => $"c{i:00000}")], new double[n], new double[n], new bool[n], new string?[n]);
        for (var i = 0; i < n; i++)
        {
            double activity = rng.NextNormal(), taste = rng.NextNormal();
            foreach (var matrix in new[] { features, embedding, noise })
                for (var j = 0; j < matrix.Columns; j++) matrix[i, j] = (float)rng.NextNormal();
            features[i, 0] += 3 * (float)activity;
            embedding[i, 1] += 3 * (float)taste;
            embedding[i, 2] += 0.5f * (float)activity;
            outcomes.Active[i] = activity + rng.NextNormal() > -0.5;
            if (!outcomes.Active[i] || rng.NextDouble() < 0.3) continue;
            outcomes.Orders[i] = 1;
            outcomes.Spend[i] = Math.Exp(3 + activity + 0.5 * rng.NextNormal());
            outcomes.TopCategory[i] = taste + 0.5 * rng.NextNormal() switch { > 0.6 => 1, _ => 0 } > 0.5 ? "books" : rng.NextDouble() < 0.4 ? "toys" : "tools";
        }

        return new([new("features", features), new("embedding", embedding), new("noise", noise)], outcomes);
    }

    static HeadPeriod Without(HeadPeriod period, string name) => period with { Inputs = [.. period.Inputs.Where(i => i.Name != name)] };

    static SmallHeadsRequest Request(bool later, ulong seed = 1) => new()
    {
        Learn = Without(Period(1_500, seed), "noise"), Judge = later ? Without(Period(1_200, seed + 50), "noise") : null, Resamples = 40, Seed = new Seed(seed),
    };

    static double Score(SmallHeadsReport report, string task, string input) => report.Scores.Single(s => s.Task == task && s.Input == input).Value.Value;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EachRepresentation_IsGoodAtWhatItKnows_AndBothTogetherAtEverything(bool later)
    {
        var report = SmallHeads.Judge(Request(later));
        Assert.Equal((later, 1_500, later ? 1_200 : 1_500), (report.LaterPeriod, report.LearnedFrom, report.JudgedOn));
        Assert.Equal(9, report.Scores.Count);
        Assert.True(Score(report, "churn", "features") > 0.77 && Score(report, "churn", "embedding") < 0.7);
        Assert.True(Score(report, "next_category", "embedding") > Score(report, "next_category", "features") + 0.1);
        Assert.InRange(Score(report, "next_category", "features"), 0.4, 0.6);
        Assert.True(Score(report, "spend", "features") > Score(report, "spend", "embedding") + 0.1);
        foreach (var task in new[] { "churn", "next_category", "spend" })
            Assert.True(Score(report, task, "both") >= Math.Max(Score(report, task, "features"), Score(report, task, "embedding")) - 0.03);
        Assert.All(report.Scores, s => Assert.InRange(s.Value.Value, s.Value.Low - 0.01, s.Value.High + 0.01));

        // Gains are paired, and clear where one knows what the other does not.
        Assert.Equal(9, report.Gains.Count);
        var gain = report.Gains.Single(g => g is { Task: "next_category", Input: "both", Over: "features" }).Value;
        Assert.True(gain.Low > 0);
        Assert.Equal(Score(report, "next_category", "both") - Score(report, "next_category", "features"), gain.Value, 1e-12);
        Assert.Empty(report.Notes);
    }

    [Fact]
    public void Noise_PredictsNothing()
    {
        var period = Period(2_000, 3);
        var report = SmallHeads.Judge(Request(false) with { Learn = period with { Inputs = [period.Inputs[2]] } });
        Assert.InRange(Score(report, "churn", "noise"), 0.45, 0.55);
        Assert.InRange(Score(report, "spend", "noise"), -0.02, 0.02);
        Assert.Equal(3, report.Scores.Count);
        Assert.Empty(report.Gains);
    }

    [Fact]
    public void ThreadsAndUnitsOfTheInputs_ChangeNothing()
    {
        var request = Request(true);
        SmallHeadsReport one = SmallHeads.Judge(request), many = SmallHeads.Judge(request with { Threads = 4 });
        Assert.Equal(one.Scores, many.Scores);
        Assert.Equal(one.Gains, many.Gains);
        HeadPeriod Scaled(HeadPeriod p) => p with { Inputs = [.. p.Inputs.Select(i => i with { Rows = new Matrix([.. i.Rows.Values.Select(v => 64 * v)], i.Rows.Rows, i.Rows.Columns) })] };
        var scaled = SmallHeads.Judge(request with { Learn = Scaled(request.Learn), Judge = Scaled(request.Judge!) });
        Assert.All(one.Scores.Zip(scaled.Scores), s => Assert.Equal(s.First.Value.Value, s.Second.Value.Value, 1e-4));
    }

    // Judged heads never see the judged customers' outcomes: shuffled outcomes cannot be predicted by any number of columns.
    [Fact]
    public void CrossFitting_DoesNotPeek()
    {
        var rng = new Rng(5, 1);
        var period = Period(300, 4);
        var wide = new Matrix(300, 70);
        for (var i = 0; i < wide.Values.Length; i++) wide.Values[i] = (float)rng.NextNormal();
        var report = SmallHeads.Judge(Request(false) with { Learn = period with { Inputs = [new("wide", wide)] }, Resamples = 20, Penalties = [10] });
        Assert.InRange(Score(report, "churn", "wide"), 0.38, 0.62);
        Assert.True(Score(report, "spend", "wide") < 0.1);
    }

    [Fact]
    public void TasksThatCannotBeAsked_AreNoted()
    {
        var period = Period(200, 6);
        var quiet = new Outcomes(period.Outcomes.Customers, new double[200], new double[200], new bool[200], new string?[200]);
        var report = SmallHeads.Judge(Request(false) with { Learn = period with { Outcomes = quiet } });
        Assert.Empty(report.Scores);
        Assert.Equal(3, report.Notes.Count);
        var everybody = period.Outcomes with { Active = [.. Enumerable.Repeat(true, 200)] };
        Assert.Contains(SmallHeads.Judge(Request(false) with { Learn = period with { Outcomes = everybody } }).Notes, n => n.StartsWith("Churn: nearly everybody", StringComparison.Ordinal));
    }

    [Fact]
    public void BadRequests_AreRefusedWithEveryProblem()
    {
        var request = Request(true);
        var options = Assert.Throws<ConfigurationException>(() => SmallHeads.Judge(request with { Penalties = [0], Categories = 0, Folds = 1, Resamples = -1, Threads = 0 })).Message;
        Assert.Equal(5, options.Split('\n').Length);
        Assert.Contains("different inputs", Assert.Throws<InputException>(() => SmallHeads.Judge(request with { Judge = Period(100, 1) })).Message, StringComparison.Ordinal);
        Assert.Contains("as many", Assert.Throws<InputException>(() => SmallHeads.Judge(request with { Learn = request.Learn with { Outcomes = Period(7, 1).Outcomes } })).Message, StringComparison.Ordinal);
        Assert.Contains("no input", Assert.Throws<InputException>(() => SmallHeads.Judge(request with { Judge = null, Learn = request.Learn with { Inputs = [] } })).Message, StringComparison.Ordinal);
    }
}
