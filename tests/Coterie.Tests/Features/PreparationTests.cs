using System.Text.Json;
using Coterie.Features;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Features;

public class PreparationTests
{
    static Feature Named(string name, Transform transform = Transform.Auto) => new()
    {
        Name = name, Label = name, LabelZh = name, Sentence = name, Unit = "count", Family = "test", Transform = transform,
        High = "much", Low = "little", HighZh = "多", LowZh = "少",
    };

    static FeatureTable Table(params (string Name, double[] Column)[] columns) => new()
    {
        AsOf = DateTime.UnixEpoch,
        Customers = [.. Enumerable.Range(0, columns[0].Column.Length).Select(i => $"c{i:D5}")],
        Features = [.. columns.Select(c => Named(c.Name))],
        Columns = [.. columns.Select(c => c.Column)],
    };

    static double[] Values(int n, ulong seed, Func<Rng, double> value)
    {
        var rng = new Rng(seed, 8);
        return [.. Enumerable.Range(0, n).Select(_ => value(rng))];
    }

    // Symmetric, skewed, tied, missing and negative-skewed columns.
    static FeatureTable Mixed(int n, ulong seed) => Table(
        ("plain", Values(n, seed, r => r.NextNormal())),
        ("money", Values(n, seed + 1, r => Math.Exp(2 * r.NextNormal()))),
        ("orders", Values(n, seed + 2, r => Math.Floor(Math.Exp(r.NextNormal())))),
        ("gap", Values(n, seed + 3, r => r.NextDouble() < 0.4 ? double.NaN : 100 * r.NextDouble())),
        ("trend", Values(n, seed + 4, r => -Math.Exp(2 * r.NextNormal()))));

    static readonly Gen<(FeatureTable Table, PreparationOptions Options, ulong Seed)> Cases =
        Gen.Select(Gen.Int[30, 300], Gen.Enum<Scaling>(), Gen.Bool, Gen.ULong[0, 1000]).Select((n, scaling, pca, seed) =>
            (Mixed(n, seed), new PreparationOptions { Scaling = scaling, PcaVariance = pca ? 0.9 : null }, seed));

    static FeatureTable Subset(FeatureTable t, int[] rows) => t with
    {
        Customers = [.. rows.Select(i => t.Customers[i])],
        Columns = [.. t.Columns.Select(c => rows.Select(i => c[i]).ToArray())],
    };

    [Fact]
    public void A_subset_of_customers_gives_the_subset_of_rows_bit_for_bit() => Cases.Sample(x =>
    {
        var model = Preparation.Fit(x.Table, x.Options);
        var rng = new Rng(x.Seed, 1);
        var rows = Enumerable.Range(0, x.Table.Count).Where(_ => rng.NextInt(3) == 0).ToArray();
        return model.Apply(x.Table).Rows.Take(rows).Values.SequenceEqual(model.Apply(Subset(x.Table, rows)).Rows.Values);
    }, iter: 100);

    [Fact]
    public void Customer_order_does_not_change_what_is_learned_of_a_feature() => Cases.Sample(x =>
    {
        var order = Enumerable.Range(0, x.Table.Count).ToArray();
        new Rng(x.Seed, 2).Shuffle(order.AsSpan());
        string Learned(FeatureTable t) => JsonSerializer.Serialize(Preparation.Fit(t, x.Options).Features);
        return Learned(x.Table) == Learned(Subset(x.Table, order));
    }, iter: 60);

    [Fact]
    public void One_thread_gives_the_bytes_of_two() => Cases.Sample(x =>
        JsonSerializer.Serialize(Preparation.Fit(x.Table, x.Options with { Threads = 1 }))
        == JsonSerializer.Serialize(Preparation.Fit(x.Table, x.Options with { Threads = 2 })), iter: 30);

    [Fact]
    public void A_model_read_back_from_json_prepares_the_same() => Cases.Sample(x =>
    {
        var model = Preparation.Fit(x.Table, x.Options);
        var back = JsonSerializer.Deserialize<PreparationModel>(JsonSerializer.Serialize(model))!;
        return back.Apply(x.Table).Rows.Values.SequenceEqual(model.Apply(x.Table).Rows.Values);
    }, iter: 30);

    [Fact]
    public void Every_column_keeps_the_order_of_customers() => Cases.Where(x => x.Options.PcaVariance is null).Sample(x =>
    {
        var prepared = Preparation.Fit(x.Table, x.Options).Apply(x.Table);
        return Enumerable.Range(0, prepared.Columns.Count).All(j =>
        {
            var raw = x.Table.Column(prepared.Columns[j])!;
            var order = Enumerable.Range(0, raw.Length).Where(i => !double.IsNaN(raw[i])).OrderBy(i => raw[i]).ToArray();
            return order.Zip(order.Skip(1)).All(p => prepared.Rows[p.First, j] <= prepared.Rows[p.Second, j]);
        });
    }, iter: 60);

    [Fact]
    public void Standard_scaling_gives_mean_zero_and_variance_one()
    {
        var table = Mixed(3000, 5);
        var prepared = Preparation.Fit(table, new()).Apply(table);
        for (var j = 0; j < prepared.Columns.Count; j++)
        {
            var column = Enumerable.Range(0, 3000).Select(i => (double)prepared.Rows[i, j]).ToArray();
            Assert.Equal(0, column.Average(), 1e-4);
            Assert.Equal(1, column.Average(x => x * x), 1e-4);
        }
    }

    [Fact]
    public void Min_max_scaling_stays_within_zero_and_one()
    {
        var table = Mixed(500, 6);
        Assert.All(Preparation.Fit(table, new() { Scaling = Scaling.MinMax }).Apply(table).Rows.Values, x => Assert.InRange(x, -1e-6f, 1 + 1e-6f));
    }

    [Fact]
    public void Skewness_chooses_the_mildest_transform()
    {
        var table = Table(
            ("symmetric", Values(4000, 1, r => r.NextNormal())),
            ("squared", Values(4000, 2, r => Math.Pow(r.NextDouble() + r.NextDouble() + r.NextDouble() - 0.2, 4))),
            ("lognormal", Values(4000, 3, r => Math.Exp(1.2 * r.NextNormal() + 3))),
            ("negative", Values(4000, 4, r => -Math.Exp(1.5 * r.NextNormal()))));
        var transforms = Preparation.Fit(table, new()).Features.ToDictionary(f => f.Name, f => f.Transform);
        Assert.Equal(Transform.None, transforms["symmetric"]);
        Assert.Equal(Transform.Sqrt, transforms["squared"]);
        Assert.Equal(Transform.Log, transforms["lognormal"]);
        Assert.Equal(Transform.Rank, transforms["negative"]);
    }

    [Fact]
    public void A_feature_that_names_its_transform_gets_it_and_is_ranked_where_it_cannot()
    {
        var table = Table(("a", Values(100, 1, r => r.NextDouble())), ("b", Values(100, 2, r => r.NextNormal())));
        var model = Preparation.Fit(table with { Features = [Named("a", Transform.Log), Named("b", Transform.Sqrt)] }, new());
        Assert.Equal([Transform.Log, Transform.Rank], model.Features.Select(f => f.Transform));
        Assert.Contains("b has values below zero", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_are_normal_scores()
    {
        var table = Table(("a", Values(999, 1, r => Math.Exp(3 * r.NextNormal()))));
        var model = Preparation.Fit(table with { Features = [Named("a", Transform.Rank)] }, new() { WinsoriseLow = 0, WinsoriseHigh = 1 });
        var sorted = model.Apply(table).Rows.Values.Order().ToArray();
        Assert.Equal(0, sorted[499], 1e-5);
        Assert.Equal(-sorted[24], sorted[974], 1e-5);
        Assert.Equal(1.96, sorted[974], 0.02);                                                        // the 97.5 % point of a standard normal
    }

    [Fact]
    public void What_is_dropped_says_why()
    {
        var a = Values(1000, 1, r => r.NextNormal());
        var table = Table(("a", a), ("copy", [.. a.Select(x => 2 * x + 1)]), ("opposite", [.. a.Select(x => -x)]),
            ("still", [.. a.Select((_, i) => i < 5 ? 1.0 : 0)]), ("never", [.. a.Select(_ => double.NaN)]),
            ("rare", [.. a.Select((x, i) => i < 8 ? x : double.NaN)]), ("other", Values(1000, 2, r => r.NextNormal())));
        var model = Preparation.Fit(table, new());
        Assert.Equal(["a", "other"], model.Features.Select(f => f.Name));
        var reasons = model.Dropped.ToDictionary(d => d.Name, d => d.Reason);
        Assert.StartsWith("redundant with a", reasons["copy"], StringComparison.Ordinal);
        Assert.StartsWith("redundant with a", reasons["opposite"], StringComparison.Ordinal);
        Assert.Equal("near_constant", reasons["still"]);
        Assert.Equal("all_missing", reasons["never"]);
        Assert.Equal("near_constant", reasons["rare"]);
    }

    [Fact]
    public void A_missing_value_becomes_the_median_and_is_counted()
    {
        var table = Table(("a", [1, 2, 3, double.NaN, 4, 5, double.NaN]), ("b", [1, 2, 4, 5, 3, 7, 8]));
        var prepared = Preparation.Fit(table, new()).Apply(table);
        Assert.Equal(2, Assert.Single(prepared.Imputed).Value);
        Assert.Equal(prepared.Rows[2, 0], prepared.Rows[3, 0]);
    }

    [Fact]
    public void A_feature_that_a_table_lacks_is_imputed_and_said()
    {
        var model = Preparation.Fit(Mixed(200, 3), new());
        var lacking = Table(("plain", Values(20, 1, r => r.NextNormal())));
        var prepared = model.Apply(lacking);
        Assert.Equal(model.Features.Count - 1, prepared.Notes.Count);
        Assert.Equal(20, prepared.Imputed["money"]);
        Assert.All(prepared.Rows.Values, x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Values_never_seen_stay_within_what_was_seen()
    {
        var table = Mixed(500, 4);
        var model = Preparation.Fit(table, new());
        var (seen, far) = (model.Apply(table).Rows, model.Apply(Table(("money", [1e12, -1e12]))).Rows);
        var column = model.Columns.ToList().IndexOf("money");
        Assert.Equal(Enumerable.Range(0, 500).Max(i => seen[i, column]), far[0, column]);
        Assert.Equal(Enumerable.Range(0, 500).Min(i => seen[i, column]), far[1, column]);
    }

    [Fact]
    public void Principal_components_are_uncorrelated_and_keep_the_share_asked_for()
    {
        var a = Values(2000, 1, r => r.NextNormal());
        var table = Table(("a", a), ("b", [.. a.Zip(Values(2000, 2, r => r.NextNormal()), (x, y) => x + y)]), ("c", Values(2000, 3, r => r.NextNormal())));
        var model = Preparation.Fit(table, new() { PcaVariance = 0.85 });
        Assert.Equal(["pc1", "pc2"], model.Columns);
        Assert.InRange(model.Components!.Explained, 0.85, 1);
        var rows = model.Apply(table).Rows;
        Assert.Equal(0, Enumerable.Range(0, 2000).Average(i => (double)rows[i, 0] * rows[i, 1]), 1e-4);
        Assert.Equal(model.Components.Variances[0], Enumerable.Range(0, 2000).Average(i => (double)rows[i, 0] * rows[i, 0]), 1e-3);
    }

    [Fact]
    public void An_empty_table_and_a_single_customer_give_a_defined_result()
    {
        var empty = Table(("a", []));
        Assert.Equal(0, Preparation.Fit(empty, new()).Apply(empty).Rows.Rows);
        var one = Table(("a", [3.0]));
        Assert.Equal("near_constant", Assert.Single(Preparation.Fit(one, new() { PcaVariance = 0.9 }).Dropped).Reason);
    }

    [Fact]
    public void An_infinite_value_is_refused_with_its_place()
    {
        var error = Assert.Throws<InputException>(() => Preparation.Fit(Table(("a", [1, double.PositiveInfinity])), new()));
        Assert.Contains("feature a of customer c00001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_options_are_one_error_with_every_problem()
    {
        var error = Assert.Throws<ConfigurationException>(() => Preparation.Fit(Table(("a", [1, 2])), new() { WinsoriseLow = 0.7, Redundant = 0, PcaVariance = 2 }));
        Assert.Equal(3, error.Message.Split('\n').Length);
    }
}
