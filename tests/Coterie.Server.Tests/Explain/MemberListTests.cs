using System.Net;
using System.Text.RegularExpressions;
using Coterie.Server.Data;

namespace Coterie.Tests.Explain;

[Collection(ExplainServer.Shared)]
public sealed partial class MemberListTests(ExplainServer shop)
{
    [GeneratedRegex("<th scope=\"row\"><a href=\"/customers/[^\"]*\">([^<]*)</a></th>")]
    private static partial Regex Rows();

    [GeneratedRegex("<a rel=\"next\" href=\"([^\"]*)\"")]
    private static partial Regex Next();

    static string[] Of(string page) => [.. Rows().Matches(page).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value))];

    string[] Expected(string segment) => [.. shop.Members.Where(m => m.Segment == segment).Select(m => m.CustomerId).Order(StringComparer.Ordinal)];

    [Theory, InlineData(""), InlineData("?order=customer"), InlineData("?order=confidence&down=1"), InlineData("?order=recency"), InlineData("?order=spend"), InlineData("?order=nonsense&down=1")]
    public async Task WalkedToTheEnd_TheList_HasEachMemberOnce(string query)
    {
        var client = await shop.As(Role.Analyst);
        var segment = shop.Members.GroupBy(m => m.Segment).OrderByDescending(g => g.Count()).First().Key;
        var seen = new List<string>();
        for (var path = $"/segments/{segment}{query}"; path is not null;)
        {
            var page = await client.GetStringAsync(path);
            seen.AddRange(Of(page));
            path = Next().Match(page) is { Success: true } next ? WebUtility.HtmlDecode(next.Groups[1].Value) : null;
        }

        Assert.Equal(Expected(segment), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ASearch_FindsTheIdsThatBeginSo()
    {
        var client = await shop.As(Role.Analyst);
        var segment = shop.Members.First(m => m.CustomerId == ExplainServer.Formula).Segment;
        Assert.Equal([ExplainServer.Formula], Of(await client.GetStringAsync($"/segments/{segment}?q={Uri.EscapeDataString("=HYP")}")));
        Assert.Empty(Of(await client.GetStringAsync($"/segments/{segment}?q=nobody<b>")));
    }

    [Fact]
    public async Task ABrokenCursor_IsSaid_AndNotAFailure()
    {
        using var answer = await (await shop.As(Role.Analyst)).GetAsync("/segments/S1?after=%00nonsense");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("notice poor", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TheExport_HasEachMember_AndNoFormula()
    {
        var client = await shop.As(Role.Analyst);
        var all = new List<string>();
        foreach (var segment in shop.Members.Select(m => m.Segment).Distinct())
        {
            using var answer = await client.GetAsync($"/segments/{segment}/members.csv");
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
            var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("customer_id,segment,name,confidence,second,agreement", lines[0]);
            Assert.Equal(Expected(segment).Length, lines.Length - 1);
            Assert.All(lines, l => Assert.False(l[0] is '=' or '+' or '@'));
            all.AddRange(lines.Skip(1));
        }

        Assert.Single(all, l => l.StartsWith("'" + ExplainServer.Formula, StringComparison.Ordinal));
    }
}
