using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Tests.Evaluation;

public class PredictiveValidityTests
{
    static Feature Named(string name) => new()
    {
        Name = name, Label = name, LabelZh = name, Sentence = name, Unit = "1", Family = "money", High = name, Low = name, HighZh = name, LowZh = name,
    };

    // Customers of two kinds; the kind alone decides the future. "Informed" features show it to RFM, others are noise.
    static ValidityRequest Request(int n, bool informedRfm, Func<int, int, int> label, ulong seed = 7)
    {
        var rng = new Seed(seed).Stream(1);
        var kind = Enumerable.Range(0, n).Select(_ => rng.NextInt(2)).ToArray();
        double[] Noise() => [.. Enumerable.Range(0, n).Select(_ => rng.NextDouble() * 100)];
        double[] Shown() => [.. kind.Select(k => k * 50 + rng.NextDouble() * 40)];
        var customers = Enumerable.Range(0, n).Select(i => $"c{i:00000}").ToArray();
        var spend = kind.Select(k => k == 1 && rng.NextDouble() < 0.8 ? 20 + 10 * rng.NextDouble() : rng.NextDouble() < 0.1 ? 10 : 0).ToArray();
        return new ValidityRequest
        {
            Frozen = new FeatureTable
            {
                AsOf = DateTime.UnixEpoch,
                Customers = customers,
                Features = [Named("recency_days"), Named("frequency"), Named("monetary")],
                Columns = informedRfm ? [Shown(), Shown(), Shown()] : [Noise(), Noise(), Noise()],
            },
            Outcomes = new Outcomes(customers, spend, [.. spend.Select(s => s > 0 ? 1.0 : 0.0)], [.. spend.Select(s => s > 0)],
                [.. kind.Select((k, i) => spend[i] > 0 ? $"category {k}" : null)]),
            HorizonDays = 30,
            Labels = [.. kind.Select((k, i) => label(k, rng.NextInt(2)))],
            Groups = 2,
            Seed = new Seed(seed),
            Resamples = 60,
        };
    }

    [Fact]
    public void SegmentsThatKnowTheFuture_BeatAnRfmThatDoesNot()
    {
        var report = PredictiveValidity.Judge(Request(2_000, informedRfm: false, label: (kind, _) => kind));
        Assert.Equal("better", report.AgainstRfm);
        Assert.True(report.Metrics[0].R2Spend.Value > 0.4);
        Assert.True(report.GainOverRfmAuc.Low > 0.2);
    }

    [Fact]
    public void SegmentsThatKnowNothing_LoseToAnRfmThatDoes_AndTheVerdictSaysSo()
    {
        var report = PredictiveValidity.Judge(Request(2_000, informedRfm: true, label: (_, coin) => coin));
        Assert.Equal("worse", report.AgainstRfm);
        Assert.Contains("do NOT beat RFM", report.Verdict, StringComparison.Ordinal);
        Assert.Contains("不优于", report.VerdictZh, StringComparison.Ordinal);
    }

    [Fact]
    public void ARandomPartition_ExplainsNothing()
    {
        var report = PredictiveValidity.Judge(Request(3_000, informedRfm: true, label: (_, coin) => coin));
        var random = report.Metrics.Single(m => m.Name == "random");
        Assert.InRange(random.R2Spend.Value, -0.01, 0.01);
        Assert.InRange(random.AucOrders.Value, 0.46, 0.54);
    }

    [Fact]
    public void TheIntervalHoldsTheValue_AndThreadsChangeNothing()
    {
        var request = Request(1_000, informedRfm: true, label: (kind, _) => kind);
        var one = PredictiveValidity.Judge(request with { Threads = 1 });
        var two = PredictiveValidity.Judge(request with { Threads = 2 });
        Assert.Equal(one.Metrics, two.Metrics);
        Assert.All(one.Metrics, m => Assert.InRange(m.AucOrders.Value, m.AucOrders.Low - 0.02, m.AucOrders.High + 0.02));
        Assert.Equal(["category 0", "category 1"], one.Segments.Select(s => s.NextCategory));
    }

    [Fact]
    public void PoissonWeights_AreOneOnAverage()
    {
        var weights = PredictiveValidity.PoissonWeights(20_000, new Seed(3).Stream(0));
        Assert.InRange(weights.Average(), 0.97, 1.03);
        Assert.InRange(weights.Average(w => (w - 1) * (w - 1)), 0.95, 1.05);
    }

    // Cells by hand: values 1..5 are five quintiles; equal values stay together whatever their number.
    [Fact]
    public void RfmQuintiles_KeepTiesTogether()
    {
        var tied = Baselines.RfmQuintiles(new Baselines.Rfm([1, 1, 1, 1, 1], [1, 2, 3, 4, 5], [7, 7, 7, 7, 7]));
        Assert.Equal(5, tied.Groups);
        Assert.Equal([0, 1, 2, 3, 4], tied.Labels);
        var same = Baselines.RfmQuintiles(new Baselines.Rfm([1, 1], [2, 2], [3, 3]));
        Assert.Equal(1, same.Groups);
    }
}
