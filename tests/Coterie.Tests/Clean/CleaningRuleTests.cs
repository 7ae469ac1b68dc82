using Coterie.Clean;
using Coterie.Warehouse;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

public class CleaningRuleTests
{
    [Theory]
    [InlineData("no_customer", "customer_id", null)]
    [InlineData("no_time", "time", null)]
    [InlineData("unreadable", "unreadable", "signed_price")]
    [InlineData("future_time", "time", "2024-06-01 00:00:01")]
    [InlineData("negative_price", "signed_price", "-1")]
    [InlineData("zero_price", "signed_price", "0")]
    [InlineData("impossible_price", "signed_price", "1e10")]
    [InlineData("impossible_price", "signed_price", "nan")]
    [InlineData("impossible_price", "signed_price", "inf")]
    [InlineData("impossible_quantity", "signed_quantity", "0")]
    [InlineData("impossible_quantity", "signed_quantity", "1000001")]
    [InlineData("non_product", "product_id", "Postage")]
    [InlineData("non_product", "text", "Frais de port")]
    [InlineData("non_product", "text", "运费")]
    [InlineData("non_product", "text", "Dotcomgiftshop Gift Voucher £20.00")]
    public void ARow_ThatFailsOneRule_IsRefusedByIt_AndKeptWhole(string rule, string column, string? value)
    {
        using var warehouse = Open();
        var report = Load(warehouse, Buy("a"), Buy("c1", (column, value)));
        Assert.Equal(1, report.Count(rule));
        Assert.Equal(1, report.RowsKept);
        Assert.Equal([$"{rule} file0.csv:3"], Refused(warehouse));
        var raw = warehouse.Rows(new Step("raw", "SELECT raw FROM quarantine"), r => r.GetString(0)).Single();
        Assert.Contains(value is null ? $"\"{column}\":null" : $"\"{column}\":\"{value}\"", raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text", "VINTAGE POSTAGE STAMP TIN")]
    [InlineData("text", "Manual coffee grinder")]
    [InlineData("text", "Gift voucher holder in leather")]
    [InlineData("product_id", "B")]
    [InlineData("product_id", "POST")]
    [InlineData("signed_quantity", "1000000")]
    [InlineData("time", "2024-06-01 00:00:00")]
    [InlineData("signed_price", null)]
    [InlineData("signed_quantity", null)]
    [InlineData("unreadable", "rating")]
    public void ARow_ThatOnlyLooksLikeOne_IsKept(string column, string? value)
    {
        using var warehouse = Open();
        Assert.Equal(1, Load(warehouse, Buy("c1", (column, value))).RowsKept);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("M")]
    [InlineData("gift_0001_20")]
    [InlineData("TEST001")]
    [InlineData("AMAZONFEE")]
    [InlineData("BANK CHARGES")]
    public void OnlineRetailsOwnCodes_AreNoProducts(string code)
    {
        using var warehouse = Open();
        Assert.Equal(1, Load(warehouse, Relation([[Buy("c1", ("product_id", code))]], layout: "online_retail")).Count("non_product"));
    }

    [Fact]
    public void TheFirstFailingRule_IsTheOneThatCounts()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Buy(null, ("time", null), ("signed_price", "-1")), Buy("c", ("time", null), ("signed_price", "-1")));
        Assert.Equal((1, 1, 0), (report.Count("no_customer"), report.Count("no_time"), report.Count("negative_price")));
    }

    [Fact]
    public void MoneyRules_LookAtPurchasesAndRefundsOnly()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Buy("c1", ("kind", "view"), ("signed_price", "0")), Buy("c1", ("kind", "view"), ("product_id", "Postage")),
            Buy("c1", ("kind", "add_to_cart"), ("signed_quantity", "0")));
        Assert.Equal(3, report.RowsKept);
        Assert.Equal(0, report.RevenueRead);
    }

    [Fact]
    public void CancelledAndReturnedLines_AreRefunds_WithPositiveMoney()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Buy("c1", ("signed_quantity", "-2"), ("cancelled", "true")), Buy("c2", ("signed_quantity", "-3")),
            Buy("c3", ("kind", "refund"), ("signed_price", "-5")), Buy("c4", ("signed_quantity", "4")));
        Assert.Equal(new Dictionary<string, long> { ["refund"] = 3, ["purchase"] = 1 }, report.Kinds);
        Assert.Equal((40, 55, -15), (report.RevenueKept, report.Refunds, report.RevenueRead));
        Assert.Equal((3, -55), (report.Count("refund"), report.Rules.Single(r => r.Rule == "refund").Revenue));
        Assert.False(report.Rules.Single(r => r.Rule == "refund").Refused);
        Assert.Equal(["10.0", "10.0", "10.0", "5.0"], Column(warehouse, "price"));
        Assert.Equal(["1.0", "2.0", "3.0", "4.0"], Column(warehouse, "quantity"));
    }

    [Fact]
    public void EqualRows_AreRefused_WhereTimesHaveATimeOfDay_AndFoundElsewhere()
    {
        using var precise = Open();
        var report = Load(precise, Relation([Buy(), Buy("c2"), Buy(), Buy()]));
        Assert.Equal((2, 0, 2), (report.Count("duplicate"), report.Count("possible_duplicate"), report.RowsKept));
        Assert.Equal(["duplicate file0.csv:4", "duplicate file0.csv:5"], Refused(precise));

        using var dates = Open();
        report = Load(dates, Relation([[Buy(), Buy("c2"), Buy(), Buy()]], timeOfDay: false));
        Assert.Equal((0, 2, 4), (report.Count("duplicate"), report.Count("possible_duplicate"), report.RowsKept));
        Assert.Equal(20, report.Rules.Single(r => r.Rule == "possible_duplicate").Revenue);
        Assert.Equal(4, Column(dates, "event_id").Distinct().Count());
    }

    [Fact]
    public void AMessageId_IsTheEventId_AndDecidesWhatIsARepeat()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Buy("c1", ("message_id", "m1")), Buy("c1", ("message_id", "m2")), Buy("c1", ("message_id", "m1")),
            Buy("c1", ("message_id", "m2"), ("signed_price", "11")));
        Assert.Equal((1, 1, 2), (report.Count("duplicate"), report.Count("id_conflict"), report.RowsKept));
        Assert.Equal(["m1", "m2"], Column(warehouse, "event_id"));
    }

    [Fact]
    public void MalformedRows_AreCounted_AndMoveTheLinesOfOthers()
    {
        using var warehouse = Open();
        var relation = Relation(Buy("a", ("text", "one\ntwo")), Buy("b"), Buy(null), Buy("d")) with
        {
            MalformedSql = "SELECT * FROM (VALUES (0, 4, 'too few fields', 'x,y'), (0, 6, 'too few fields', 'z'), (0, 8, 'open quote', '\"')) AS v(file_no, line, reason, raw)",
        };
        var report = Load(warehouse, relation);
        // 1 header, 2-3 a, 4 malformed, 5 b, 6 malformed, 7 the refused one, 8 malformed, 9 d
        Assert.Equal(["malformed_row file0.csv:4", "malformed_row file0.csv:6", "no_customer file0.csv:7", "malformed_row file0.csv:8"], Refused(warehouse));
        Assert.Equal((7, 3), (report.RowsRead, report.RowsKept));
    }

    [Fact]
    public void JoinedSources_SayThatTheirLinesAreApproximate_UnlessTheySort()
    {
        var relation = Relation(Buy());
        var joined = relation with { SelectSql = $"SELECT a.* FROM ({relation.SelectSql}) AS a JOIN (SELECT product_id, count(*) AS n FROM ({relation.SelectSql}) GROUP BY ALL) AS b USING (product_id)" };
        using var one = Open();
        using var two = Open();
        Assert.Contains(Load(one, joined).Notes, n => n.Contains("approximate", StringComparison.Ordinal));
        Assert.Empty(Load(two, joined with { SelectSql = joined.SelectSql + " ORDER BY \"time\"" }).Notes);
    }

    // Workspaces hold these: a change of this number is a change of every event id in them. It is the first half of the MD5 of
    // ["c1",null,null,1704110400000000,"purchase","p1",null,null,null,null,null,null,null,"say \"hi\"",null,null,null,null,10.0,1.0,null].
    [Fact]
    public void AnEventsId_IsTheSameInEveryVersion()
    {
        using var warehouse = Open();
        Load(warehouse, Buy("c1", ("text", "say \"hi\"")));
        Assert.Equal(["d580f4ad764e66c8"], Column(warehouse, "event_id"));
    }

    [Fact]
    public void EveryRawColumn_IsPartOfARowsIdentity_OrFollowsFromOneThatIs()
    {
        foreach (var column in Coterie.Collect.RawColumns.All.Where(c => c.Name is not ("message_id" or "price" or "quantity" or "unreadable" or "newlines" or "time" or "kind")))
        {
            using var warehouse = Open();
            var value = column.Type switch { "DOUBLE" => "7", "BOOLEAN" => "true", _ => "x" };
            Assert.Equal(0, Load(warehouse, Buy(), Buy("c1", (column.Name, value))).Count("duplicate"));
        }
    }

    [Fact]
    public void BadOptions_AreNamedTogether()
    {
        using var warehouse = Open();
        var error = Assert.Throws<ConfigurationException>(() => Load(warehouse, Relation(Buy()), new CleanOptions { MaxPrice = 0, RobotEventsPerDay = -1 }));
        Assert.Contains("MaxPrice", error.Message, StringComparison.Ordinal);
        Assert.Contains("RobotEventsPerDay", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneRunsWarehouse_IsLoadedOnce()
    {
        using var warehouse = Open();
        Load(warehouse, Relation(Buy()), new CleanOptions { OneShot = true });
        Assert.Throws<ConfigurationException>(() => Load(warehouse, Relation(Buy("c2")), new CleanOptions { OneShot = true }));
    }

    [Fact]
    public void Currency_IsTheOperators_ElseTheMostCommon_AndAMixIsNoted()
    {
        using var warehouse = Open();
        var relation = Relation(Buy("a", ("currency", "EUR")), Buy("b", ("currency", "GBP")), Buy("c", ("currency", "GBP")));
        var report = Load(warehouse, relation);
        Assert.Equal("GBP", report.Currency);
        Assert.Contains(report.Notes, n => n.Contains("GBP, EUR", StringComparison.Ordinal));
        Assert.Equal("CHF", Load(warehouse, relation, new CleanOptions { Currency = "CHF" }).Currency);
        Assert.Contains("currency", report.Present);
        Assert.DoesNotContain("brand", report.Present);
    }

    [Fact]
    public void Rules_HaveNamesCodesAndSentencesOfTheirOwn()
    {
        Assert.Equal(CleaningRules.All.Count, CleaningRules.All.Select(r => r.Code).Distinct().Count());
        Assert.Equal(CleaningRules.All.Count, CleaningRules.All.Select(r => r.Name).Distinct().Count());
        Assert.All(CleaningRules.All, r => Assert.True(r.Meaning.EndsWith('.') && r.MeaningZh.EndsWith('。')));
    }

    [Fact]
    public void Events_HaveExactlyTheColumnsOfTheSchema()
    {
        using var warehouse = Open();
        Load(warehouse, Buy());
        Assert.Equal(Coterie.Warehouse.Events.Columns.Select(c => $"{c.Name} {c.Type}"),
            warehouse.Rows(new Step("describe", "DESCRIBE events"), r => $"{r.GetString(0)} {r.GetString(1)}"));
        Assert.Equal(["rule VARCHAR", "file VARCHAR", "line BIGINT", "raw VARCHAR"],
            warehouse.Rows(new Step("describe", "DESCRIBE quarantine"), r => $"{r.GetString(0)} {r.GetString(1)}"));
    }

    [Fact]
    public void AnEmptyRelation_LeavesEmptyTables()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation());
        Assert.Equal((0, 0, 0), (report.RowsRead, report.RowsKept, report.Customers));
        Assert.Null(report.FirstEvent);
        Assert.Empty(Events(warehouse));
    }
}
