using Coterie.Decisions.Positioning;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class BasketMiningTests
{
    static readonly Gen<int[][]> Baskets = Gen.Int[0, 7].Array[0, 6].Select(b => b.Distinct().Order().ToArray()).Array[1, 90];

    [Fact]
    public void Frequent_sets_are_those_that_plain_counting_finds() => Gen.Select(Baskets, Gen.Int[1, 12]).Sample((baskets, least) =>
    {
        var mined = BasketMining.Mine(baskets, 8, least);
        var plain = new List<string>();
        for (var a = 0; a < 8; a++)
            for (var b = a + 1; b < 8; b++)
            {
                Add([a, b]);
                for (var c = b + 1; c < 8; c++) Add([a, b, c]);
            }

        void Add(int[] set)
        {
            var count = baskets.Count(basket => set.All(basket.Contains));
            if (count >= least) plain.Add($"{string.Join(' ', set)}: {count}");
        }

        Assert.Equal(plain.Order(), mined.Sets.Select(s => $"{string.Join(' ', s.Items)}: {s.Count}").Order());
    }, iter: 300);

    [Fact]
    public void Rules_count_their_baskets_right() => Gen.Select(Baskets, Gen.Int[1, 12]).Sample((baskets, least) =>
    {
        foreach (var rule in BasketMining.Mine(baskets, 8, least).Rules)
        {
            Assert.Equal(baskets.Count(b => rule.If.All(b.Contains)), rule.WithIf);
            Assert.Equal(baskets.Count(b => b.Contains(rule.Then)), rule.WithThen);
            Assert.Equal(baskets.Count(b => rule.If.All(b.Contains) && b.Contains(rule.Then)), rule.Both);
            Assert.Equal(rule.Confidence / ((double)rule.WithThen / rule.Baskets), rule.Lift, 1e-12);
        }
    }, iter: 300);

    [Theory]
    // Fisher's tea: 3 of 4 right, 17/70; all right, 1/70 (Fisher 1935).
    [InlineData(3, 4, 4, 8, 17.0 / 70)]
    [InlineData(4, 4, 4, 8, 1.0 / 70)]
    [InlineData(0, 4, 4, 8, 1)]
    public void Fisher_drinks_his_tea(int both, int first, int second, int all, double p) => Assert.Equal(p, FisherExact.Greater(both, first, second, all), 1e-12);

    // The fifteen p-values of Benjamini and Hochberg 1995, section 3.2: four are rejected at 0.05.
    [Fact]
    public void Four_of_the_fifteen_published_p_values_stand()
    {
        double[] p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000];
        Assert.Equal(4, FisherExact.Adjusted(p, 15).Count(a => a <= 0.05));
        Assert.Equal(4, FisherExact.Adjusted(p[..8], 15).Count(a => a <= 0.05));
    }
}
