using Coterie.Profiles;
using Coterie.Reports.Html;
using Coterie.Server.Live;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>What the address asks of a list of members.</summary>
/// <param name="Order">customer, confidence, spend or recency.</param>
/// <param name="Prefix">How ids begin.</param>
/// <param name="After">Where the page begins.</param>
sealed record MemberAsk(MemberOrder Order, bool Descending, string Prefix, string? After)
{
    const int Size = 50, LongestPrefix = 200;

    /// <summary>What is not understood is as if it were not there.</summary>
    public static MemberAsk Read(Func<string, string> query)
    {
        // Those who spent most come first, unless the address says otherwise.
        var asked = Enum.TryParse<MemberOrder>(query("order"), ignoreCase: true, out var o) && Enum.IsDefined(o);
        var order = asked ? o : MemberOrder.Spend;
        var prefix = query("q").Trim();
        return new(order, asked ? query("down") == "1" : true, prefix.Length <= LongestPrefix ? prefix : prefix[..LongestPrefix], query("after") is { Length: > 0 } after ? after : null);
    }

    public MemberQuery Query => new() { Order = Order, Descending = Descending, Prefix = Prefix, After = After, Size = Size };

    /// <summary>The address of the same list, from its start.</summary>
    public string Address(string path, string? run)
    {
        var parts = new List<string>();
        if (run is not null) parts.Add("run=" + run);
        if (this is not { Order: MemberOrder.Spend, Descending: true }) parts.Add("order=" + Order.ToString().ToLowerInvariant());
        if (Descending && Order != MemberOrder.Spend) parts.Add("down=1");
        if (Prefix.Length > 0) parts.Add("q=" + Uri.EscapeDataString(Prefix));
        if (After is not null) parts.Add("after=" + Uri.EscapeDataString(After));
        return path + (parts.Count > 0 ? "?" + string.Join('&', parts) : "") + "#members";
    }
}

/// <summary>The members of a segment: searched, sorted and paged on the server.</summary>
/// <param name="shown">The run.</param>
/// <param name="segment">The segment's id.</param>
/// <param name="ask">What the address asks.</param>
/// <param name="page">What was found; null where <paramref name="problem"/> says why nothing was.</param>
sealed class MemberTable(Shown shown, string segment, MemberAsk ask, MemberPage? page, Bilingual? problem)
{
    string Path => $"/segments/{Uri.EscapeDataString(segment)}";

    string? Run => shown.Asked ? shown.Run.Id : null;

    public Fragment Section()
    {
        var export = $"{Path}/members.csv?run={shown.Run.Id}";
        return Parts.Section("members", T("Members", "成员"), T("Each look at this list is noted in the audit log.", "每次查看名单都会记入审计日志。"), Fragment.Of($"""
            <form class="row" method="get" action="{Path}#members">{(Run is { } run ? Hidden("run", run) : Fragment.Empty)}{Hidden("order", Order(ask.Order))}{(ask.Descending ? Hidden("down", "1") : Fragment.Empty)}
            <label>{T("Id begins with", "编号开头")}<input name="q" value="{ask.Prefix}" maxlength="200" autocomplete="off" spellcheck="false"></label><button class="secondary">{T("Search", "搜索")}</button>
            {(ask.Prefix.Length > 0 ? Fragment.Of($"""<a href="{(ask with { Prefix = "", After = null }).Address(Path, Run)}">{T("All members", "全部成员")}</a>""") : Fragment.Empty)}
            <a class="secondary" href="{export}" download>{T("Export all as CSV", "全部导出为 CSV")}</a></form>
            {(page is { } p ? Found(p) : Fragment.Of($"""<p class="notice poor" role="alert">{problem!}</p>"""))}
            """));
    }

    static Fragment Hidden(string name, string value) => Fragment.Of($"""<input type="hidden" name="{name}" value="{value}">""");

    static string Order(MemberOrder order) => order.ToString().ToLowerInvariant();

    Fragment Found(MemberPage found)
    {
        if (found.Members.Count == 0) return Fragment.Of($"""<p class="empty">{(ask.Prefix.Length > 0 ? T("No member's id begins so.", "没有以此开头的成员编号。") : T("There is nobody on this page.", "此页没有成员。"))}</p>""");
        var views = found.Members.Any(m => m.FeaturesOpinion is not null);
        return Fragment.Of($"""
            <p class="lead" role="status">{T($"{Numbers.Whole(found.Count)} members{(ask.Prefix.Length > 0 ? " whose id begins so" : "")}, {found.Members.Count} a page.", $"{(ask.Prefix.Length > 0 ? "符合条件的成员" : "成员")} {Numbers.Whole(found.Count)} 位，本页 {found.Members.Count} 位。")}</p>
            {Table(T("Members of the segment", "本群成员"),
                Fragment.Join(Sort(MemberOrder.Customer, T("Customer", "客户"), false), Sort(MemberOrder.Confidence, T("Confidence", "把握度")), Head(T("Second best", "次优分群")), Sort(MemberOrder.Spend, T("Spent", "累计消费")), Sort(MemberOrder.Recency, T("Days since order", "距上次下单天数")),
                    views ? Fragment.Join(HeadNumbers(T("Agreement", "一致度")), Head(T("Views", "两种视角"))) : Fragment.Empty),
                Fragment.Each(found.Members, m => Fragment.Of($"""
                    <tr><th scope="row"><a href="/customers/{Uri.EscapeDataString(m.Customer)}{shown.Suffix}">{m.Customer}</a></th>{Cells(Numbers.Fixed(m.Confidence, 2))}<td>{(m.Second is { } second ? Chip(second) : Fragment.Of($"{Numbers.Missing}"))}</td>{Cells(Numbers.Money(m.Spend ?? double.NaN, shown.Report.Currency), m.DaysSinceOrder is { } days ? Numbers.Short(days) : Numbers.Missing)}{(views ? Views(m) : Fragment.Empty)}</tr>

                    """)), "members")}
            <p class="pager">{(ask.After is not null ? Fragment.Of($"""<a href="{(ask with { After = null }).Address(Path, Run)}">{T("First page", "首页")}</a>""") : Fragment.Empty)}
            {(found.Next is { } next ? Fragment.Of($"""<a rel="next" href="{(ask with { After = next }).Address(Path, Run)}">{T("Next page", "下一页")}</a>""") : Fragment.Empty)}</p>
            """);
    }

    static Fragment Views(Member m) => Fragment.Of($"""{Cells(Numbers.Fixed(m.Agreement ?? double.NaN, 2))}<td>{(m.FeaturesOpinion == m.SequencesOpinion ? T("agree", "一致") : T($"features: {m.FeaturesOpinion}, order: {m.SequencesOpinion}", $"特征：{m.FeaturesOpinion}，次序：{m.SequencesOpinion}"))}</td>""");

    Fragment Chip(string id) => shown.IndexOf(id) is var i and >= 0 ? Fragment.Of($"""<span title="{shown.Report.Segments[i].Name.En} · {shown.Report.Segments[i].Name.Zh}">{Parts.Chip(shown.Report.Segments[i], i)}</span>""") : Fragment.Of($"{id}");

    /// <summary>A heading that sorts: a link, so that it works without scripts and the address says it.</summary>
    Fragment Sort(MemberOrder order, Bilingual name, bool number = true)
    {
        var here = ask.Order == order;
        // First the largest, for ids the first; again: the other way round.
        var to = ask with { Order = order, Descending = here ? !ask.Descending : order != MemberOrder.Customer, After = null };
        var (css, arrow) = (number ? "num" : "", here ? ask.Descending ? " ↓" : " ↑" : "");
        var head = here
            ? ask.Descending ? Fragment.Of($"""<th scope="col" class="{css}" aria-sort="descending">""") : Fragment.Of($"""<th scope="col" class="{css}" aria-sort="ascending">""")
            : Fragment.Of($"""<th scope="col" class="{css}">""");
        return Fragment.Of($"""{head}<a class="sort" href="{to.Address(Path, Run)}">{name}{arrow}</a></th>""");
    }
}
