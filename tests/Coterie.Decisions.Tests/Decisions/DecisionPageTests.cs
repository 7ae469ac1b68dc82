using System.Text.Json;
using Coterie.Decisions;
using Coterie.Evaluation;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie.Tests.Decisions;

public class DecisionPageTests
{
    const string Hostile = "</script><img src=x onerror=alert(1)>\"'&";

    static Bilingual T(string text) => new(text, text + "中");

    static DecisionPage EveryKind() => new()
    {
        Id = "value",
        Title = T("Value"),
        Verdict = T(Hostile),
        Answered = false,
        Figures = [new(T("spend"), new Estimate(12.5, 10, 15), "money", T("per head")), new(T("until"), new DateTime(2024, 5, 6, 0, 0, 0, DateTimeKind.Utc), "date")],
        Blocks =
        [
            new DecisionTable { Title = T("table"), Lead = T("lead"), Columns = [new(T("segment"), "segment"), new(T("n"), "whole"), new(T("share"), "share")], Rows = [["S1", 3, new Estimate(0.2, 0.1, 0.3)], [Hostile, DecisionCell.Nothing, 0.5]] },
            new DotChart { Title = T("dots"), Format = "percent", Rows = [new(T(Hostile), new(0.1, 0.05, 0.2), 0), new(T("b"), new(0.1, 0.05, 0.2), -1)], Zero = true },
            new LineChart { Title = T("lines"), X = T("x"), Format = "money", Places = [T("a"), T("b")], Lines = [new(T("l"), [[0, 1], [1, 2, 1, 3]])] },
            new MapChart { Title = T("map"), X = T("x"), Y = T("y"), Series = [new(T("brands"), [new(T(Hostile), 0.1, -0.2, 0.9)])] },
            new FlowChart { Title = T("flow"), Nodes = [new("a", T("A"), 0, 1), new("b", T("B"), 1)], Links = [new("a", "b", 5)] },
            new HeatChart { Title = T("heat"), Unit = "signed", Corner = T("c"), Rows = [T("r")], Columns = [T("1"), T("2")], Values = [[-0.5, double.NaN]] },
        ],
        Notes = [T("note")],
    };

    [Fact]
    public void APage_IsTheSame_AfterJson()
    {
        var json = JsonSerializer.Serialize(EveryKind(), ReportJson.Options);
        var back = JsonSerializer.Deserialize<DecisionPage>(json, ReportJson.Options)!;
        Assert.Equal(json, JsonSerializer.Serialize(back, ReportJson.Options));
        Assert.Equal(new Estimate(0.2, 0.1, 0.3), Assert.IsType<DecisionTable>(back.Blocks[0]).Rows[0][2] is var c ? new Estimate(c.Number, c.Low, c.High) : null);
    }

    [Fact]
    public void TextFromTheData_NeverBecomesMarkup()
    {
        var page = DecisionHtml.Page(EveryKind(), "GBP", [new SegmentRef("S1", T("one"))], "en");
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Contains("£12.50", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"chip c0\">S1</span>", page, StringComparison.Ordinal);
        Assert.Contains("−0.5", page, StringComparison.Ordinal);
    }
}
