using System.Globalization;
using System.Text;
using Coterie.Decisions;
using Coterie.Decisions.Positioning;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class PositioningTests : Running
{
    static readonly string[] Categories = ["garden", "kitchen", "toys", "books"];

    // Two hundred customers; customer c has a favourite category c % 4, taken with the given chance; bread and butter go together.
    string Shop(double loyalty, int lines = 3)
    {
        var rng = new Seed(4).Stream(1);
        var text = new StringBuilder("order_id,customer_id,order_date,product_id,category,brand,quantity,unit_price\n");
        for (var c = 0; c < 200; c++)
        {
            for (var o = 0; o < 6; o++)
            {
                var day = new DateTime(2024, 1, 1).AddDays(60 * o + rng.NextInt(50)).AddMinutes(rng.NextInt(900));
                for (var l = 0; l < lines; l++)
                {
                    var category = rng.NextDouble() < loyalty ? c % 4 : rng.NextInt(4);
                    var product = rng.NextInt(6);
                    Line(category, product);
                    if (product == 0 && lines > 1 && rng.NextDouble() < 0.7) Line(category, 5);
                }

                void Line(int category, int product) => text.Append(CultureInfo.InvariantCulture,
                    $"{c * 100 + o},C{c:000},{day:yyyy-MM-dd HH:mm:ss},{Categories[category]}-{product},{Categories[category]},brand{product % 3},1,{5 + product + category}.50\n");
            }
        }

        return Write("shop.csv", text.ToString());
    }

    PositioningResult Place(string file, Func<int, int> segmentOf, PositioningOptions? options = null, int threads = 2)
    {
        using var source = DecisionSource.Open(new DecisionSourceOptions { Files = [file] });
        var segments = Enumerable.Range(0, 4).Select(s => new SegmentRef($"S{s + 1}", new Bilingual($"number {s}", $"第 {s}"))).ToArray();
        var of = Enumerable.Range(0, 200).ToDictionary(c => $"C{c:000}", c => segmentOf(c), StringComparer.Ordinal);
        return (PositioningResult)PositionDecision.Decide(source.Input with { Segments = new Membership(segments, of, source.Input.AsOf), Threads = threads }, options ?? new() { Resamples = 199 }).Result;
    }

    [Fact]
    public void Segments_that_like_a_category_stand_beside_it()
    {
        var result = Place(Shop(0.6), c => c % 4);
        var map = result.Map!;
        Assert.True(map.PValue < 0.01);
        foreach (var s in Enumerable.Range(0, 4))
        {
            var segment = map.Points.Single(p => p.Id == $"S{s + 1}");
            var nearest = map.Points.Where(p => p.Kind == "group").MaxBy(p => (p.X.Value * segment.X.Value + p.Y.Value * segment.Y.Value) / Math.Sqrt(p.X.Value * p.X.Value + p.Y.Value * p.Y.Value));
            var wallet = result.Wallet.Where(w => w.Segment == segment.Id).MaxBy(w => w.Share.Value)!;
            Assert.Equal(Categories[s], wallet.Group);
            // Two of three axes are shown: the direction is right where the map shows the segment well.
            if (segment.Quality > 0.8) Assert.Equal(Categories[s], nearest!.Id);
            Assert.InRange(segment.X.Value, segment.X.Low - 0.1, segment.X.High + 0.1);
        }

        Assert.Equal(1, result.Wallet.Where(w => w.Segment == "S1").Sum(w => w.Share.Value), 1e-9);
        var switching = result.Switching!;
        Assert.True(switching.Stays.Low > switching.StaysByChance);
        Assert.True(switching.LaterGain!.Low > 0);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(switching.Residuals[i][i] > 2));
    }

    [Fact]
    public void Segments_drawn_by_lot_are_not_told_apart()
    {
        var rng = new Seed(5).Stream(1);
        var lots = Enumerable.Range(0, 200).Select(_ => rng.NextInt(4)).ToArray();
        var file = Shop(0.6);
        Assert.True(Place(file, c => lots[c]).Map!.PValue > 0.05);
        // Lines of one customer go together: the classical test would see a difference where there is none more often than it says.
        Assert.True(Place(file, c => c % 4).Map!.ChanceInertia > 0);
    }

    [Fact]
    public void Orders_without_memory_have_no_residuals_to_speak_of()
    {
        var switching = Place(Shop(0), c => c % 4).Switching!;
        Assert.InRange(switching.StaysByChance, switching.Stays.Low - 0.02, switching.Stays.High + 0.02);
        Assert.True(switching.LaterGain!.Low <= 0);
        Assert.True(switching.Residuals.SelectMany(r => r).Count(r => Math.Abs(r) > 3) <= 1);
    }

    [Fact]
    public void The_planted_pair_is_the_rule_and_lasts()
    {
        var result = Place(Shop(0.6), _ => 0);
        Assert.NotEmpty(result.Rules);
        Assert.All(result.Rules, r => Assert.True(r.Lift.Low > 1 && r.Adjusted <= 0.05));
        Assert.Contains(result.Rules, r => r.If is ["garden-0"] && r.Then == "garden-5");
        Assert.True(result.RulesThatLast > 0.7);
        Assert.Equal("one_segment", result.NoMap);
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var file = Shop(0.4);
        string Of(int threads) => System.Text.Json.JsonSerializer.Serialize(Place(file, c => c % 4, threads: threads));
        Assert.Equal(Of(1), Of(4));
    }

    [Fact]
    public async Task Without_a_run_there_is_no_map_and_the_rest_stands()
    {
        var ran = await Coterie("positioning", Shop(0.5), "--by", "brand", "--out", At("out"));
        Assert.Equal(0, ran.Code);
        Assert.Contains("no map without segments", ran.Output, StringComparison.Ordinal);
        Assert.Contains("What goes into one basket", ran.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "positioning.json", "positioning.csv", "wallet.csv", "switching.csv", "baskets.csv" }) Assert.True(File.Exists(At("out/" + name)), name);
        Assert.Equal(10, File.ReadAllLines(At("out/switching.csv")).Length);
    }

    [Fact]
    public async Task Baskets_of_one_line_and_one_category_are_said_to_carry_nothing()
    {
        var text = string.Join('\n', Enumerable.Range(0, 100).Select(i => $"{i},C{i % 40},2024-0{1 + i % 9}-11 10:{i % 60:00}:00,p{i % 3},all,5.5"));
        var ran = await Coterie("positioning", Write("one.csv", "order_id,customer_id,order_date,product_id,category,unit_price\n" + text + "\n"), "--by", "category");
        Assert.Equal(0, ran.Code);
        Assert.Contains("Every basket holds one product", ran.Output, StringComparison.Ordinal);
        Assert.Contains("One group of products only", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grouping_that_the_log_lacks_is_a_wrong_option()
    {
        var ran = await Coterie("positioning", Write("a.csv", Orders(20)), "--by", "brand");
        Assert.Equal(2, ran.Code);
        Assert.Contains("--by brand", ran.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Coterie("positioning", Write("b.csv", Orders(20)), "--by", "colour")).Code);
    }

    [Fact]
    public void Online_retail_is_grouped_by_title_words_that_one_can_read()
    {
        using var source = DecisionSource.Open(new DecisionSourceOptions { Files = [Shared.Data("online_retail/online_retail.csv.gz")] }, stop: TestContext.Current.CancellationToken);
        var groups = ProductGroups.Of(PurchaseLines.Read(source.Input), null);
        Assert.Equal(ProductGrouping.Word, groups.Grouping);
        Assert.Contains("bag", groups.Names);
        Assert.Contains("christmas", groups.Names);
    }
}
