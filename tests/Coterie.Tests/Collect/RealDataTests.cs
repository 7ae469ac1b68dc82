using Coterie.Tests.Support;

namespace Coterie.Tests.Collect;

/// <summary>Totals of the real sets, counted independently (README of the data folder).</summary>
public class RealDataTests
{
    [Fact]
    public void OnlineRetail_HasItsPublishedTotals()
    {
        using var c = new Collected().Open(Shared.Data("online_retail/online_retail.csv.gz"));
        Assert.Equal("online_retail", c.Relation.Layout);
        Assert.Equal(541_909, c.One<long>("SELECT count(*) FROM raw_0"));
        Assert.Equal(135_080, c.One<long>("SELECT count(*) FROM raw_0 WHERE customer_id IS NULL"));
        Assert.Equal(4_372, c.One<long>("SELECT count(DISTINCT customer_id) FROM raw_0"));
        Assert.Equal(9_288, c.One<long>("SELECT count(*) FROM raw_0 WHERE cancelled"));
        Assert.Equal(25_900, c.One<long>("SELECT count(DISTINCT order_id) FROM raw_0"));
        Assert.Equal(9_747_747.93, Math.Round(c.One<double>("SELECT sum(signed_price * signed_quantity) FROM raw_0"), 2));
        Assert.Equal(3, c.One<long>("SELECT count(*) FROM raw_0 WHERE order_id LIKE 'A%'"));
        Assert.Equal(2, c.One<long>("SELECT count(*) FROM raw_0 WHERE signed_price < 0 AND kind = 'purchase'"));
        Assert.Equal(0, c.One<long>("SELECT count(*) FROM raw_0 WHERE customer_id LIKE '%.%' OR unreadable IS NOT NULL"));
        Assert.Equal(0, c.One<long>("SELECT count(*) FROM raw_0 WHERE properties IS NOT NULL"));
        Assert.True(c.Relation.HasTimeOfDay);
        Assert.Empty(c.Malformed());
    }

    [Fact]
    public void CdnowMaster_HasItsPublishedTotals()
    {
        using var c = new Collected().Open(Shared.Data("cdnow/CDNOW_master.txt.gz"));
        Assert.Equal("cdnow", c.Relation.Layout);
        Assert.Equal(69_659, c.One<long>("SELECT count(*) FROM raw_0"));
        Assert.Equal(23_570, c.One<long>("SELECT count(DISTINCT customer_id) FROM raw_0"));
        Assert.Equal(80, c.One<long>("SELECT count(*) FROM raw_0 WHERE price = 0"));
        Assert.False(c.Relation.HasTimeOfDay);
        Assert.Equal("1997-01-01 00:00:00", c.Column("time")[0]);
        Assert.Equal(1, c.Relation.Files[0].HeaderLines);
    }

    [Fact]
    public void CdnowSample_NeedsNoHeader()
    {
        using var c = new Collected().Open(Shared.Data("cdnow/CDNOW_sample.txt"));
        Assert.Equal("cdnow", c.Relation.Layout);
        Assert.Equal(6_919, c.One<long>("SELECT count(*) FROM raw_0"));
        Assert.Equal(2_357, c.One<long>("SELECT count(DISTINCT customer_id) FROM raw_0"));
        Assert.Equal(29.33, c.One<double>("SELECT price * quantity FROM raw_0 LIMIT 1"), 6);
        Assert.Equal(0, c.Relation.Files[0].HeaderLines);
    }

    [Fact]
    public void Rees46Sample_KeepsItsCutLastLineApart()
    {
        using var c = new Collected().Open(Shared.Data("rees46/2019-Oct-sample.csv.gz"));
        Assert.Equal("rees46", c.Relation.Layout);
        Assert.Equal(17_434, c.One<long>("SELECT count(*) FROM raw_0"));
        var last = Assert.Single(c.Malformed());
        Assert.Equal("0:17436:2019-10-01 02:50:00 UTC,view,10900305,2053013555069845885,appliances.kitchen.mixer,elenberg,25.71,52040330", last);
        Assert.Equal(165, c.One<long>("SELECT count(*) FROM raw_0 WHERE kind = 'add_to_cart'"));
        Assert.Equal(214, c.One<long>("SELECT count(*) FROM raw_0 WHERE kind = 'purchase'"));
        Assert.Equal("appliances/environment/water_heater", c.Column("category")[1]);
        Assert.Contains("category_id", c.Column("properties")[0]);
    }

    [Fact]
    public void RetailTransactions_AreUnderstoodAsOrders()
    {
        using var c = new Collected().Open(Shared.Data("retail_transactions/Retail_Data_Transactions.csv.gz"));
        Assert.Equal("generic", c.Relation.Layout);
        Assert.Equal(125_000, c.One<long>("SELECT count(*) FROM raw_0 WHERE time IS NOT NULL AND price IS NOT NULL"));
        Assert.Equal(6_889, c.One<long>("SELECT count(DISTINCT customer_id) FROM raw_0"));
        Assert.Equal("2013-02-11 00:00:00", c.Column("time")[0]);
    }

    [Fact]
    public void MovieLens_IsMadeOfReviews()
    {
        using var c = new Collected().Open(Shared.Data("movielens_small/ml_ratings.csv.gz"));
        Assert.Equal(100_836, c.One<long>("SELECT count(*) FROM raw_0 WHERE kind = 'review' AND rating BETWEEN 0.5 AND 5"));
        Assert.Equal("userId", c.Source("customer_id"));
        Assert.Equal("movieId", c.Source("product_id"));
    }

    [Fact]
    public void MovieLens100K_WithoutHeader_IsUnderstoodFromContent()
    {
        using var c = new Collected().Open(Shared.Data("movielens_100k/u.data.gz"));
        Assert.Equal("column_1", c.Source("customer_id"));
        Assert.Equal("column_2", c.Source("product_id"));
        Assert.Equal("column_3", c.Source("rating"));
        Assert.Equal("column_4", c.Source("time"));
        Assert.Equal(100_005, c.One<long>("SELECT count(*) FROM raw_0 WHERE kind = 'review'"));
    }
}
