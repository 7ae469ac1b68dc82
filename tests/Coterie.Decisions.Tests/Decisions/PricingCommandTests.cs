using System.Globalization;
using System.Text;
using Coterie.Decisions.Pricing;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class PricingCommandTests : Running
{
    // A shop of the simulation as a file: elasticities near -2.5.
    string Shop(bool moving = true, bool priced = true)
    {
        var truth = new PriceShop { Seed = 11, Groups = 2, ProductsPerGroup = 12, Segments = 1, Weeks = 30, Units = 5, Elasticity = -2.5, GroupScatter = 0, SegmentScatter = 0, Offers = moving ? 0.2 : 0, Changes = moving ? 0.5 : 0 }.Make();
        var lines = truth.Lines;
        var text = new StringBuilder("order_id,customer_id,order_date,product_id,category,quantity" + (priced ? ",unit_price" : "") + "\n");
        for (var i = 0; i < lines.Count; i++)
        {
            var time = new DateTime(2024, 8, 1).AddSeconds(-lines.Ago[i]);
            var product = lines.Products[lines.Product[i]];
            text.Append(CultureInfo.InvariantCulture, $"{i},c{i % 300},{time:yyyy-MM-dd HH:mm:ss},{product.Id},{product.Category},1");
            if (priced) text.Append(CultureInfo.InvariantCulture, $",{lines.Price[i]:0.00}");
            text.Append('\n');
        }

        return Write("shop.csv", text.ToString());
    }

    [Fact]
    public async Task A_shop_whose_prices_move_is_answered_with_proposals_and_files()
    {
        var ran = await Coterie("pricing", Shop(), "--margin", "0.6", "--out", At("out"));
        Assert.Equal(0, ran.Code);
        Assert.Contains("In 2 of 2 groups a higher price clearly sells less", ran.Output, StringComparison.Ordinal);
        Assert.Contains("not set at random", ran.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(At("out/pricing.json")));
        Assert.Equal(3, File.ReadAllLines(At("out/pricing.csv")).Length);
        Assert.Contains(File.ReadAllLines(At("out/price_proposals.csv")), l => l.Contains(",lower,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_prices_never_move_the_answer_is_refused()
    {
        var ran = await Coterie("pricing", Shop(moving: false), "--lang", "zh");
        Assert.Equal(0, ran.Code);
        Assert.Contains("价格", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("建议尝试", ran.Output, StringComparison.Ordinal);
        Assert.Contains("没有", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_prices_it_says_so()
    {
        var ran = await Coterie("pricing", Shop(priced: false));
        Assert.Equal(0, ran.Code);
        Assert.Contains("no unit prices", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_are_listed()
    {
        var ran = await Coterie("pricing", Write("a.csv", Orders(10)), "--margin", "2", "--cost", "x.csv", "--top", "0");
        Assert.Equal(2, ran.Code);
        Assert.Contains("--margin is 2", ran.Error, StringComparison.Ordinal);
        Assert.Contains("give one of the two", ran.Error, StringComparison.Ordinal);
        Assert.Contains("--top is 0", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("product,price\np1,2\n", "expected the columns product_id and cost")]
    [InlineData("product_id,cost\np1,cheap\n", "line 2")]
    [InlineData("product_id,cost\np1,-1\n", "line 2")]
    [InlineData("product_id,cost\np1,1\np1,2\n", "a second time")]
    [InlineData("product_id,cost\n", "names no product")]
    public async Task A_file_of_costs_that_cannot_be_used_is_refused_by_line(string text, string says)
    {
        var ran = await Coterie("pricing", Write("a.csv", Orders(10)), "--cost", Write("costs.csv", text));
        Assert.Equal(3, ran.Code);
        Assert.Contains(says, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Online_retail_has_elasticities_below_zero_and_quantity_discounts()
    {
        using var source = DecisionSource.Open(new DecisionSourceOptions { Files = [Shared.Data("online_retail/online_retail.csv.gz")] }, stop: TestContext.Current.CancellationToken);
        var result = (PricingResult)PriceDecision.Decide(source.Input, new PricingOptions { Draws = 1_000 }).Result;
        Assert.True(result.Answered);
        Assert.True(result.Panel!.QuantityDiscounts);
        var known = result.Elasticities.Where(e => e.Answered).ToArray();
        Assert.NotEmpty(known);
        Assert.All(known, e => Assert.True(e.Shrunk!.Value < 0, $"{e.Group}: {e.Shrunk}"));
        Assert.All(result.Elasticities.Where(e => !e.Answered), e => Assert.NotNull(e.Reason));
        Assert.Empty(result.Proposals);
    }
}
