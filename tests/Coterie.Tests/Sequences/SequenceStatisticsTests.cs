using System.Text.Json;
using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Sequences;
using CsCheck;

namespace Coterie.Tests.Sequences;

public class SequenceStatisticsTests
{
    static readonly Gen<CustomerSequences> Some = Gen.Int[0, 3].Array[1, 12].Array[3, 20].Select(SomeSequences.Of);

    static SequenceStatisticsOptions Small => new() { MinCustomers = 2, Dimensions = 50, Iterations = 8 };

    [Fact]
    public void DistancesBetweenRows_AreThoseOfThePlainTwin() => Some.Sample(sequences =>
    {
        // With all directions a rotation: distances stay.
        var rows = SequenceStatistics.Fit([sequences], Small, new Seed(1)).Apply(sequences);
        var plain = Plain(sequences, Small);
        for (var a = 0; a < plain.Length; a++)
            for (var b = 0; b < a; b++)
                Assert.Equal(Distance(plain[a], plain[b]), Distance(Row(rows, a), Row(rows, b)), 2e-3);
    }, iter: 60);

    // x = sqrt((c + a p) / (N + a)) - sqrt(p), run by run.
    static double[][] Plain(CustomerSequences sequences, SequenceStatisticsOptions options)
    {
        var words = new EventWords(options.Compound, sequences.Fields).ByCustomer(sequences);
        var columns = new List<double[]>();
        for (var order = 1; order <= options.Order; order++)
        {
            var runs = words.Select(w => Enumerable.Range(0, w.Length).Where(end => end - order + 1 >= -1 && (order > 1 || end >= 0)).Select(end =>
                string.Join(' ', Enumerable.Range(end - order + 1, order).Select(i => i < 0 ? "start" : $"{w[i]}"))).ToList()).ToList();
            var kept = runs.SelectMany(r => r.Distinct()).CountBy(r => r).Where(r => r.Value >= options.MinCustomers).Select(r => r.Key).ToList();
            double total = runs.Sum(r => r.Count(kept.Contains));
            foreach (var run in kept)
            {
                var share = runs.Sum(r => r.Count(x => x == run)) / total;
                columns.Add([.. runs.Select(r =>
                    Math.Sqrt((r.Count(x => x == run) + options.Shrinkage * share) / (r.Count(kept.Contains) + options.Shrinkage)) - Math.Sqrt(share))]);
            }
        }

        return [.. words.Select((_, i) => columns.Select(c => c[i]).ToArray())];
    }

    static double[] Row(Matrix rows, int i) => Array.ConvertAll(rows.Row(i).ToArray(), x => (double)x);

    static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    [Fact]
    public void ChunksTheirOrderAndThreads_ChangeNoByte() => Gen.Select(Some, Gen.Int[0, 100]).Sample((sequences, cut) =>
    {
        cut %= sequences.Count;
        var one = SequenceStatistics.Fit([sequences], Small, new Seed(1));
        CustomerSequences[] parts = [SomeSequences.Part(sequences, cut, sequences.Count), SomeSequences.Part(sequences, 0, cut)];
        var two = SequenceStatistics.Fit(parts, Small with { Threads = 1 }, new Seed(1));
        return one.Apply(sequences).Values.SequenceEqual(two.Apply(sequences).Values)
            && two.Apply(parts[0]).Values.SequenceEqual(one.Apply(sequences).Values.Skip(cut * one.Directions.Length));
    }, iter: 30);

    [Fact]
    public void ASavedModel_GivesTheSameBytes()
    {
        var sequences = SomeSequences.Turning(60, 20, 3);
        var model = SequenceStatistics.Fit([sequences], Small, new Seed(1));
        var read = JsonSerializer.Deserialize<SequenceStatisticsModel>(JsonSerializer.Serialize(model))!;
        Assert.Equal(model.Apply(sequences).Values, read.Apply(sequences).Values);
    }

    [Fact]
    public void CustomersThatDifferInOrderOnly_AreToldApart()
    {
        var sequences = SomeSequences.Turning(400, 40, 5, least: 15);
        var rows = SequenceStatistics.Fit([sequences], new() { Dimensions = 3 }, new Seed(1)).Apply(sequences);
        var labels = KMeans.Fit(rows, new() { Clusters = 2 }, new Seed(1)).Assign(rows, 1).Labels;
        Assert.InRange(LabelMetrics.CompareNumbered([.. labels.Select((_, i) => i % 2)], labels).Ari, 0.9, 1);
    }

    [Fact]
    public void AShortHistory_StandsNearTheCentre()
    {
        var sequences = SomeSequences.Turning(300, 40, 7);
        var rows = SequenceStatistics.Fit([sequences], new() { Dimensions = 5 }, new Seed(1)).Apply(sequences);
        double Length(Func<int, bool> events) => Enumerable.Range(0, sequences.Count)
            .Where(i => events(sequences.Offsets[i + 1] - sequences.Offsets[i])).Average(i => Distance(Row(rows, i), new double[rows.Columns]));
        Assert.True(Length(n => n <= 2) < 0.6 * Length(n => n >= 25));
    }

    [Fact]
    public void AMaximumOfCustomers_IsChosenByTheirIds()
    {
        var sequences = SomeSequences.Turning(100, 10, 9);
        string[] Chosen(params CustomerSequences[] chunks) => SequenceSample<int>.Of(chunks, c => new int[c.Count], 20, 3, new Seed(4)).Customers;
        var chosen = Chosen(sequences);
        Assert.Equal(20, chosen.Length);
        Assert.Equal(chosen.Order(StringComparer.Ordinal), chosen);
        Assert.Equal(chosen, Chosen(SomeSequences.Part(sequences, 50, 100), SomeSequences.Part(sequences, 0, 50)));
        Assert.NotEqual(chosen, SequenceSample<int>.Of([sequences], c => new int[c.Count], 20, 3, new Seed(5)).Customers);
    }

    [Fact]
    public void NobodyAndASingleWord_AreDefined()
    {
        var nobody = SomeSequences.Of([]);
        Assert.Equal(0, SequenceStatistics.Fit([], new(), new Seed(1)).Apply(nobody).Rows);
        var same = SomeSequences.Of([.. Enumerable.Range(0, 40).Select(_ => new[] { 1, 1, 1 })]);
        var rows = SequenceStatistics.Fit([same], Small, new Seed(1)).Apply(same);
        Assert.All(rows.Values, x => Assert.InRange(x, -1e-4f, 1e-4f));
    }

    [Fact]
    public void WrongOptions_AreListed()
    {
        var wrong = new SequenceStatisticsOptions { Order = 4, MinCustomers = 0, Shrinkage = -1, Dimensions = 0, Iterations = -1, MaxCustomers = 0, MinEvents = 0, Threads = 0 };
        Assert.Equal(8, Assert.Throws<ConfigurationException>(() => SequenceStatistics.Fit([], wrong, new Seed(1))).Message.Split('\n').Length);
        var sequences = SomeSequences.Turning(5, 5, 1);
        Assert.Contains("the compound is 'nothing'", Assert.Throws<ConfigurationException>(() =>
            SequenceStatistics.Fit([sequences], new() { Compound = ["nothing"] }, new Seed(1))).Message, StringComparison.Ordinal);
        Assert.Contains("more than 1048576 words", Assert.Throws<ConfigurationException>(() =>
            SequenceStatistics.Fit([sequences], new() { Compound = ["product", "kind", "hour", "weekday"] }, new Seed(1))).Message, StringComparison.Ordinal);
    }
}
