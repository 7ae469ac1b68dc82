using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie.Tests.Cli;

/// <summary>What an operator does after the first run: score, explain, come back with more.</summary>
public class JourneyTests : Running
{
    [Fact]
    public async Task Score_GivesACustomerAlone_TheAnswerOfTheRun()
    {
        // One customer has a refund: scored alone, the others must count as having none, not as unknown.
        var orders = Orders() + "9999,C0002,2024-06-01 10:00:00,P1,toys,-1,20.00\n";
        var file = Write("orders.csv", orders);
        var ran = await Coterie("segment", file, "--out", At("out"), "--k", "4");
        Assert.True(ran.Code == 0, ran.Error);
        var expected = File.ReadAllLines(At("out/segments.csv")).Skip(1).ToDictionary(l => l.Split(',')[0]);
        foreach (var customer in new[] { "C0001", "C0002", "C0003", "C0101" })
        {
            var lines = orders.Split('\n');
            Write("one.csv", lines[0] + "\n" + string.Join('\n', lines.Where(l => l.Contains($",{customer},", StringComparison.Ordinal))) + "\n");
            var scored = await Coterie("score", At("one.csv"), "--model", At("out"), "--out", At("one-scored.csv"), "--force", "--map", "customer_id=customer_id");
            Assert.True(scored.Code == 0, scored.Error);
            Assert.Equal(expected[customer], File.ReadAllLines(At("one-scored.csv"))[1]);
        }
    }

    [Fact]
    public async Task AWorkspace_RunAgain_KeepsIds_AndRemembersThemAll()
    {
        var file = Write("orders.csv", Orders(400));
        Assert.Equal(0, (await Coterie("ingest", file, "--workspace", At("shop"))).Code);
        Assert.Equal(0, (await Coterie("segment", "--workspace", At("shop"), "--k", "4")).Code);
        Assert.Equal(0, (await Coterie("ingest", file, "--workspace", At("shop"))).Code);
        Assert.Equal(0, (await Coterie("segment", "--workspace", At("shop"), "--k", "4")).Code);
        Assert.Equal(File.ReadAllBytes(At("shop/runs/0001/segments.csv")), File.ReadAllBytes(At("shop/runs/0002/segments.csv")));
        var kept = ReportJson.Read(At("shop/runs/0002/report.json"));
        Assert.All(kept.Lineage, e => Assert.Equal("kept", e.Kind));
        Assert.Equal(4, kept.Lineage.Count);
        Assert.Contains("\"S4\"", File.ReadAllText(At("shop/coterie.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_DoNotChangeAByte()
    {
        var file = Write("orders.csv", Orders(600));
        Assert.Equal(0, (await Coterie("segment", file, "--out", At("one"), "--threads", "1")).Code);
        Assert.Equal(0, (await Coterie("segment", file, "--out", At("two"), "--threads", "2")).Code);
        Assert.Equal(File.ReadAllBytes(At("one/segments.csv")), File.ReadAllBytes(At("two/segments.csv")));
    }

    [Fact]
    public async Task Explain_SpeaksBothLanguages_AndNamesAnUnknownCustomer()
    {
        var file = Write("orders.csv", Orders());
        Assert.Equal(0, (await Coterie("segment", file, "--out", At("out"), "--k", "3")).Code);
        Assert.Contains("C0002", (await Coterie("explain", "C0002", "--run", At("out"))).Output, StringComparison.Ordinal);
        Assert.Contains("属于", (await Coterie("explain", "C0002", "--run", At("out"), "--lang", "zh")).Output, StringComparison.Ordinal);
        var unknown = await Coterie("explain", "nobody", "--run", At("out"));
        Assert.Equal(3, unknown.Code);
        Assert.Contains("nobody", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExplanationThroughLoadings_AddsUpToTheDifferenceOfDistances()
    {
        float[] x = [1, 2, 3], a = [0, 1, 1], b = [4, -1, 2];
        var loadings = new Matrix([0.5f, -1, 2, 1, 0.25f, -0.5f], 2, 3);
        double Square(float[] from, float[] to)
        {
            double sum = 0;
            for (var axis = 0; axis < 2; axis++)
            {
                double at = 0;
                for (var j = 0; j < 3; j++) at += loadings[axis, j] * (from[j] - to[j]);
                sum += at * at;
            }

            return sum;
        }

        Assert.Equal(Square(x, b) - Square(x, a), Explainer.Decompose(x, a, b, loadings).Sum(), 9);
    }
}
