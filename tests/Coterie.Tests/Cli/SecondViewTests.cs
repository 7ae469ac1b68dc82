using System.Text.Json;
using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Sequences;
using Coterie.Simulation;

namespace Coterie.Tests.Cli;

/// <summary>A shop whose customers differ by the order in which they do things, simulated once for the tests of this class.</summary>
public sealed class SmallShop : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("coterie-shop-").FullName;

    public SmallShop()
    {
        Simulator.Write(new SimulationOptions { Customers = 900, Days = 300, Seed = 7 }, root);
        Result = Segmentation.Run(Options("run"));
    }

    public string Events => Path.Combine(root, "events.csv");
    public string Run => At("run");
    /// <summary>Without networks.</summary>
    public SegmentationResult Result { get; }

    public string At(string name) => Path.Combine(root, name);

    public SegmentationOptions Options(string into) => new() { Files = [Events], Out = At(into), Truth = Path.Combine(root, "truth.csv"), Deep = "on", Seed = new Seed(3) };

    public void Dispose() => Directory.Delete(root, recursive: true);
}

/// <summary>The second view in the main job.</summary>
public class SecondViewTests(SmallShop shop) : Running, IClassFixture<SmallShop>
{
    [Fact]
    public void BothViews_AreFused_AndSeeMoreThanTheFeaturesAlone()
    {
        var deep = shop.Result.Report.Deep;
        Assert.True(deep.On);
        Assert.Equal("fused", deep.Kept);
        Assert.True(deep.Agreement!.BetterThanChance);
        Assert.Contains(deep.SequenceCandidates, c => c.Verdict == "chosen" && c.Groups == shop.Result.Report.Segments.Count);
        double Ari(string view) => deep.Truth.First(t => t.View == view).Ari;
        Assert.True(Ari("fused") > Ari("features") + 0.1 && Ari("fused") > Ari("kmeans_rfm") + 0.1, JsonSerializer.Serialize(deep.Truth));
        Assert.Equal(shop.Result.Report.Customers, deep.Crossing.Sum(r => r.Sum()));
    }

    [Fact]
    public void EveryWayOfSegmenting_StandsInTheProof()
    {
        var metrics = shop.Result.Report.Validity!.Metrics;
        Assert.Equal(["features", "kmeans_rfm", "ours", "random", "rfm", "sequences"], metrics.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(shop.Result.Report.Segments.Count, metrics["ours"].Groups);
    }

    [Fact]
    public void EveryCustomer_HasAnAgreement_AndDisputesAreCounted()
    {
        var rows = SegmentFile.ReadParquet(Path.Combine(shop.Run, "segments.parquet"));
        Assert.All(rows, r => Assert.InRange(r.Agreement!.Value, 0, 1.0001));
        var disputed = shop.Result.Report.Deep.Disputed;
        var opinions = File.ReadAllLines(Path.Combine(shop.Run, "opinions.csv"));
        Assert.Equal(OpinionFile.Header, opinions[0]);
        Assert.Equal(rows.Select(r => $"{r.CustomerId},{r.Segment}"), opinions.Skip(1).Select(l => string.Join(',', l.Split(',').Take(2))));
        Assert.Equal(disputed, opinions.Count(l => l.EndsWith(",true", StringComparison.Ordinal)));
        Assert.InRange(disputed, 1, rows.Count - 1);
        Assert.True(shop.Result.Report.Deep.Disputes.Sum(d => d.Customers) <= disputed);
        Assert.All(shop.Result.Report.Deep.Disputes, d => Assert.NotEqual(d.Features, d.Sequences));
    }

    [Fact]
    public void Threads_DoNotChangeAByte()
    {
        var other = Segmentation.Run(shop.Options("threads") with { Threads = 1 }, stop: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(Path.Combine(shop.Run, "segments.csv")), File.ReadAllBytes(Path.Combine(other.Directory, "segments.csv")));
    }

    [Fact]
    public async Task Score_GivesACustomerAlone_TheAnswerOfTheRun()
    {
        var expected = File.ReadAllLines(Path.Combine(shop.Run, "segments.csv")).Skip(1).ToDictionary(l => l.Split(',')[0]);
        var lines = File.ReadAllLines(shop.Events);
        foreach (var customer in expected.Keys.Where(c => c.StartsWith('c')).Take(3).ToArray())
        {
            // With what they did before they said who they are.
            var cells = lines.Select(l => l.Split(',')).ToArray();
            var devices = cells.Where(c => c[2] == customer && c[3].Length > 0).Select(c => c[3]).ToHashSet(StringComparer.Ordinal);
            var own = lines.Where((_, i) => cells[i][2] == customer || devices.Contains(cells[i][3])).ToArray();
            Write("one.csv", string.Join('\n', (string[])[lines[0], .. own]) + "\n");
            var scored = await Coterie("score", At("one.csv"), "--model", shop.Run, "--out", At("one-scored.csv"), "--force");
            Assert.True(scored.Code == 0, scored.Error);
            Assert.Contains(expected[customer], File.ReadAllLines(At("one-scored.csv")));
        }
    }

    [Fact]
    public async Task Explain_NamesTheEvents_OfFilesOnly_AndInBothLanguages()
    {
        var customer = File.ReadAllLines(Path.Combine(shop.Run, "segments.csv"))[100].Split(',')[0];
        var without = await Coterie("explain", customer, "--run", shop.Run);
        Assert.Contains("--events", without.Output, StringComparison.Ordinal);
        var with = await Coterie("explain", customer, "--run", shop.Run, "--events", shop.Events);
        Assert.Contains("log odds", with.Output, StringComparison.Ordinal);
        Assert.Contains("对数几率", (await Coterie("explain", customer, "--run", shop.Run, "--events", shop.Events, "--lang", "zh")).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Coterie("explain", customer, "--run", shop.Run, "--events", shop.Events, "--json")).Output);
        var events = json.RootElement.GetProperty("events").EnumerateArray().ToArray();
        Assert.InRange(events.Length, 1, 6);
        // Those that do most come first.
        var weights = events.Select(e => Math.Abs(e.GetProperty("weight").GetDouble())).ToArray();
        Assert.Equal(weights.OrderDescending(), weights);
        Assert.Equal(3, (await Coterie("explain", "nobody", "--run", shop.Run, "--events", shop.Events)).Code);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void ADamagedSecondView_IsRefused_ByName(double kept)
    {
        var copy = At("damaged");
        Directory.CreateDirectory(Path.Combine(copy, "model"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shop.Run, "model"))) File.Copy(file, Path.Combine(copy, "model", Path.GetFileName(file)));
        var path = Path.Combine(copy, "model", SecondModel.File);
        var text = File.ReadAllText(path);
        if (kept == 0) File.Delete(path);
        else File.WriteAllText(path, text[..(int)(kept * text.Length)]);
        Assert.Contains(SecondModel.File, Assert.Throws<InputException>(() => SegmentationModel.Read(copy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShortHistories_AreLeftAlone_AndDemandingMoreIsRefused()
    {
        var file = Write("orders.csv", Orders(60));
        var ran = await Coterie("segment", file, "--out", At("short"), "--k", "3");
        Assert.True(ran.Code == 0, ran.Error);
        var deep = ReportJson.Read(At("short/report.json")).Deep;
        Assert.False(deep.On);
        Assert.Contains("too short", deep.Why.En, StringComparison.Ordinal);
        var demanded = await Coterie("segment", file, "--out", At("demanded"), "--deep", "on");
        Assert.Equal(2, demanded.Code);
        Assert.Contains("--deep on", demanded.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("demanded")));
    }

    // Networks are asked in order, about the right customers, and none of their numbers reaches the segments.
    [Fact]
    public void Networks_LearnFromWhatWasKnownAtTheFreeze_AndDoNotChangeSegments()
    {
        var asked = new List<string>();
        LearningRun Trained(string what, int customers) => new()
        {
            What = what, Model = "a plain twin", Parameters = 1, Steps = 1, TrainingCustomers = customers, ValidationCustomers = 0, TestCustomers = 0,
            Curve = [new(1, 1, null)], BestEpoch = 1, TestLoss = null, Ended = "all epochs", Seconds = 0,
        };
        void Touch(string folder) => File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, "weights.safetensors"), "none");
        Matrix Uniform(int n, int k)
        {
            var m = new Matrix(n, k);
            m.Values.AsSpan().Fill(1f / k);
            return m;
        }

        var classes = 0;
        var frozen = shop.Result.Report.Validity!.FrozenAt;
        var learner = new BehaviourLearner
        {
            Pretrain = r =>
            {
                Touch(r.Folder);
                Assert.All(r.Histories, h => Assert.All(h.Seconds, s => Assert.True(DateTime.UnixEpoch.AddSeconds(s) <= frozen)));
                asked.Add("pretrain");
                return Trained("encoder", r.Histories.Sum(h => h.Count));
            },
            Embed = (folder, histories, _) => Uniform(histories.Sum(h => h.Count), 4),
            Classify = r =>
            {
                Touch(r.Folder);
                classes = r.Segments.Columns;
                asked.Add("classify");
                Assert.Equal(r.Customers, r.Histories.SelectMany(h => h.Joined().Customers));
                Assert.All(Enumerable.Range(0, r.Segments.Rows), i => Assert.Equal(1, r.Segments.Row(i).ToArray().Sum(), 2));
                int[] labels = [.. Enumerable.Range(0, r.Segments.Rows).Select(i => i % classes)];
                return new(Trained("classifier", r.Customers.Length), ClassifierMetrics.Judge(Uniform(labels.Length, classes), labels), []);
            },
            Place = (folder, histories, _) => Uniform(histories.SelectMany(h => h.Joined().Customers).Count(), classes),
        };
        var result = Segmentation.Run(shop.Options("networks") with { Learner = learner }, stop: TestContext.Current.CancellationToken);
        Assert.Equal(["pretrain", "classify", "classify"], asked);
        Assert.Equal(File.ReadAllBytes(Path.Combine(shop.Run, "segments.csv")), File.ReadAllBytes(Path.Combine(result.Directory, "segments.csv")));
        Assert.True(File.Exists(Path.Combine(result.Directory, "model", "classifier", "weights.safetensors")) && File.Exists(Path.Combine(result.Directory, "embeddings.parquet")));
        Assert.Contains("classifier", result.Report.Validity!.Metrics.Keys);
        Assert.Contains(result.Report.Deep.Heads!.Scores, s => s.Input == "embedding");
        Assert.Equal(3, result.Report.Deep.Trainings.Count);

        // A run without networks into the same directory leaves nothing of theirs behind; nothing in it was foreign.
        Segmentation.Run(shop.Options("networks") with { Deep = "off" }, stop: TestContext.Current.CancellationToken);
        Assert.All(Directory.EnumerateFiles(result.Directory, "*", SearchOption.AllDirectories), f => Assert.True(OutputNames.IsOurs(Path.GetRelativePath(result.Directory, f)), f));
        Assert.False(File.Exists(Path.Combine(result.Directory, "embeddings.parquet")) || Directory.Exists(Path.Combine(result.Directory, "model", "encoder")));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("on")]
    public void NetworksThatCannotRun_AreAFinding_UnlessDemanded(string deep)
    {
        static T Absent<T>() => throw new InputException("libtorch cannot be loaded here");
        var learner = new BehaviourLearner
        {
            Pretrain = _ => Absent<LearningRun>(), Embed = (_, _, _) => Absent<Matrix>(), Classify = _ => Absent<LearnedClassifier>(), Place = (_, _, _) => Absent<Matrix>(),
        };
        SegmentationResult Go() => Segmentation.Run(shop.Options("without-" + deep) with { Learner = learner, Deep = deep });
        if (deep == "on") Assert.Contains("libtorch", Assert.Throws<InputException>(Go).Message, StringComparison.Ordinal);
        else Assert.Contains(Go().Report.Notes, n => n.Contains("libtorch", StringComparison.Ordinal));
    }
}
