using Coterie.Collect;
using Coterie.Warehouse;

namespace Coterie.Tests.Collect;

/// <summary>Published layouts, in samples written by hand.</summary>
public class LayoutTests
{
    [Fact]
    public void OnlineRetailI_InItsOriginalTimes()
    {
        using var c = Collected.Of("""
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom
            536366,22633,HAND WARMER UNION JACK,6,12/13/2010 8:28,1.85,17850,United Kingdom
            C536379,D,Discount,-1,12/13/2010 9:41,27.5,14527,United Kingdom
            A563185,B,Adjust bad debt,1,12/14/2010 14:50,-11062.06,,United Kingdom
            """);
        Assert.Equal("online_retail", c.Relation.Layout);
        Assert.Equal(["2010-12-01 08:26:00", "2010-12-13 08:28:00", "2010-12-13 09:41:00", "2010-12-14 14:50:00"], c.Column("time"));
        Assert.Equal(["purchase", "purchase", "refund", "purchase"], c.Column("kind"));
        Assert.Equal(["false", "false", "true", "false"], c.Column("cancelled"));
        Assert.Equal(["6.0", "6.0", "-1.0", "1.0"], c.Column("signed_quantity"));
        Assert.Equal(["2.55", "1.85", "27.5", "11062.06"], c.Column("price"));
        Assert.Equal("-11062.06", c.Column("signed_price")[3]);
        Assert.Null(c.Column("customer_id")[3]);
    }

    [Fact]
    public void OnlineRetailII_HasOtherNames()
    {
        using var c = Collected.Of("""
            Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country
            489434,85048,15CM CHRISTMAS GLASS BALL 20 LIGHTS,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom
            C489449,22087,PAPER BUNTING WHITE LACE,-12,2009-12-01 10:33:00,2.95,16321.0,Australia
            """);
        Assert.Equal("online_retail", c.Relation.Layout);
        Assert.Equal(["13085", "16321"], c.Column("customer_id"));
        Assert.Equal(["purchase", "refund"], c.Column("kind"));
        Assert.Equal(["United Kingdom", "Australia"], c.Column("country"));
        Assert.DoesNotContain("properties", c.Relation.Present);
    }

    [Theory]
    [InlineData(" 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\r\n 00018 0002 19970104  1   14.96\r\n", 0)]
    [InlineData(" customer_id  date number_of_cds  dollar_value\n 00004 19970101  2   29.33\n 00004 19970118  2   29.73\n 00018 19970104  1   14.96\n", 1)]
    public void Cdnow_WithAndWithoutHeader_DollarsAreTheTotal(string text, int headerLines)
    {
        using var c = Collected.Of(text, name: "CDNOW.txt");
        Assert.Equal("cdnow", c.Relation.Layout);
        Assert.Equal(headerLines, c.Relation.Files[0].HeaderLines);
        Assert.Equal(["00004", "00004", "00018"], c.Column("customer_id"));
        Assert.Equal(["14.665", "14.865", "14.96"], c.Column("price"));
        Assert.Equal(["2.0", "2.0", "1.0"], c.Column("quantity"));
        Assert.Equal("1997-01-18 00:00:00", c.Column("time")[1]);
        Assert.False(c.Relation.HasTimeOfDay);
    }

    [Fact]
    public void RetailRocket_HasMillisecondsAndTransactions()
    {
        using var c = Collected.Of("""
            timestamp,visitorid,event,itemid,transactionid
            1433221332117,257597,view,355908,
            1433224214164,992329,addtocart,248676,
            1433222276276,599528,transaction,356475,4000
            """);
        Assert.Equal("retailrocket", c.Relation.Layout);
        Assert.Equal(["view", "add_to_cart", "purchase"], c.Column("kind"));
        Assert.Equal("2015-06-02 05:02:12.117", c.Column("time")[0]);
        Assert.Equal([null, null, "4000"], c.Column("order_id"));
        Assert.Equal("257597", c.Column("customer_id")[0]);
    }

    [Fact]
    public void Rees46_CategoriesBecomePaths()
    {
        using var c = Collected.Of("""
            event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
            2019-11-01 00:00:00 UTC,view,1003461,2053013555631882655,electronics.smartphone,xiaomi,489.07,520088904,4d3b30da-a5e4-49df-b1a8-ba5943f1dd33
            2019-11-01 00:00:01 UTC,cart,5000088,2053013566100866035,,janome,293.65,530496790,8e5f4f83-366c-4f70-860e-ca7417414283
            2019-11-01 00:00:02 UTC,remove_from_cart,17302664,2053013553853497655,,creed,28.31,561587266,755422e7-9040-477b-9bd2-6a6e8fd97387
            2019-11-01 00:00:03 UTC,purchase,3601530,2053013563810775923,appliances.kitchen.washer,lg,712.87,518085591,3bfb58cd-7892-48cc-8020-2f17e6de6e7f
            """);
        Assert.Equal("rees46", c.Relation.Layout);
        Assert.Equal(["view", "add_to_cart", "remove_from_cart", "purchase"], c.Column("kind"));
        Assert.Equal(["electronics/smartphone", null, null, "appliances/kitchen/washer"], c.Column("category"));
        Assert.Equal("2019-11-01 00:00:03", c.Column("time")[3]);
        Assert.Equal("{\"category_id\":\"2053013555631882655\"}", c.Column("properties")[0]);
    }

    const string Segment = """
        {"type":"identify","messageId":"m1","anonymousId":"a1","userId":"u1","traits":{"email":"x@example.org","country":"FR"},"timestamp":"2024-03-01T10:00:00.000Z"}
        {"type":"track","messageId":"m2","anonymousId":"a1","event":"Product Viewed","properties":{"product_id":"p1","name":"Lamp","price":19.5,"category":"Home"},"timestamp":"2024-03-01T10:01:00.000Z","context":{"device":{"type":"mobile"},"campaign":{"source":"newsletter"}}}
        {"type":"track","messageId":"m3","userId":"u1","event":"Product Added","properties":{"product_id":"p1","price":19.5,"quantity":2},"timestamp":"2024-03-01T12:02:00+02:00"}
        {"type":"track","messageId":"m4","userId":"u1","event":"Checkout Started","properties":{"order_id":"o1","products":[{"product_id":"p1"},{"product_id":"p2"}]},"timestamp":"2024-03-01T10:03:00Z"}
        {"type":"track","messageId":"m5","userId":"u1","event":"Order Completed","properties":{"order_id":"o1","revenue":49.0,"total":60.0,"currency":"EUR","products":[{"product_id":"p1","price":19.5,"quantity":2,"category":"Home","coupon":"X"},{"sku":"s2","name":"Bulb","price":10}]},"timestamp":"2024-03-01T10:04:00Z"}
        {"type":"track","messageId":"m6","userId":"u1","event":"Order Refunded","properties":{"order_id":"o1","total":19.5},"timestamp":"2024-03-05T10:04:00Z"}
        {"type":"track","messageId":"m7","userId":"u1","event":"Products Searched","properties":{"query":"blue lamp"},"timestamp":"2024-03-06T10:04:00Z"}
        {"type":"track","messageId":"m8","userId":"u1","event":"Product Added to Wishlist","properties":{"product_id":"p9"},"timestamp":"2024-03-06T10:05:00Z"}
        {"type":"track","messageId":"m9","userId":"u1","event":"Product Reviewed","properties":{"product_id":"p1","rating":"4","review_body":"Nice"},"timestamp":"2024-03-07T10:05:00Z"}
        {"type":"track","messageId":"m10","userId":"u1","event":"Coupon Applied","properties":{"coupon_id":"c"},"timestamp":"2024-03-07T10:06:00Z"}
        {"type":"page","messageId":"m11","anonymousId":"a2","name":"Home","properties":{"title":"Start"},"originalTimestamp":"2024-03-07T10:06:00Z"}
        {"type":"alias","messageId":"m12","previousId":"a2","userId":"u1","timestamp":"2024-03-07T10:07:00Z"}
        {this is broken
        {"type":"track","messageId":"m13","userId":"u1","event":"Order Completed","properties":{"order_id":"o2","revenue":30,"products":[{"product_id":"p1"},{"product_id":"p2","quantity":2}]},"timestamp":"2024-03-09T10:00:00Z"}
        {"type":"track","messageId":"m14","userId":"u1","event":"Order Completed","properties":{"order_id":"o3","total":"12.5"},"timestamp":"2024-03-09T11:00:00Z"}
        """;

    [Fact]
    public void Segment_OrdersBecomeOneRowForEachProduct()
    {
        using var c = Collected.Of(Segment, name: "events.jsonl");
        Assert.Equal("segment_spec", c.Relation.Layout);
        Assert.Equal(
            ["identify", "view", "add_to_cart", "checkout", "purchase", "purchase", "refund", "search", "wishlist", "review", "coupon_applied", "view", "alias", null, "purchase", "purchase", "purchase"],
            c.Column("kind"));
        Assert.Equal(["m5", "m5/2"], c.Column("message_id")[4..6]);
        Assert.Equal(["p1", "s2"], c.Column("product_id")[4..6]);
        Assert.Equal(["19.5", "10.0"], c.Column("price")[4..6]);
        Assert.Equal(["2.0", "1.0"], c.Column("quantity")[4..6]);
        Assert.Equal(["o1", "o1"], c.Column("order_id")[4..6]);
        // Without prices each line gets an equal part of the revenue.
        Assert.Equal(["15.0", "7.5", "12.5"], c.Column("price")[14..17]);
        Assert.Equal("12.5", c.Column("signed_price")[16]);
        Assert.Equal("19.5", c.Column("price")[6]);
        Assert.Equal("true", c.Column("cancelled")[6]);
        Assert.Equal("2024-03-01 10:02:00", c.Column("time")[2]);
        Assert.Equal("2024-03-07 10:06:00", c.Column("time")[11]);
        Assert.Equal(["a1", "u1"], [c.Column("anonymous_id")[0], c.Column("customer_id")[0]]);
        Assert.Equal("a2", c.Column("previous_id")[12]);
        Assert.Equal("blue lamp", c.Column("text")[7]);
        Assert.Equal("4.0", c.Column("rating")[9]);
        Assert.Equal("mobile", c.Column("device")[1]);
        Assert.Equal("newsletter", c.Column("channel")[1]);
        Assert.Equal("json", c.Column("unreadable")[13]);
        Assert.Equal("{this is broken", c.One<string>("SELECT raw ->> 'line' FROM raw_0 WHERE unreadable = 'json'"));
        Assert.Contains("\"coupon\":\"X\"", c.Column("properties")[4]);
        Assert.Contains("\"p2\"", c.Column("properties")[3]);
        Assert.Equal(1, c.Column("unreadable").Count(u => u is not null));
    }

    [Fact]
    public void Shopify_OrderFieldsAreFilledDown()
    {
        using var c = Collected.Of("""
            Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Shipping Country,Cancelled at,Refunded Amount,Vendor,Source
            #1001,ann@example.org,paid,2023-05-01 10:11:20 +0200,fulfilled,2023-05-02 09:00:00 +0200,EUR,70.00,5.00,0.00,75.00,,0.00,2023-05-01 10:11:12 +0200,2,"Shirt, blue",20.00,25.00,SH-1,DE,,0.00,Acme,web
            #1001,ann@example.org,,,,,,,,,,,,,1,Hat,30.00,,,,,,Acme,
            #1002,bob@example.org,refunded,2023-11-03 10:11:20 +0100,,,EUR,30.00,0.00,0.00,30.00,,0.00,2023-11-03 10:11:12 +0100,1,Hat,30.00,,HT-1,FR,,30.00,Acme,pos
            #1003,,voided,,,,EUR,30.00,0.00,0.00,30.00,,0.00,2023-11-04 10:11:12 +0100,1,Hat,30.00,,HT-1,FR,2023-11-04 12:11:12 +0100,0.00,Acme,pos
            """);
        Assert.Equal("shopify", c.Relation.Layout);
        Assert.Equal(["2023-05-01 08:11:12", "2023-05-01 08:11:12", "2023-11-03 09:11:12", "2023-11-04 09:11:12"], c.Column("time"));
        Assert.Equal(["EUR", "EUR", "EUR", "EUR"], c.Column("currency"));
        Assert.Equal(["DE", "DE", "FR", "FR"], c.Column("country"));
        Assert.Equal(["SH-1", "Hat", "HT-1", "HT-1"], c.Column("product_id"));
        Assert.Equal(["purchase", "purchase", "refund", "refund"], c.Column("kind"));
        Assert.Equal(["25.0", null, null, null], c.Column("list_price"));
        Assert.Equal(["web", "web", "pos", "pos"], c.Column("channel"));
        Assert.Null(c.Column("customer_id")[3]);
        Assert.Equal(["20.0", "30.0", "30.0", "30.0"], c.Column("price"));
    }

    static Collected Olist()
    {
        var c = new Collected();
        c.Write("olist/olist_orders_dataset.csv", """
            "order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at","order_delivered_carrier_date","order_delivered_customer_date","order_estimated_delivery_date"
            "o1","c1","delivered","2017-10-02 10:56:33","2017-10-02 11:07:15","2017-10-04 19:55:00","2017-10-10 21:25:13","2017-10-18 00:00:00"
            "o2","c2","canceled","2018-07-24 20:41:37","2018-07-26 03:24:27","2018-07-26 14:31:00",,"2018-08-13 00:00:00"
            """);
        c.Write("olist/olist_order_items_dataset.csv", """
            "order_id","order_item_id","product_id","seller_id","shipping_limit_date","price","freight_value"
            "o1","1","p1","s1","2017-10-06 11:07:15","29.99","8.72"
            "o1","2","p2","s1","2017-10-06 11:07:15","10.00","8.72"
            "o2","1","p1","s2","2018-07-30 03:24:27","118.70","22.76"
            """);
        c.Write("olist/olist_customers_dataset.csv", "\"customer_id\",\"customer_unique_id\",\"customer_zip_code_prefix\",\"customer_city\",\"customer_state\"\n\"c1\",\"person\",\"14409\",\"franca\",\"SP\"\n\"c2\",\"person\",\"14409\",\"franca\",\"SP\"\n");
        c.Write("olist/olist_products_dataset.csv", "\"product_id\",\"product_category_name\",\"product_name_lenght\"\n\"p1\",\"perfumaria\",\"40\"\n\"p2\",\"pc_gamer\",\"44\"\n");
        c.Write("olist/product_category_name_translation.csv", "\uFEFFproduct_category_name,product_category_name_english\nperfumaria,perfumery\n");
        c.Write("olist/olist_order_reviews_dataset.csv", "\"review_id\",\"order_id\",\"review_score\",\"review_comment_title\",\"review_comment_message\",\"review_creation_date\",\"review_answer_timestamp\"\n\"r1\",\"o1\",\"4\",\"\",\"Muito\nbom\",\"2017-10-11 00:00:00\",\"2017-10-12 03:43:48\"\n");
        c.Write("olist/olist_order_payments_dataset.csv", "\"order_id\",\"payment_sequential\",\"payment_type\",\"payment_installments\",\"payment_value\"\n\"o1\",\"1\",\"credit_card\",\"8\",\"57.43\"\n");
        c.Write("olist/olist_sellers_dataset.csv", "\"seller_id\",\"seller_zip_code_prefix\",\"seller_city\",\"seller_state\"\n\"s1\",\"13023\",\"campinas\",\"SP\"\n");
        c.Write("olist/olist_geolocation_dataset.csv", "\"geolocation_zip_code_prefix\",\"geolocation_lat\",\"geolocation_lng\",\"geolocation_city\",\"geolocation_state\"\n\"01037\",-23.54,-46.63,\"sao paulo\",\"SP\"\n");
        return c;
    }

    [Fact]
    public void Olist_NineTablesAreJoined()
    {
        using var c = Olist();
        c.Open(Path.Combine(c.Folder, "olist"));
        Assert.Equal(2, c.Relations.Count);
        Assert.All(c.Relations, r => Assert.Equal("olist", r.Layout));
        Assert.Equal(["person", "person", "person"], c.Column("customer_id"));
        Assert.Equal(["perfumery", "pc_gamer", "perfumery"], c.Column("category"));
        Assert.Equal(["purchase", "purchase", "refund"], c.Column("kind"));
        Assert.Equal(["o1/1", "o1/2", "o2/1"], c.Column("message_id"));
        Assert.Equal(["29.99", "10.0", "118.7"], c.Column("price"));
        Assert.Equal("2017-10-02 10:56:33", c.Column("time")[0]);
        Assert.Equal("BRL", c.Column("currency")[0]);
        Assert.Equal(["review"], c.Column("kind", 1));
        Assert.Equal(["4.0"], c.Column("rating", 1));
        Assert.Equal(["Muito\nbom"], c.Column("text", 1));
        Assert.Equal(["1"], c.Column("newlines", 1));
        Assert.Equal(["person"], c.Column("customer_id", 1));
    }

    [Fact]
    public void Olist_WithoutItsCustomers_IsRefused()
    {
        using var c = Olist();
        File.Delete(Path.Combine(c.Folder, "olist", "olist_customers_dataset.csv"));
        var e = Assert.Throws<InputException>(() => c.Open(Path.Combine(c.Folder, "olist")));
        Assert.Contains("olist_customers_dataset.csv", e.Message);
    }

    [Fact]
    public void ARelation_HasTheColumnsOfTheContract_InOrder()
    {
        using var c = Collected.Of(Segment, name: "events.jsonl");
        var columns = c.Warehouse.Rows(new Step("describe", "DESCRIBE raw_0"), r => $"{r.GetString(0)} {r.GetString(1)}");
        Assert.Equal(["file_no SMALLINT", .. RawColumns.All.Select(x => $"{x.Name} {x.Type}"), "raw VARCHAR"], columns);
        using var d = Collected.Of("customer_id,date,\"od\"\"d\"\na,2024-01-01,5\nb,2024-01-02,6\n");
        Assert.Equal("{\"customer_id\":\"a\",\"date\":\"2024-01-01\",\"od\\\"d\":\"5\"}", d.One<string>("SELECT CAST(to_json(raw) AS VARCHAR) FROM raw_0 LIMIT 1"));
    }
}
