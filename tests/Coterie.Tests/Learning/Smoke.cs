using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Tests.Support;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class SmokeX
{
    static readonly double[][] Round = [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]], Back = [[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]];
    static readonly EncoderOptions Small = new BehaviourTransformerOptions { Dim = 24, Heads = 4, Blocks = 1, FeedForward = 48, Length = 32 };

    [Fact]
    public void Smoke()
    {
        var s = Walkers.Walks([Round, Back], [.. Enumerable.Range(0, 600).Select(i => i % 2)], 1, 32, new(3));
        var labels = SegmentLabels.Of(s.Customers, [.. Enumerable.Range(0, 600).Select(i => i % 2)]);
        using var baseModel = SequenceModel.Untrained(s.Fields, Small, new(1));
        foreach (AdaptationOptions kind in new AdaptationOptions[] { new FullTuning(), new FrozenEncoder(), new LoraOptions(), new AdaLoraOptions(), new BottleneckOptions() })
        {
            var f = SegmentClassification.Fit([s], labels, new() { Encoder = Small, Adaptation = kind, Training = new() { Epochs = 10, Batch = 32, LearningRate = 5e-3, Threads = 1 } }, new(5), null, baseModel);
            using var m = f.Model;
            TestContext.Current.SendDiagnosticMessage("x");
            Console.WriteLine($"{kind.GetType().Name} {f.Report.HeldOut!.Accuracy} {f.Report.TrainedShare} {f.Report.Stored} T {m.Temperature} {string.Join(",", m.Ranks)} by {string.Join("; ", f.Report.ByEvents.Select(b => $"{b.Events}: {b.Accuracy.Value:0.00}"))} s {f.Report.Training.Seconds:0.0}");
        }
    }
}
