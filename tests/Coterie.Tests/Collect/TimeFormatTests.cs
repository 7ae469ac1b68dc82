using Coterie.Collect;

namespace Coterie.Tests.Collect;

public class TimeFormatTests
{
    static Collected Of(string zone, params string[] times) =>
        Collected.Of("customer;when;amount\n" + string.Concat(times.Select((t, i) => $"c{i % 2};{t};5\n")), new CollectOptions { Timezone = zone });

    [Theory]
    [InlineData("12/1/2010 8:26", "12/13/2010 8:26", "2010-12-01 08:26:00")]
    [InlineData("1/12/2010 8:26", "13/12/2010 8:26", "2010-12-01 08:26:00")]
    [InlineData("01.12.2010", "13.12.2010", "2010-12-01 00:00:00")]
    [InlineData("1.2.10 7:05", "3.2.10 7:05", "2010-02-01 07:05:00")]
    [InlineData("1-12-2010 08:26:31", "13-12-2010 08:26:31", "2010-12-01 08:26:31")]
    [InlineData("2010-12-01", "2010-12-02", "2010-12-01 00:00:00")]
    [InlineData("2010-12-01T08:26:00Z", "2010-12-02T08:26:00Z", "2010-12-01 08:26:00")]
    [InlineData("2010-12-01T08:26:00.123456+02:00", "2010-12-02T08:26:00.5+02:00", "2010-12-01 06:26:00.123456")]
    [InlineData("2010-12-01 08:26:00 UTC", "2010-12-02 08:26:00 UTC", "2010-12-01 08:26:00")]
    [InlineData("2010-12-01 08:26:00 +0200", "2010-12-02 08:26:00 +0200", "2010-12-01 06:26:00")]
    [InlineData("2010-12-01T08:26", "2010-12-02T08:26", "2010-12-01 08:26:00")]
    [InlineData("2010/12/01 8:26", "2010/12/02 8:26", "2010-12-01 08:26:00")]
    [InlineData("20101201", "20101202", "2010-12-01 00:00:00")]
    [InlineData("20101201082600", "20101202082600", "2010-12-01 08:26:00")]
    [InlineData("2010年12月1日", "2010年12月2日", "2010-12-01 00:00:00")]
    [InlineData("2010年12月1日 8时26分05秒", "2010年12月2日 8时26分05秒", "2010-12-01 08:26:05")]
    [InlineData("Dec 1, 2010", "Dec 13, 2010", "2010-12-01 00:00:00")]
    [InlineData("1 December 2010 08:26", "13 December 2010 08:26", "2010-12-01 08:26:00")]
    [InlineData("01-Dec-10", "13-Dec-10", "2010-12-01 00:00:00")]
    [InlineData("Wed, 01 Dec 2010 08:26:00 GMT", "Thu, 02 Dec 2010 08:26:00 GMT", "2010-12-01 08:26:00")]
    [InlineData("12/1/2010 8:26:01 PM", "12/13/2010 8:26:01 AM", "2010-12-01 20:26:01")]
    [InlineData("1291191960", "1291278360", "2010-12-01 08:26:00")]
    [InlineData("1291191960.5", "1291278360.5", "2010-12-01 08:26:00.5")]
    [InlineData("1291191960123", "1291278360123", "2010-12-01 08:26:00.123")]
    [InlineData("1291191960123456", "1291278360123456", "2010-12-01 08:26:00.123456")]
    public void AFormat_IsDetectedAndRead(string first, string second, string expected)
    {
        using var c = Of("UTC", first, second);
        Assert.Equal(expected, c.Column("time")[0]);
        Assert.All(c.Column("unreadable"), Assert.Null);
        Assert.Equal(!expected.EndsWith("00:00:00"), c.Relation.HasTimeOfDay);
    }

    [Theory]
    [InlineData("2024-07-01 12:00:00", "2024-07-01 10:00:00")]
    [InlineData("1.7.2024 12:00", "2024-07-01 10:00:00")]
    [InlineData("2024-07-01T12:00:00Z", "2024-07-01 12:00:00")]
    [InlineData("2024-07-01T12:00:00-05:00", "2024-07-01 17:00:00")]
    [InlineData("1719835200", "2024-07-01 12:00:00")]
    public void TimesWithoutOffset_AreInTheZoneGiven(string time, string expected)
    {
        using var c = Of("Europe/Berlin", time, time.Replace("07-01", "07-02").Replace("1.7.", "2.7.").Replace("1719835200", "1719835201"));
        Assert.Equal(expected, c.Column("time")[0]);
    }

    [Fact]
    public void OffsetsMixedWithNone_AreEachReadAsWritten()
    {
        using var c = Of("Europe/Berlin", "2024-07-01T12:00:00Z", "2024-07-01T12:00:00");
        Assert.Equal(["2024-07-01 12:00:00", "2024-07-01 10:00:00"], c.Column("time"));
    }

    [Fact]
    public void AnUnknownZone_IsAConfigurationError() =>
        Assert.Contains("Europe/Berln", Assert.Throws<ConfigurationException>(() => Of("Europe/Berln", "2024-01-01")).Message);

    [Fact]
    public void AFormat_IsHeldStrictly_AndOtherValuesAreUnreadable()
    {
        var times = Enumerable.Range(1, 28).Select(d => $"{d}/2/2024").Append("2024-02-29").Append("soon").ToArray();
        using var c = Of("UTC", times);
        Assert.Equal("2024-02-01 00:00:00", c.Column("time")[0]);
        Assert.Equal(["time", "time"], c.Column("unreadable").Skip(28));
        Assert.Equal([null, null], c.Column("time").Skip(28));
    }

    [Fact]
    public void MixedFormats_AreRefused()
    {
        var e = Assert.Throws<InputException>(() => Of("UTC", "2024-01-01", "2024-01-02", "1/3/2024", "1/4/2024", "soon"));
        Assert.Contains("ISO 8601", e.Message);
        Assert.Contains("'1/3/2024'", e.Message);
        Assert.Contains("90 %", e.Message);
    }

    [Fact]
    public void DayOrMonthFirst_IsDecidedByTheWholeFile()
    {
        // Days above 12 stand only far behind the sample's windows.
        var lines = Enumerable.Range(0, 60_000).Select(i => $"c{i % 50},{1 + (i % 12)}/{1 + (i / 12 % 12)}/2024,some words to make the line a little longer,5").ToList();
        lines[41_234] = "c1,25/3/2024,x,5";
        using var c = Collected.Of("customer,date,text,amount\n" + string.Join("\n", lines));
        Assert.Equal("%d/%m/%Y", c.Relation.Mapping.Single(m => m.Target == "time").Format);
        Assert.DoesNotContain(c.Relation.Notes, n => n.Contains("day or the month"));
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/", false)]
    [InlineData("-", true)]
    public void DayOrMonthFirst_IsDecidedByTheOrderOfRows(string separator, bool dayFirst)
    {
        var days = Enumerable.Range(0, 120).Select(i => new DateTime(2024, 1 + (i / 12), 1 + (i % 12)));
        using var c = Of("UTC", [.. days.Select(d => dayFirst ? $"{d.Day}{separator}{d.Month}{separator}2024" : $"{d.Month}{separator}{d.Day}{separator}2024")]);
        Assert.Equal("2024-01-02 00:00:00", c.Column("time")[1]);
        Assert.Contains(c.Relation.Notes, n => n.Contains("order of time"));
    }

    [Theory]
    [InlineData("3/4/2024", "5/2/2024", "2024-03-04 00:00:00", "month first")]
    [InlineData("3.4.2024", "5.2.2024", "2024-04-03 00:00:00", "day first")]
    public void WithoutEvidence_TheSeparatorDecides_WithANote(string first, string second, string expected, string note)
    {
        using var c = Of("UTC", first, second, first, second, first);
        Assert.Equal(expected, c.Column("time")[0]);
        Assert.Contains(c.Relation.Notes, n => n.Contains(note) && n.Contains("nothing in the file decides"));
    }

    [Theory]
    [InlineData("1.234,50", "7,25", 1234.5)]
    [InlineData("1,234.50", "7.25", 1234.5)]
    [InlineData("1 234,50 €", "7,25 €", 1234.5)]
    [InlineData("$1,234.50", "$7.25", 1234.5)]
    [InlineData("R$ 1.234,50", "R$ 7,25", 1234.5)]
    [InlineData("￥1234.50", "￥7.25", 1234.5)]
    [InlineData("CHF 1'234.50", "CHF 7.25", 1234.5)]
    [InlineData("(1,234.50)", "7.25", -1234.5)]
    [InlineData("-1.234,50", "7,25", -1234.5)]
    public void Numbers_AreReadAsTheyAreWritten(string first, string second, double expected)
    {
        using var c = Collected.Of($"customer\tdate\tprice\na\t2024-01-01\t{first}\nb\t2024-01-02\t{second}\n");
        Assert.Equal(expected, double.Parse(c.Column("signed_price")[0]!));
        Assert.Equal(7.25, double.Parse(c.Column("signed_price")[1]!));
    }

    [Fact]
    public void APriceOfLetters_IsUnreadable_AndInfinityToo()
    {
        using var c = Collected.Of("customer,date,price\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"a,2024-01-{i + 1:00},5.5\n")) + "a,2024-01-01,free\nb,2024-01-02,inf\nb,2024-01-02,\n");
        Assert.Equal(["price", "price", null], c.Column("unreadable").Skip(20));
    }
}
