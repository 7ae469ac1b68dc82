using System.Globalization;
using System.Text.Json;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using Coterie.Tables;
using Coterie.Tests.Clustering;

namespace Coterie.Tests.Cli;

/// <summary>The cluster command: what it prints and writes, and what it refuses.</summary>
public class ClusterCommandTests : Running
{
    string Table(Matrix rows, string name = "t.csv") => Write(name, string.Join('\n', Enumerable.Range(0, rows.Rows)
        .Select(i => string.Join(',', rows.Row(i).ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture))))) + "\n");

    string Table(string text) => Write("t.csv", text);

    static async Task<JsonElement> Json(params string[] args)
    {
        var ran = await Coterie([.. args, "--json"]);
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Equal("", ran.Error);
        return JsonDocument.Parse(ran.Output).RootElement;
    }

    int[] Labels(string name = "labels.csv")
    {
        var lines = File.ReadAllLines(At(name));
        Assert.Equal("label", lines[0]);
        return [.. lines.Skip(1).Select(int.Parse)];
    }

    async Task Refused(int code, string[] args, params string[] words)
    {
        var ran = await Coterie(["cluster", .. args, "--out", At("labels.csv")]);
        Assert.True(ran.Code == code, $"exit code {ran.Code}: {ran.Error}");
        foreach (var word in words) Assert.Contains(word, ran.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Root, "labels*"));
        Assert.Equal("", ran.Output);
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("gmm")]
    [InlineData("auto")]
    public async Task PlantedGroups_AreFound_AndTheDocumentSaysSo(string method)
    {
        var (rows, truth) = Points.Blobs(300, 3, 4, 14, 3);
        string[] k = method == "auto" ? [] : ["--k", "4"];
        var json = await Json(["cluster", Table(rows), "--method", method, "--threads", "2", "--seed", "7", "--out", At("labels.csv"), .. k]);
        Assert.Equal(1, Agreement.AdjustedRand(Labels(), truth));
        Assert.Equal((300, 3, 4, 0, 7), (json.GetProperty("n").GetInt32(), json.GetProperty("d").GetInt32(), json.GetProperty("k").GetInt32(),
            json.GetProperty("noise").GetInt32(), json.GetProperty("seed").GetInt32()));
        Assert.Contains(json.GetProperty("method").GetString(), new[] { "kmeans", "gmm" });
        Assert.True(json.GetProperty("iterations").GetInt32() >= 0);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("objective").ValueKind);
        Assert.True(json.GetProperty("peak_memory_mb").GetDouble() > 0);
        var seconds = json.GetProperty("seconds");
        Assert.True(seconds.GetProperty("total").GetDouble() >= seconds.GetProperty("fit").GetDouble() + seconds.GetProperty("read").GetDouble() - 0.001);
        Assert.True(json.GetProperty("metrics").GetProperty("silhouette").GetDouble() > 0.5);
    }

    [Fact]
    public async Task FromGivenCentres_ExactlySoManyIterations_AreMade()
    {
        var (rows, _) = Points.Blobs(3000, 4, 12, 1.5, 4);
        var json = await Json("cluster", Table(rows), "--method", "kmeans", "--init", Table(rows.Take([.. Enumerable.Range(0, 12)]), "init.csv"), "--tol", "0", "--max-iter", "20",
            "--out", At("labels.csv"), "--centres", At("centres.npy"));
        Assert.Equal((12, 20), (json.GetProperty("k").GetInt32(), json.GetProperty("iterations").GetInt32()));

        // Lloyd, as it is told: 20 times the nearest centre and the mean, then the objective of what came out.
        var centres = Enumerable.Range(0, 12).Select(i => rows.Row(i).ToArray().Select(x => (double)x).ToArray()).ToArray();
        double Square(int i, double[] c) => c.Select((x, j) => (rows[i, j] - x) * (rows[i, j] - x)).Sum();
        int Nearest(int i) => Enumerable.Range(0, 12).MinBy(c => Square(i, centres[c]));
        for (var iteration = 0; iteration < 20; iteration++)
        {
            var labels = Enumerable.Range(0, rows.Rows).Select(Nearest).ToArray();
            for (var c = 0; c < 12; c++)
                centres[c] = [.. Enumerable.Range(0, 4).Select(j => Enumerable.Range(0, rows.Rows).Where(i => labels[i] == c).Average(i => (double)rows[i, j]))];
        }

        var objective = Enumerable.Range(0, rows.Rows).Sum(i => Square(i, centres[Nearest(i)]));
        Assert.Equal(objective, json.GetProperty("objective").GetDouble(), 1e-5 * objective);
        Assert.Equal(Enumerable.Range(0, rows.Rows).Select(Nearest), Labels());
        var written = NumericTables.Read(At("centres.npy"), 1).Rows;
        Assert.All(Enumerable.Range(0, 48), i => Assert.Equal(centres[i / 4][i % 4], written.Values[i], 1e-4));
    }

    [Fact]
    public async Task Standardized_ColumnsWeighTheSame_AndCentresComeBackInTheirUnits()
    {
        // Two groups that differ in the small column; the large one is noise that hides them.
        var rng = new Rng(3, 1);
        var rows = new Matrix(400, 3);
        for (var i = 0; i < 400; i++) (rows[i, 0], rows[i, 1], rows[i, 2]) = ((float)(1e4 * rng.NextDouble()), (float)(i % 2 + 0.02 * rng.NextNormal()), 5);
        int[] truth = [.. Enumerable.Range(0, 400).Select(i => i % 2)];
        var table = Table(rows);
        await Json("cluster", table, "--method", "kmeans", "--k", "2", "--out", At("labels.csv"));
        Assert.True(Agreement.AdjustedRand(Labels(), truth) < 0.1);
        var json = await Json("cluster", table, "--method", "kmeans", "--k", "2", "--standardize", "--out", At("labels.csv"), "--centres", At("centres.csv"));
        Assert.Equal(1, Agreement.AdjustedRand(Labels(), truth));
        var centres = NumericTables.Read(At("centres.csv"), 1).Rows;
        Assert.Equal([0f, 1f], new[] { centres[0, 1], centres[1, 1] }.Order().Select(x => MathF.Round(x, 1)));
        Assert.Equal([5f, 5f], [centres[0, 2], centres[1, 2]]);

        // From those centres nothing moves: --init is in the units of the table too.
        var again = await Json("cluster", table, "--method", "kmeans", "--init", At("centres.csv"), "--standardize", "--tol", "0");
        Assert.Equal(json.GetProperty("objective").GetDouble(), again.GetProperty("objective").GetDouble(), 1e-3);
        Assert.True(again.GetProperty("iterations").GetInt32() <= 1);
    }

    [Fact]
    public async Task ThreadsAndARepeat_DoNotChangeAByte()
    {
        var table = Table(Points.Blobs(6000, 3, 5, 2, 8).Rows);
        var first = new List<byte[]>();
        foreach (var threads in new[] { "1", "2" })
        {
            await Json("cluster", table, "--method", "kmeans", "--k", "5", "--threads", threads, "--standardize", "--out", At("labels.csv"), "--centres", At("centres.csv"));
            first.Add([.. File.ReadAllBytes(At("labels.csv")), .. File.ReadAllBytes(At("centres.csv"))]);
        }

        Assert.Equal(first[0], first[1]);
    }

    [Fact]
    public async Task OneCluster_EqualRows_AndMoreClustersThanRows_AreDefined()
    {
        var one = await Json("cluster", Table(Points.Blobs(40, 2, 2, 5, 1).Rows), "--method", "kmeans", "--k", "1", "--out", At("labels.csv"));
        Assert.Equal(1, one.GetProperty("k").GetInt32());
        Assert.Equal(JsonValueKind.Null, one.GetProperty("metrics").GetProperty("silhouette").ValueKind);
        Assert.All(Labels(), l => Assert.Equal(0, l));

        var equal = await Json("cluster", Table(string.Concat(Enumerable.Repeat("3,4\n", 30))), "--method", "kmeans", "--k", "3", "--standardize", "--out", At("labels.csv"));
        Assert.Equal((1, 0), (equal.GetProperty("k").GetInt32(), equal.GetProperty("objective").GetDouble()));
        Assert.Contains("1 distinct", equal.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);

        var few = await Json("cluster", Table("1,2\n3,4\n"), "--method", "gmm", "--k", "5", "--out", At("labels.csv"));
        Assert.Equal(2, few.GetProperty("k").GetInt32());
    }

    [Fact]
    public async Task AContinuum_HasNoGroups_AndStillALabelARow()
    {
        var json = await Json("cluster", Table(Points.Fill(300, 2, r => r.NextNormal(), 3)), "--out", At("labels.csv"));
        Assert.Equal(("none", 1), (json.GetProperty("method").GetString(), json.GetProperty("k").GetInt32()));
        Assert.Equal(new int[300], Labels());
        Assert.NotEqual(0, json.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public async Task PeopleGetAFewLines()
    {
        var ran = await Coterie("cluster", Table(Points.Blobs(60, 2, 2, 14, 1).Rows), "--method", "kmeans", "--k", "2");
        Assert.Equal(0, ran.Code);
        Assert.Contains("60 rows of 2 columns: 2 clusters by kmeans.", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public Task Text_NamesTheLineAndTheColumn() => Refused(3, [Table("a,b\n1,2\n3,blue\n")], "t.csv", "line 3", "column 2 (b)", "blue");

    [Fact]
    public Task AMissingValue_NamesThePlace() => Refused(3, [Table("a,b\n1,2\n3,nan\n")], "line 3", "column 2 (b)");

    [Fact]
    public Task NoRows_AreRefused() => Refused(3, [Table("a,b\n")], "no rows");

    [Fact]
    public Task AMissingTable_IsRefused() => Refused(3, [At("absent.npy")], "absent.npy");

    [Theory]
    [InlineData("--k", "0")]
    [InlineData("--k", "some")]
    [InlineData("--method", "magic")]
    [InlineData("--distance", "far")]
    [InlineData("--max-iter", "0", "--method", "kmeans", "--k", "2")]
    [InlineData("--max-iter", "5")]
    [InlineData("--tol", "-1", "--method", "kmeans", "--k", "2")]
    [InlineData("--threads", "0")]
    [InlineData("--eps", "1")]
    [InlineData("--eps", "-1", "--method", "dbscan")]
    [InlineData("--min-samples", "0", "--method", "dbscan")]
    [InlineData("--min-cluster-size", "1", "--method", "hdbscan")]
    [InlineData("--min-cluster-size", "5", "--method", "kmeans")]
    [InlineData("--distance", "manhattan", "--method", "kmeans", "--k", "2")]
    [InlineData("--weights", "9", "--method", "kmeans", "--k", "2")]
    [InlineData("--centres", "c.parquet")]
    [InlineData("--k", "auto", "--method", "genie")]
    [InlineData("--unknown", "x")]
    public Task AWrongOption_IsAUsageError(string option, string value, params string[] others) => Refused(2, [Table("1,2\n3,4\n"), option, value, .. others], option.TrimStart('-'));

    [Fact]
    public async Task EveryProblem_IsToldAtOnce()
    {
        var ran = await Coterie("cluster", Table("1,2\n3,4\n"), "--method", "dbscan", "--k", "3", "--tol", "1", "--init", "x", "--out", "labels.txt");
        Assert.Equal((2, 4), (ran.Code, ran.Error.Trim().Split('\n').Length));
    }

    [Fact]
    public async Task StartingCentres_OfAnotherWidthOrNumber_AreRefused()
    {
        var table = Table("1,2\n3,4\n5,7\n");
        await Refused(3, [table, "--method", "kmeans", "--init", Write("i.csv", "1,2,3\n")], "i.csv", "3 columns");
        await Refused(2, [table, "--method", "kmeans", "--k", "3", "--init", Write("i.csv", "1,2\n")], "i.csv", "--k");
    }

    [Fact]
    public async Task AnOutputThatCannotBeWritten_LeavesTheOther_AsItWas()
    {
        Directory.CreateDirectory(At("labels.csv.part"));
        File.WriteAllText(At("centres.csv"), "before");
        var ran = await Coterie("cluster", Table("1,2\n3,4\n"), "--method", "kmeans", "--k", "2", "--centres", At("centres.csv"), "--out", At("labels.csv"));
        Assert.Equal(1, ran.Code);
        Assert.Equal("before", File.ReadAllText(At("centres.csv")));
        Assert.False(File.Exists(At("labels.csv")));
    }

    // Asks to stop when the fit begins.
    sealed class AtTheFit(CancellationTokenSource stop) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            if (value.Stage == "cluster") stop.Cancel();
        }
    }

    [Theory]
    [InlineData("kmeans", 4)]
    [InlineData("minibatch", 4)]
    [InlineData("gmm", 4)]
    [InlineData("kmeans", null)]
    [InlineData("auto", null)]
    public void AStopInTheFit_KeepsTheBestSoFar_AndSaysSo(string method, int? k)
    {
        var (rows, _) = Points.Blobs(300, 3, 4, 3, 3);
        using var stop = new CancellationTokenSource();
        var result = TableClustering.Run(new() { Table = Table(rows), Method = method, Clusters = k, Out = At("labels.csv"), Threads = 2 }, new AtTheFit(stop), stop.Token);
        Assert.Contains(result.Notes, n => n.Contains("stopped", StringComparison.Ordinal));
        Assert.Equal(300, Labels().Length);
        Assert.True(result.K > 1);
    }

    [Theory]
    [InlineData("dbscan")]
    [InlineData("hdbscan")]
    public void AStopOfAFitWithoutAnAnswerBeforeItsEnd_WritesNothing(string method)
    {
        using var stop = new CancellationTokenSource();
        var options = new TableClusteringOptions { Table = Table(Points.Blobs(300, 3, 4, 3, 3).Rows), Method = method, Out = At("labels.csv") };
        Assert.Throws<OperationCanceledException>(() => TableClustering.Run(options, new AtTheFit(stop), stop.Token));
        Assert.Empty(Directory.GetFiles(Root, "labels*"));
    }

    [Fact]
    public async Task ABudget_EndsASingleFit_AndItsNoteSaysSo()
    {
        var json = await Json("cluster", Table(Points.Blobs(2000, 3, 4, 1, 3).Rows), "--method", "kmeans", "--k", "20", "--time-budget", "0.000001");
        Assert.Equal(0, json.GetProperty("iterations").GetInt32());
        Assert.Contains("time budget", json.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        await Refused(2, [Table(Points.Blobs(50, 2, 2, 9, 3).Rows), "--method", "dbscan", "--time-budget", "5"], "no answer before its end");
    }

    [Fact]
    public void AStop_WritesNothing()
    {
        var options = new TableClusteringOptions { Table = Table("1,2\n3,4\n"), Method = "kmeans", Clusters = 2, Out = At("labels.csv") };
        Assert.ThrowsAny<OperationCanceledException>(() => TableClustering.Run(options, null, new CancellationToken(canceled: true)));
        Assert.False(File.Exists(At("labels.csv")));
    }
}
