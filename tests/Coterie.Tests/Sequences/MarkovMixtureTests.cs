using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Sequences;

public class MarkovMixtureTests
{
    // Two customers of three do the same things equally often (each chain has the even law in the long run), in another order.
    static readonly double[][][] Chains =
    [
        [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]],
        [[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]],
        [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]],
    ];

    static readonly MarkovMixtureOptions Options = new()
    {
        Clusters = 3, LeastCustomers = 2, Starts = 4, Threads = 1,
        Chains = [new() { Name = "kinds", Fields = [new("kind")] }],
    };

    sealed record Sample(CustomerSequences Sequences, int[] Truth, ulong Seed);

    static readonly Gen<Sample> Planted = Gen.Select(Gen.Int[90, 300], Gen.ULong[0, 1_000_000], (n, seed) =>
    {
        var rng = new Rng(seed, 5);
        int[] groups = [.. Enumerable.Range(0, n).Select(_ => rng.NextInt(3))];
        return new Sample(SomeSequences.Walks(Chains, groups, 25, 60, new(seed)), groups, seed);
    });

    static int[] Labels(CustomerSequences s, ulong seed, int threads = 1) =>
        MarkovMixture.Fit([s], Options with { Threads = threads }, new(seed)).Assign([s], threads).Labels;

    [Fact]
    public void Groups_that_differ_in_order_only_are_found() => Planted.Sample(x => Agreement.AdjustedRand(Labels(x.Sequences, x.Seed), x.Truth) > 0.9, iter: 30);

    [Fact]
    public void One_thread_gives_the_bytes_of_many()
    {
        int[] groups = [.. Enumerable.Range(0, 10_000).Select(i => i % 3)];
        var s = SomeSequences.Walks(Chains, groups, 5, 9, new(3));
        MarkovMixtureModel one = MarkovMixture.Fit([s], Options, new(1)), many = MarkovMixture.Fit([s], Options with { Threads = 4 }, new(1));
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(one), System.Text.Json.JsonSerializer.Serialize(many));
        Assert.Equal(one.Probabilities([s], 1), many.Probabilities([s], 4));
    }

    [Fact]
    public void Parts_are_as_good_as_the_whole() => Planted.Sample(x =>
    {
        int n = x.Truth.Length, cut = (int)(x.Seed % (ulong)n);
        CustomerSequences[] parts = [SomeSequences.Take(x.Sequences, [.. Enumerable.Range(0, cut)]), SomeSequences.Take(x.Sequences, [.. Enumerable.Range(cut, n - cut)])];
        var model = MarkovMixture.Fit(parts, Options, new(x.Seed));
        return model.Assign(parts, 1).Labels.SequenceEqual(Labels(x.Sequences, x.Seed));
    }, iter: 20);

    [Fact]
    public void Likelihood_never_falls_from_step_to_step() => Planted.Sample(x =>
    {
        // Smoothing is a prior, so what EM raises is the likelihood times the prior; with next to none it is the likelihood.
        var fits = Enumerable.Range(1, 12).Select(i => MarkovMixture.Fit([x.Sequences], Options with { Starts = 1, MaxIterations = i, Smoothing = 1e-6, Tolerance = 0 }, new(x.Seed)).LogLikelihood).ToArray();
        return fits.Zip(fits.Skip(1)).All(p => p.Second >= p.First - 1e-6 * Math.Abs(p.First));
    }, iter: 10);

    [Fact]
    public void Probabilities_are_those_of_the_plain_formula() => Planted.Sample(x =>
    {
        var model = MarkovMixture.Fit([x.Sequences], Options with { Starts = 1, MaxIterations = 3 }, new(x.Seed));
        var got = model.Probabilities([x.Sequences], 1);
        var reader = new ChainReader(Options.Chains[0], x.Sequences.Fields);
        for (var i = 0; i < x.Truth.Length; i++)
        {
            var logs = Array.ConvertAll(model.Weights, Math.Log);
            var from = -1;
            for (var e = x.Sequences.Offsets[i]; e < x.Sequences.Offsets[i + 1]; e++)
            {
                var to = reader.Token(x.Sequences.Codes, e);
                var step = Enumerable.Range(0, model.Chains[0].From.Length).FirstOrDefault(s => model.Chains[0].From[s] == from && model.Chains[0].To[s] == to, -1);
                for (var c = 0; step >= 0 && c < logs.Length; c++) logs[c] += model.LogProbabilities[0][step][c];
                from = to;
            }

            var sum = logs.Sum(l => Math.Exp(l - logs.Max()));
            for (var c = 0; c < logs.Length; c++)
                if (Math.Abs(got[i * logs.Length + c] - Math.Exp(logs[c] - logs.Max()) / sum) > 1e-9) return false;
        }

        return true;
    }, iter: 10);

    [Fact]
    public void From_each_token_the_probabilities_of_known_steps_sum_to_one()
    {
        var s = SomeSequences.Walks(Chains, [.. Enumerable.Range(0, 300).Select(i => i % 3)], 20, 40, new(8));
        var model = MarkovMixture.Fit([s], Options, new(1));
        for (var c = 0; c < 3; c++)
            foreach (var context in model.Chains[0].From.Select((from, step) => (from, step)).GroupBy(x => x.from))
                Assert.Equal(1, context.Sum(x => Math.Exp(model.LogProbabilities[0][x.step][c])), 9);
    }

    [Fact]
    public void What_tells_a_cluster_is_its_own_chain()
    {
        int[] groups = [.. Enumerable.Range(0, 300).Select(i => i % 3)];
        var s = SomeSequences.Walks(Chains, groups, 40, 60, new(8));
        var model = MarkovMixture.Fit([s], Options, new(1));
        var staying = model.Assign([s], 1).Labels[2];
        Assert.All(model.Telling(staying, 3, s.Fields), t => Assert.Equal(t.From, t.To));
    }

    [Fact]
    public void A_history_that_says_nothing_gets_the_weights()
    {
        var s = SomeSequences.Walks(Chains, [.. Enumerable.Range(0, 300).Select(i => i % 3)], 20, 40, new(8));
        var model = MarkovMixture.Fit([s], Options, new(1));
        var nobody = s with { Customers = ["c"], Offsets = [0, 0], Codes = [[], []], Seconds = [] };
        Assert.Equal(model.Weights, model.Probabilities([nobody], 1).Select(p => p).ToArray(), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Nobody_gives_no_clusters()
    {
        var nobody = new CustomerSequences { Fields = [SomeSequences.Kind], Customers = [], Offsets = [0], Codes = [[]], Seconds = [] };
        var model = MarkovMixture.Fit([nobody], Options, new(1));
        Assert.Equal(0, model.Clusters);
        Assert.Empty(model.Assign([nobody], 1).Labels);
    }

    [Fact]
    public void A_single_event_each_is_enough_to_answer()
    {
        var s = SomeSequences.Walks(Chains, [0, 1, 2, 0], 1, 1, new(1));
        var model = MarkovMixture.Fit([s], Options, new(1));
        Assert.All(model.Assign([s], 1).Confidence, c => Assert.InRange(c, 0, 1));
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        var s = SomeSequences.Walks(Chains, [0], 1, 1, new(1));
        var refused = Assert.Throws<ConfigurationException>(() => MarkovMixture.Fit([s], new() { Clusters = 0, Starts = 0, Smoothing = 0 }, new(1)));
        Assert.Equal(3, refused.Message.Split('\n').Length);
        Assert.Contains("no field gap", Assert.Throws<ConfigurationException>(() => MarkovMixture.Fit([s], new() { Chains = [new() { Name = "x", Fields = [new("gap")] }] }, new(1))).Message);
        Assert.Contains("no word 'buy'", Assert.Throws<ConfigurationException>(() => MarkovMixture.Fit([s], Options with { Chains = [new() { Name = "x", Fields = [new("kind", "buy")] }] }, new(1))).Message);
    }
}
