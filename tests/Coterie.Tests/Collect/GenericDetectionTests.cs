namespace Coterie.Tests.Collect;

public class GenericDetectionTests
{
    // Header names for: order, customer, time, product, category, quantity, unit price, country.
    public static TheoryData<string> Headers() =>
    [
        "order_id,customer_id,order_date,product_id,category,quantity,unit_price,country",
        "OrderNo,CustID,OrderDate,SKU,Product Category,Qty,Price,Country",
        "transaction_id,user_id,timestamp,item_id,category,units,price,country",
        "订单号,用户ID,下单时间,商品编号,商品类目,数量,单价,国家",
        "订单编号,会员编号,购买时间,商品ID,类别,购买数量,商品单价,国家",
        "Bestellnummer,Kundennummer,Bestelldatum,Artikelnummer,Warengruppe,Menge,Einzelpreis,Land",
        "N° commande,Identifiant client,Date de commande,Référence produit,Catégorie,Quantité,Prix unitaire,Pays",
        "pedido,cliente,fecha,producto,categoría,cantidad,precio,país",
        "id_pedido,id_cliente,data_pedido,id_produto,categoria,quantidade,preço_unitário,país",
        "Numero ordine,Codice cliente,Data ordine,Codice articolo,Categoria,Quantità,Prezzo,Paese",
        "Номер заказа,ID клиента,Дата заказа,Товар,Категория,Количество,Цена,Страна",
        "注文番号,顧客ID,注文日時,商品コード,カテゴリ,数量,単価,国",
        "invoice,client,date,article,department,pcs,item price,market",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public void NamesInNineLanguages_AreUnderstood(string header)
    {
        var names = header.Split(',');
        using var c = Collected.Of(Logs.Csv(Logs.Orders(3, orders: 60), ",", true,
            (names[0], l => l.Order), (names[1], l => l.Customer), (names[2], l => l.Time.ToString("yyyy-MM-dd HH:mm:ss")), (names[3], l => l.Product),
            (names[4], l => l.Category), (names[5], l => l.Quantity.ToString()), (names[6], l => Logs.Plain(l.Price)), (names[7], l => l.Country)));
        string[] targets = ["order_id", "customer_id", "time", "product_id", "category", "quantity", "price", "country"];
        Assert.Equal(targets.Zip(names).Select(p => $"{p.First}={p.Second}"), targets.Select(t => $"{t}={c.Source(t)}"));
        Assert.DoesNotContain("properties", c.Relation.Present);
    }

    [Theory]
    [InlineData("用户ID,商品ID,行为类型,时间,金额", "浏览|加购|购买|收藏")]
    [InlineData("Benutzer,Artikel,Ereignis,Zeitpunkt,Betrag", "ansicht|warenkorb|kauf|merkzettel")]
    [InlineData("utilisateur,produit,action,horodatage,montant", "vue|panier|achat|favori")]
    [InlineData("пользователь,товар,событие,время,сумма", "просмотр|корзина|покупка|избранное")]
    [InlineData("ユーザーID,商品ID,イベント,日時,金額", "閲覧|カート|購入|お気に入り")]
    [InlineData("visitor,sku,activity,happened_at,revenue", "page_view|add to cart|order|favourite")]
    public void KindsInManyLanguages_AreNormalised(string header, string words)
    {
        var names = header.Split(',');
        var kinds = words.Split('|');
        var text = new System.Text.StringBuilder(header).Append('\n');
        for (var i = 0; i < 40; i++) text.Append($"k{i % 7},p{i % 11},{kinds[i % 4]},2024-01-{1 + (i / 4):00} 10:{i:00}:00,{(i % 4 == 2 ? "12.50" : "")}\n");
        using var c = Collected.Of(text.ToString());
        Assert.Equal(["view", "add_to_cart", "purchase", "wishlist"], c.Column("kind").Take(4));
        Assert.Equal(names, new[] { "customer_id", "product_id", "kind", "time", "amount" }.Select(c.Source));
    }

    [Fact]
    public void AFirstRowWithAWordOfAKind_IsNoHeader()
    {
        using var c = Collected.Of("u1,p5,cart,2020-01-01 10:00\nu1,p5,buy,2020-01-01 10:05\nu2,p7,pv,2020-01-01 11:00\nu3,p8,pv,2020-01-02 11:00\n",
            Collected.Map("customer_id=column_1", "product_id=column_2"));
        Assert.Equal(["add_to_cart", "purchase", "view", "view"], c.Column("kind"));
    }

    [Fact]
    public void OrdersWithMeaninglessNames_AreUnderstoodFromContent()
    {
        using var c = Collected.Of(Logs.Csv(Logs.Orders(5), ",", true,
            ("a", l => l.Order), ("b", l => l.Customer), ("c", l => l.Time.ToString("yyyy-MM-dd HH:mm:ss")), ("d", l => l.Product),
            ("e", l => l.Category), ("f", l => l.Quantity.ToString()), ("g", l => Logs.Plain(l.Price)), ("h", l => l.Country)));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h"],
            new[] { "order_id", "customer_id", "time", "product_id", "category", "quantity", "price", "country" }.Select(c.Source));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TaobaoLikeLogs_WithoutHeader_AreUnderstoodFromContent(bool sortedByUser)
    {
        var clicks = Logs.Clicks(8);
        var sorted = sortedByUser ? clicks.OrderBy(x => x.User).ThenBy(x => x.Time) : clicks.OrderBy(x => x.Time);
        using var c = Collected.Of(Logs.Csv(sorted, ",", false,
            ("", x => x.User), ("", x => x.Item), ("", x => x.Category), ("", x => x.Kind), ("", x => Logs.Epoch(x.Time))));
        Assert.Equal(["column_1", "column_2", "column_3", "column_4", "column_5"], new[] { "customer_id", "product_id", "category", "kind", "time" }.Select(c.Source));
        Assert.Equal(["add_to_cart", "purchase", "view", "wishlist"], c.Column("kind").Distinct().Order());
        Assert.Equal(0, c.Relation.Files[0].HeaderLines);
    }

    [Fact]
    public void CustomerTimeAndAmount_AreEnough()
    {
        using var c = Collected.Of(Logs.Csv(Logs.Orders(2), ";", true,
            ("x1", l => l.Customer), ("x2", l => l.Time.ToString("dd.MM.yyyy")), ("x3", l => Logs.Plain(l.Price * l.Quantity).Replace('.', ','))));
        Assert.Equal(["x1", "x2", "x3"], new[] { "customer_id", "time", "amount" }.Select(c.Source));
        Assert.Equal("%d.%m.%Y", c.Relation.Mapping.Single(m => m.Target == "time").Format);
        Assert.Equal(0, c.One<long>("SELECT count(*) FROM raw_0 WHERE unreadable IS NOT NULL OR price IS NULL"));
    }

    [Fact]
    public void OfTwoTimes_TheOrdersIsTaken()
    {
        using var c = Collected.Of(Logs.Csv(Logs.Orders(2), ",", true,
            ("customer", l => l.Customer), ("delivery_date", l => l.Time.AddDays(3).ToString("yyyy-MM-dd")), ("order_date", l => l.Time.ToString("yyyy-MM-dd")), ("total", l => Logs.Plain(l.Price))));
        Assert.Equal("order_date", c.Source("time"));
        using var d = Collected.Of(Logs.Csv(Logs.Orders(2), ",", true,
            ("customer", l => l.Customer), ("t1", l => l.Time.AddDays(3).ToString("yyyy-MM-dd")), ("t2", l => l.Time.ToString("yyyy-MM-dd")), ("total", l => Logs.Plain(l.Price))));
        Assert.Equal("t2", d.Source("time"));
        Assert.Contains(d.Relation.Notes, n => n.Contains("t1"));
    }

    [Fact]
    public void AnAmountWithAQuantity_GivesTheUnitPrice()
    {
        using var c = Collected.Of("customer,date,qty,total\na,2024-01-01,2,10\nb,2024-01-02,0,7\na,2024-01-03,-2,-10\nb,2024-01-04,,3\n");
        Assert.Equal(["5.0", "7.0", "5.0", "3.0"], c.Column("signed_price"));
        Assert.Equal(["purchase", "purchase", "refund", "purchase"], c.Column("kind"));
    }

    [Fact]
    public void DateAndClockInTwoColumns_AreOneTime()
    {
        using var c = Collected.Of("date,time,customer,item,price\n2016-10-30,09:58:11,c1,Bread,2.50\n2016-10-30,10:05:34,c2,Scandinavian,3.00\n2016-10-31,10:07:57,c1,Bread,2.50\n");
        Assert.Equal("2016-10-30 10:05:34", c.Column("time")[1]);
        Assert.True(c.Relation.HasTimeOfDay);
    }

    [Fact]
    public void StatusWords_MakeRefunds()
    {
        using var c = Collected.Of("order_id,customer_id,order_date,status,total\n1,a,2024-01-01,completed,10\n2,b,2024-01-02,cancelled,11\n3,a,2024-01-03,已退款,12\n4,b,2024-01-04,completed,12\n");
        Assert.Equal(["purchase", "refund", "refund", "purchase"], c.Column("kind"));
        Assert.Contains("completed", c.Column("properties")[0]);
    }

    [Fact]
    public void TianchiCodes_AreReadWithANote()
    {
        var text = new System.Text.StringBuilder("user_id,item_id,behavior_type,item_category,time\n");
        for (var i = 0; i < 60; i++) text.Append($"{98047 + (i % 5)},{232431562 + (i % 13)},{1 + (i % 4)},{4245 + (i % 13 % 3)},2014-12-{6 + (i / 10):00} {i % 24:00}\n");
        using var c = Collected.Of(text.ToString());
        Assert.Equal(["view", "wishlist", "add_to_cart", "purchase"], c.Column("kind").Take(4));
        Assert.Contains(c.Relation.Notes, n => n.Contains("Tianchi"));
    }

    [Fact]
    public void UnmappedColumns_GoToProperties()
    {
        using var c = Collected.Of("customer_id,order_date,price,colour \"q\",'; DROP TABLE x; --\na,2024-01-01,5,red,1\nb,2024-01-02,6,blue,2\n");
        Assert.Equal("""{"colour \"q\"":"red","'; DROP TABLE x; --":"1"}""", c.Column("properties")[0]);
    }

    [Fact]
    public void AListPrice_ComesFromItsColumnOrADiscount()
    {
        using var c = Collected.Of("customer_id,order_date,price,original_price\na,2024-01-01,5,8\nb,2024-01-02,6,6\n");
        Assert.Equal(["8.0", "6.0"], c.Column("list_price"));
        using var d = Collected.Of("customer_id,order_date,price,quantity,discount_amount\na,2024-01-01,5,2,4\nb,2024-01-02,6,1,0\n");
        Assert.Equal(["7.0", "6.0"], d.Column("list_price"));
    }

    [Fact]
    public void AnOrderTotalOnEachLine_IsNotCountedTwice()
    {
        var text = "order_id,customer_id,order_date,sku,order_total\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i / 2},c{i / 2 % 7},2024-01-{1 + (i / 2):00},p{i % 9},{10 + (i / 2)}\n"));
        using var c = Collected.Of(text);
        Assert.Equal(Enumerable.Range(0, 20).Sum(i => 10.0 + i), c.One<double>("SELECT sum(price) FROM raw_0"));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"p{i % 9}"), c.Column("product_id"));
        Assert.Contains(c.Relation.Notes, n => n.Contains("order's total"));
    }

    [Fact]
    public void AVisitorIdBesideAnEmptyUser_IsAnonymous()
    {
        var text = "event_time,event,user_id,visitor_id\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"2024-01-01 10:{i:00}:00,view,{(i % 3 == 0 ? "u1" : "")},v{i % 5}\n"));
        using var c = Collected.Of(text);
        Assert.Equal(["user_id", "visitor_id"], new[] { "customer_id", "anonymous_id" }.Select(c.Source));
        using var d = Collected.Of(text.Replace(",user_id", ",junk"));
        Assert.Equal("visitor_id", d.Source("customer_id"));
        Assert.Null(d.Source("anonymous_id"));
    }

    [Theory]
    [InlineData("LAMP7", "product_id")]
    [InlineData("1", null)]
    public void AShopOfOneProduct_HasAProduct_ButANumberThatNeverChangesIsNone(string value, string? column)
    {
        var text = "order_id,customer_id,order_date,product_id,quantity,unit_price\n"
            + string.Concat(Enumerable.Range(0, 80).Select(i => $"{i},C{i % 9},2024-01-{1 + i % 28:00} 10:{i % 60:00}:00,{value},{1 + i % 3},5\n"));
        using var c = Collected.Of(text);
        Assert.Equal(column, c.Source("product_id"));
    }

    [Fact]
    public void Map_Overrides_AndTakesConstants()
    {
        var text = "customer_id,order_date,price,who\na,2024-01-01,5,x\nb,2024-01-02,6,y\n";
        using var c = Collected.Of(text, Collected.Map("customer_id=who", "kind='view'", "amount=price"));
        Assert.Equal(["x", "y"], c.Column("customer_id"));
        Assert.Equal(["view", "view"], c.Column("kind"));
        Assert.Equal("map", c.Relation.Mapping.Single(m => m.Target == "customer_id").Why);
        Assert.DoesNotContain(c.Relation.Mapping, m => m.Target == "price");
        Assert.Equal("{\"customer_id\":\"a\"}", c.Column("properties")[0]);
    }

    [Fact]
    public void Map_ListsEveryProblem()
    {
        var e = Assert.Throws<ConfigurationException>(() => Collected.Of("customer_id,date,price\na,2024-01-01,5\n", Collected.Map("customer=a", "time=nope")));
        Assert.Contains("'customer'", e.Message);
        Assert.Contains("'nope'", e.Message);
        Assert.Contains("customer_id, date, price", e.Message);
    }

    [Fact]
    public void JsonLinesOfAnyShape_AreUnderstood()
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < 50; i++) text.Append($"{{\"user\":{{\"id\":{i % 6}}},\"ts\":{1700000000000 + (i * 60000L)},\"event\":\"{(i % 5 == 0 ? "purchase" : "view")}\",\"item\":{{\"sku\":\"s{i % 9}\",\"price\":{5 + (i % 9)}.5}},\"tags\":[1,2]}}\n");
        using var c = Collected.Of(text.ToString(), name: "log.ndjson");
        Assert.Equal(["user.id", "ts", "event", "item.sku", "item.price"], new[] { "customer_id", "time", "kind", "product_id", "price" }.Select(c.Source));
        Assert.Equal("2023-11-14 22:13:20", c.Column("time")[0]);
        Assert.Equal("5.5", c.Column("price")[0]);
        Assert.Contains("\"tags\":[1,2]", c.Column("properties")[0]);
        Assert.DoesNotContain("sku", c.Column("properties")[0]);
    }

    [Fact]
    public void AJsonArray_IsReadLikeLines()
    {
        using var c = Collected.Of("[\n {\"customer_id\": \"a\", \"date\": \"2024-01-01\", \"amount\": 5},\n {\"customer_id\": \"b\", \"date\": \"2024-01-02\", \"amount\": 6.5}\n]\n", name: "x.json");
        Assert.Equal(["a", "b"], c.Column("customer_id"));
        Assert.Equal(["5.0", "6.5"], c.Column("price"));
    }

    [Fact]
    public void Parquet_KeepsItsTypes()
    {
        using var c = new Collected();
        var path = Path.Combine(c.Folder, "e.parquet");
        c.Warehouse.Execute(new Coterie.Warehouse.Step("write", $"""
            COPY (SELECT i % 7 AS customer_id, TIMESTAMP '2024-01-01 10:00:00' + to_minutes(CAST(i AS INTEGER)) AS "when", i * 0.5 AS price, 'p' || i % 9 AS "product id", [i] AS extra FROM range(100) t(i)) TO '{path}' (FORMAT parquet)
            """));
        c.Open(path);
        Assert.Equal(["customer_id", "when", "price", "product id"], new[] { "customer_id", "time", "price", "product_id" }.Select(c.Source));
        Assert.Equal("2024-01-01 10:01:00", c.Column("time")[1]);
        Assert.Equal(100, c.One<long>("SELECT count(*) FROM raw_0 WHERE price IS NOT NULL AND unreadable IS NULL"));
        Assert.Equal("{\"extra\":[1]}", c.Column("properties")[1]);
    }

    [Fact]
    public void FilesOfTheSameColumns_AreOneRelation_InTheirOrder()
    {
        using var c = new Collected();
        var b = c.Write("b.csv", "customer_id,date,price\nb,2024-02-01,5\n");
        var a = c.Write("a.csv.gz", Gzip("customer_id,date,price\na,2024-01-01,5\n"));
        var other = c.Write("c.csv", "user,timestamp,event\nu,2024-01-01,view\nv,2024-01-02,purchase\n");
        c.Open(b, a, other);
        Assert.Equal(2, c.Relations.Count);
        Assert.Equal(["b", "a"], c.Column("customer_id"));
        Assert.Equal(["0", "1"], c.Column("file_no"));
        Assert.Equal(["u", "v"], c.Column("customer_id", 1));
    }

    [Fact]
    public void FilesWithTimesOfTheirOwn_AreReadEachByItsFormat()
    {
        using var c = new Collected();
        var a = c.Write("a.csv", "customer_id,date,price\na,2024-01-31,5\nb,2024-01-30,5\n");
        var b = c.Write("b.csv", "customer_id,date,price\na,31/01/2024,5\nb,30/01/2024,5\n");
        c.Open(a, b);
        Assert.Equal(2, c.Relations.Count);
        Assert.Equal("2024-01-31 00:00:00", c.Column("time", 1)[0]);
    }

    [Fact]
    public void AFolder_LeavesTablesWithoutEventsAside_WithANote()
    {
        using var c = new Collected();
        c.Write("shop/events.csv", "customer_id,date,price\na,2024-01-01,5\nb,2024-01-02,6\n");
        c.Write("shop/products.csv", "product_id,title\n1,Lamp\n2,Bulb\n");
        c.Write("shop/readme.md", "nothing");
        c.Open(Path.Combine(c.Folder, "shop"));
        Assert.Single(c.Relations);
        Assert.Contains(c.Relation.Notes, n => n.Contains("products.csv"));
    }

    public static byte[] Gzip(string text) => Gzip(System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Optimal)) gzip.Write(bytes);
        return target.ToArray();
    }
}
