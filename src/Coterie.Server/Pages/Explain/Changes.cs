using Coterie.Decisions;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>What became of the segments between two runs: sizes, lineage, who moved.</summary>
/// <param name="after">The later run.</param>
/// <param name="before">The earlier one.</param>
/// <param name="flows">Who went where.</param>
sealed class Changes(Shown after, Shown before, SegmentMigration flows)
{
    const int MostMovers = 6;

    /// <summary>Everything, as a section of the overview.</summary>
    public Fragment Section() => Parts.Section("changes", T("What changed", "有何变化"),
        T($"Run {after.Run.Id}, as of {Numbers.Date(after.Report.AsOf)}, against run {before.Run.Id}, as of {Numbers.Date(before.Report.AsOf)}.",
            $"运行 {after.Run.Id}（截至 {Numbers.Date(after.Report.AsOf)}）与运行 {before.Run.Id}（截至 {Numbers.Date(before.Report.AsOf)}）相比。"),
        Fragment.Join(Figures(), Lineage(), Sizes(), Movers(), Fragment.Of($"""<p><a href="{Link}">{T("See who went where", "查看迁移详情")}</a></p>""")));

    // One segment has one colour in both runs: that of the later one; what it has no more is grey.
    Fragment Was(string id)
    {
        var css = after.IndexOf(id) is var i and >= 0 ? $"c{i % Palette.Segments.Count}" : "gone";
        return before.IndexOf(id) is var b and >= 0
            ? Fragment.Of($"""<a class="seg-link" href="/segments/{Uri.EscapeDataString(id)}?run={before.Run.Id}"><span class="chip {css}">{id}</span> <span class="seg-name">{before.Report.Segments[b].Name}</span></a>""")
            : Fragment.Of($"""<span class="chip {css}">{id}</span>""");
    }

    string Link => $"/migration?from={before.Run.Id}&to={after.Run.Id}";

    /// <summary>How many customers both runs know, how many of them moved, and who came and went.</summary>
    public Fragment Figures()
    {
        var (joint, came, gone) = (Sum(f => f.From != SegmentMigration.New && f.To != SegmentMigration.Gone), Sum(f => f.From == SegmentMigration.New), Sum(f => f.To == SegmentMigration.Gone));
        return Fragment.Of($"""
            <dl class="figures small">
            {Figure(T("Customers of both runs", "两次运行共有客户"), Numbers.Whole(joint), T("the comparison is over them", "以下比较以此为准"))}
            {Figure(T("In another segment now", "已换分群"), Numbers.Percent1(flows.Moved), T($"{Numbers.Whole(Moved())} customers", $"{Numbers.Whole(Moved())} 位客户"))}
            {Figure(T("New", "新增"), Numbers.Whole(came), T("only the later run knows them", "仅见于较晚的运行"))}
            {Figure(T("Gone", "消失"), Numbers.Whole(gone), gone > 0 ? T("only the earlier run knows them: merged ids, deletions or refused events", "仅见于较早的运行：身份合并、删除或事件被拒") : T("everybody is still there", "全部仍在"))}
            </dl>

            """);
    }

    static Fragment Figure(Bilingual name, string value, Bilingual note) => Fragment.Of($"""<div><dt>{name}</dt><dd>{value}</dd><dd class="note">{note}</dd></div>""");

    long Sum(Func<MigrationFlow, bool> of) => flows.Flows.Where(of).Sum(f => (long)f.Customers);

    long Moved() => Sum(f => f.From != SegmentMigration.New && f.To != SegmentMigration.Gone && f.From != f.To);

    /// <summary>Sizes before and now, and how many stayed.</summary>
    public Fragment Sizes()
    {
        string[] ids = [.. after.Report.Segments.Select(s => s.Id), .. before.Report.Segments.Select(s => s.Id).Where(id => after.IndexOf(id) < 0)];
        return Table(T("Segments before and now", "各群前后对比"),
            Fragment.Join(Head(T("Segment", "分群")), HeadNumbers(T("Before", "此前"), T("Now", "现在"), T("Change", "变化"), T("Stayed", "留存"), T("Share of revenue before", "此前收入占比"), T("… now", "现在"))),
            Fragment.Each(ids, Row));
    }

    Fragment Row(string id)
    {
        var (was, now) = (Of(before, id), Of(after, id));
        var stayed = Sum(f => f.From == id && f.To == id);
        var known = Sum(f => f.From == id && f.To != SegmentMigration.Gone);
        return Fragment.Of($"""
            <tr><th scope="row">{(now is null ? Was(id) : after.Link(id))}</th>{Cells(Size(was), Size(now), Difference(was, now), was is not null && now is not null && known > 0 ? Numbers.Percent1((double)stayed / known) : Numbers.Missing, Revenue(was), Revenue(now))}</tr>

            """);
    }

    static SegmentProfile? Of(Shown shown, string id) => shown.IndexOf(id) is var i and >= 0 ? shown.Report.Segments[i] : null;

    static string Size(SegmentProfile? s) => s is null ? Numbers.Missing : Numbers.Whole(s.Size);

    static string Revenue(SegmentProfile? s) => s is null ? Numbers.Missing : Numbers.Percent1(s.RevenueShare);

    static string Difference(SegmentProfile? was, SegmentProfile? now) =>
        was is null || now is null ? Numbers.Missing : (now.Size > was.Size ? "+" : "") + Numbers.Whole(now.Size - was.Size).Replace('-', '−');

    /// <summary>Splits, mergers, births and deaths in words. They were judged against the run before, so only that comparison has them.</summary>
    public Fragment Lineage()
    {
        var told = after.Report.Lineage.Where(e => e.Kind != "kept").Select(Told).ToArray();
        return told.Length == 0
            ? after.Report.Lineage.Count == 0 ? Fragment.Empty : Fragment.Of($"""<p class="lead">{T("Every segment is the continuation of one of the run before.", "每个分群都是上次运行中某一分群的延续。")}</p>""")
            : Fragment.Of($"""<ul class="lineage">{Fragment.Each(told, t => Fragment.Of($"<li>{t}</li>"))}</ul>""");
    }

    Bilingual Told(LineageEvent e) => e.Kind switch
    {
        "born" => T($"{New(e.To).En} is new.", $"{New(e.To).Zh} 为新分群。"),
        "died" => e.To.Count == 0
            ? T($"{Old(e.From).En} is gone.", $"{Old(e.From).Zh} 已不存在。")
            : T($"{Old(e.From).En} is gone; {Numbers.Percent(e.Shared)} of its members are in {New(e.To).En} now.", $"{Old(e.From).Zh} 已不存在；{Numbers.Percent(e.Shared)} 的成员现在 {New(e.To).Zh}。"),
        "split" => T($"{Old(e.From).En} was split into {New(e.To).En}.", $"{Old(e.From).Zh} 分裂为 {New(e.To).Zh}。"),
        "merged" => T($"{Old(e.From).En} were merged into {New(e.To).En}.", $"{Old(e.From).Zh} 合并为 {New(e.To).Zh}。"),
        _ => T(e.Kind, e.Kind),
    };

    Bilingual New(IReadOnlyList<string> ids) => List(after, ids);

    Bilingual Old(IReadOnlyList<string> ids) => List(before, ids);

    static Bilingual List(Shown shown, IReadOnlyList<string> ids)
    {
        Bilingual[] names = [.. ids.Select(shown.Words)];
        return T(names.Length < 2 ? string.Concat(names.Select(n => n.En)) : string.Join(", ", names[..^1].Select(n => n.En)) + " and " + names[^1].En, string.Join("、", names.Select(n => n.Zh)));
    }

    /// <summary>The largest moves.</summary>
    Fragment Movers()
    {
        var movers = flows.Flows.Where(f => f.From != f.To && f.From != SegmentMigration.New && f.To != SegmentMigration.Gone).OrderByDescending(f => f.Customers).Take(MostMovers).ToArray();
        return movers.Length == 0 ? Fragment.Empty : Fragment.Of($"""
            <h3>{T("Who moved most", "主要迁移")}</h3>
            {Table(T("Largest moves between segments", "分群间的主要迁移"), Fragment.Join(Head(T("From", "从"), T("To", "到")), HeadNumbers(T("Customers", "客户"), T("of the segment before", "占原分群"))),
                Fragment.Each(movers, f => Fragment.Of($"""<tr><td>{Was(f.From)}</td><td>{after.Link(f.To)}</td>{Cells(Numbers.Whole(f.Customers), Numbers.Percent1((double)f.Customers / Sum(x => x.From == f.From && x.To != SegmentMigration.Gone)))}</tr>""")))}
            """);
    }

    /// <summary>Who went where, drawn, and the same as a matrix.</summary>
    public DecisionPage Sankey()
    {
        var nodes = new List<FlowNode>();
        var used = flows.Flows.SelectMany(f => new[] { "a" + f.From, "b" + f.To }).ToHashSet(StringComparer.Ordinal);
        void Add(Shown shown, string side, int step)
        {
            foreach (var s in shown.Report.Segments)
            {
                if (used.Contains(side + s.Id)) nodes.Add(new(side + s.Id, shown.Words(s.Id), step, after.IndexOf(s.Id) is var i and >= 0 ? i : null));
            }
        }

        Add(before, "a", 0);
        if (used.Contains("a" + SegmentMigration.New)) nodes.Add(new("a" + SegmentMigration.New, T("Not in the earlier run", "较早运行中没有"), 0));
        Add(after, "b", 1);
        if (used.Contains("b" + SegmentMigration.Gone)) nodes.Add(new("b" + SegmentMigration.Gone, T("Not in the later run", "较晚运行中没有"), 1));
        Bilingual[] rows = [.. before.Report.Segments.Select(s => before.Words(s.Id)), T("New", "新增")], columns = [.. after.Report.Segments.Select(s => after.Words(s.Id)), T("Gone", "消失")];
        string[] from = [.. before.Report.Segments.Select(s => s.Id), SegmentMigration.New], to = [.. after.Report.Segments.Select(s => s.Id), SegmentMigration.Gone];
        var counts = flows.Flows.ToDictionary(f => (f.From, f.To), f => f.Customers);
        return new DecisionPage
        {
            Id = "migration",
            Title = T("Who went where", "谁去了哪里"),
            Verdict = T("", ""),
            Blocks =
            [
                new FlowChart
                {
                    Title = T("From segment to segment", "分群之间的流向"),
                    Lead = T($"Left: run {before.Run.Id}; right: run {after.Run.Id}. A band is as wide as its customers are many.", $"左：运行 {before.Run.Id}；右：运行 {after.Run.Id}。色带越宽，客户越多。"),
                    Nodes = nodes,
                    Links = [.. flows.Flows.Select(f => new FlowLink("a" + f.From, "b" + f.To, f.Customers))],
                },
                new HeatChart
                {
                    Title = T("Where each segment's customers are now", "各群客户的去向"),
                    Lead = T("Each row adds up to 100% of a segment of the earlier run.", "每行合计为较早运行中该群的 100%。"),
                    Unit = "share",
                    Corner = T("Before", "此前"),
                    Rows = rows,
                    Columns = columns,
                    Values = [.. from.Select(f => (IReadOnlyList<double>)[.. to.Select(t => Share(f, t))])],
                },
            ],
        };

        double Share(string f, string t)
        {
            var all = to.Sum(x => (double)counts.GetValueOrDefault((f, x)));
            return all > 0 ? counts.GetValueOrDefault((f, t)) / all : double.NaN;
        }
    }
}
