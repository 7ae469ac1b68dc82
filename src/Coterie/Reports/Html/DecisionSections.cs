using Coterie.Decisions;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>A decision's page as a section: verdict, figures, tables and charts.</summary>
/// <param name="currency">Of amounts; null where unknown.</param>
/// <param name="segments">Ids in the order of their colours.</param>
sealed class DecisionSections(string? currency, string[] segments)
{
    // What a reader of the report sees without asking for more.
    const int OpenBlocks = 2;

    /// <summary>The section of a run's report: the first blocks, the others behind "More".</summary>
    public Fragment Short(DecisionPage page)
    {
        var (open, more) = (page.Blocks.Take(OpenBlocks), page.Blocks.Skip(OpenBlocks).ToArray());
        return Of(page, Fragment.Join(Fragment.Each(open, Block), more.Length == 0 ? Fragment.Empty
            : Fragment.Of($"""<details class="more"><summary>{T($"More: {string.Join(", ", more.Select(b => Lower(b.Title.En)))}", $"更多：{string.Join("、", more.Select(b => b.Title.Zh))}")}</summary>{Fragment.Each(more, Block)}</details>""")));
    }

    /// <summary>Title and verdict of a page of its own.</summary>
    public static Fragment Hero(DecisionPage page) => Fragment.Of($"""
        <header class="hero">
        <h1>{page.Title}</h1>
        <p class="standfirst">{page.Verdict}</p>
        </header>

        """);

    /// <summary>Everything below the hero.</summary>
    public Fragment Whole(DecisionPage page) => Fragment.Of($"""
        <section class="decision">
        {Figures(page)}{Fragment.Each(page.Blocks, Block)}{Notes(page)}
        </section>

        """);

    Fragment Of(DecisionPage page, Fragment blocks) => Fragment.Of($"""
        <section id="{page.Id}" class="decision" aria-labelledby="{page.Id}-title">
        <header class="section-head"><h2 id="{page.Id}-title">{page.Title}</h2></header>
        <p class="verdict {(page.Answered ? "told" : "fair")}">{page.Verdict}</p>
        {Figures(page)}{blocks}{Notes(page)}
        </section>

        """);

    Fragment Figures(DecisionPage page) =>
        page.Figures.Count == 0 ? Fragment.Empty : Fragment.Of($"""<dl class="figures small">{Fragment.Each(page.Figures, Figure)}</dl>""");

    static Fragment Notes(DecisionPage page) =>
        page.Notes.Count == 0 ? Fragment.Empty : Fragment.Of($"""<ul class="remarks">{Fragment.Each(page.Notes, n => Fragment.Of($"<li>{n}</li>"))}</ul>""");

    Fragment Figure(DecisionFigure f)
    {
        // The interval stands below: it would not fit beside a large number.
        var large = f.Value.HasInterval ? DecisionCell.FromDouble(f.Value.Number) : f.Value;
        var interval = f.Value.HasInterval ? Interval(f.Value, f.Unit) : null;
        return Fragment.Of($"""<div><dt>{f.Label}</dt><dd>{DecisionText.Of(large, f.Unit, currency)}</dd><dd class="note">{(interval is { } i ? Fragment.Of($"{i}{(f.Detail is null ? "" : " · ")}") : Fragment.Empty)}{(f.Detail is { } d ? Fragment.Of($"{d}") : Fragment.Empty)}</dd></div>""");
    }

    Bilingual Interval(DecisionCell cell, string unit)
    {
        var (low, high) = (DecisionText.Of(cell.Low, unit, currency), DecisionText.Of(cell.High, unit, currency));
        return T($"{low.En} … {high.En}", $"{low.Zh} … {high.Zh}");
    }

    Fragment Block(DecisionBlock block)
    {
        var body = block switch
        {
            DecisionTable t => Table(t),
            DotChart d => Dots(d),
            LineChart l => Lines(l),
            MapChart m => Map(m),
            FlowChart f => Flow(f),
            HeatChart h => Heat(h),
            _ => throw new InvalidOperationException($"A page holds a {block.GetType().Name}, which nobody draws."),
        };
        return Fragment.Of($"""
            <div class="block"><h3>{block.Title}</h3>{(block.Lead is { } lead ? Fragment.Of($"""<p class="lead">{lead}</p>""") : Fragment.Empty)}
            {body}</div>

            """);
    }

    Fragment Table(DecisionTable table)
    {
        return Fragment.Of($"""
            <div class="tall">{Parts.Table(table.Title,
                Fragment.Each(table.Columns, c => Fragment.Of($"""<th scope="col" class="{(DecisionText.IsNumeric(c.Unit) ? "num" : "")}">{c.Name}</th>""")),
                Fragment.Each(table.Rows, Row))}</div>
            """);

        Fragment Row(IReadOnlyList<DecisionCell> row) => Fragment.Of($"""
            <tr>{Fragment.Each(row, (cell, j) => Cell(cell, table.Columns[j].Unit))}</tr>

            """);
    }

    Fragment Cell(DecisionCell cell, string unit)
    {
        if (unit == "segment" && cell.Text is { } id && Array.IndexOf(segments, id.En) is var at and >= 0)
            return Fragment.Of($"""<td><span class="chip c{at % Palette.Segments.Count}">{id.En}</span></td>""");
        if (!DecisionText.IsNumeric(unit)) return Fragment.Of($"""<td>{DecisionText.Of(cell, unit, currency)}</td>""");
        if (!cell.HasInterval) return Fragment.Of($"""<td class="num">{DecisionText.Of(cell, unit, currency)}</td>""");
        return Fragment.Of($"""<td class="num">{DecisionText.Of(DecisionCell.FromDouble(cell.Number), unit, currency)}<small class="interval">{Interval(cell, unit)}</small></td>""");
    }

    Fragment Dots(DotChart chart)
    {
        var rows = chart.Rows.Select(r => ChartData.Dot(r.Label, r.Value, r.Segment switch { null => "accent", < 0 => "grey", { } s => $"s{s % Palette.Segments.Count}" })).ToArray();
        var unit = Unit(chart.Format);
        var numbers = Parts.Table(chart.Title, Fragment.Join(Head(T("What", "项目")), HeadNumbers(T("Estimate", "估计"))),
            Fragment.Each(chart.Rows, r => Fragment.Of($"""<tr><th scope="row">{r.Label}</th>{Cell(r.Value, unit)}</tr>""")));
        return Chart("dots", chart.Title, new { format = chart.Format, currency = Numbers.Prefix(currency), rows, zero = chart.Zero }, numbers, 52 + 40 * rows.Length);
    }

    Fragment Lines(LineChart chart)
    {
        var data = new
        {
            format = chart.Format,
            currency = Numbers.Prefix(currency),
            x = ChartData.Text(chart.X),
            places = chart.Places?.Select(ChartData.Text),
            square = chart.Square,
            lines = chart.Lines.Select(l => ChartData.Line(l.Name, l.Points)),
        };
        var unit = Unit(chart.Format);
        var rows = chart.Lines.SelectMany(l => l.Points.Select(p => Fragment.Of($"""
            <tr><th scope="row">{l.Name}</th><td>{Place(chart, p[0])}</td>{Cell(p.Length >= 4 ? new Evaluation.Estimate(p[1], p[2], p[3]) : p[1], unit)}</tr>

            """)));
        var numbers = Fragment.Of($"""<div class="tall">{Parts.Table(chart.Title, Fragment.Join(Head(T("Line", "线"), chart.X), HeadNumbers(T("Value", "数值"))), Fragment.Join(rows))}</div>""");
        return Chart("lines", chart.Title, data, numbers, 340, legend: true);
    }

    static Bilingual Place(LineChart chart, double x) =>
        chart.Places is { } places && x >= 0 && x < places.Count ? places[(int)x] : T(Numbers.Short(x), Numbers.Short(x));

    static Fragment Map(MapChart chart)
    {
        var data = new
        {
            x = ChartData.Text(chart.X),
            y = ChartData.Text(chart.Y),
            lines = chart.Series.Select(s => new
            {
                name = ChartData.Text(s.Name),
                points = s.Points.Select(p => new { label = ChartData.Text(p.Label), at = new[] { Math.Round(p.X, 4), Math.Round(p.Y, 4) }, size = Math.Round(p.Size, 3) }),
            }),
        };
        var numbers = Fragment.Of($"""
            <div class="tall">{Parts.Table(chart.Title, Fragment.Join(Head(T("Kind", "类别"), T("Point", "点")), HeadNumbers(chart.X, chart.Y)),
                Fragment.Each(chart.Series.SelectMany(s => s.Points.Select(p => Fragment.Of($"""<tr><td>{s.Name}</td><th scope="row">{p.Label}</th>{Cells(Numbers.Fixed(p.X, 3), Numbers.Fixed(p.Y, 3))}</tr>"""))), f => f))}</div>
            """);
        return Chart("plane", chart.Title, data, numbers, 560, legend: true);
    }

    static Fragment Flow(FlowChart chart)
    {
        var names = chart.Nodes.ToDictionary(n => n.Id, n => n.Name, StringComparer.Ordinal);
        var data = new
        {
            nodes = chart.Nodes.Select(n => new { id = n.Id, name = ChartData.Text(n.Name), step = n.Step, colour = n.Segment is { } s and >= 0 ? $"s{s % Palette.Segments.Count}" : "grey" }),
            links = chart.Links.Where(l => l.Amount > 0).Select(l => new { from = l.From, to = l.To, amount = l.Amount }),
        };
        var numbers = Fragment.Of($"""
            <div class="tall">{Parts.Table(chart.Title, Fragment.Join(Head(T("From", "从"), T("To", "到")), HeadNumbers(T("Customers", "客户"))),
                Fragment.Each(chart.Links.Where(l => l.Amount > 0), l => Fragment.Of($"""<tr><td>{names[l.From]}</td><td>{names[l.To]}</td>{Cells(Numbers.Whole(l.Amount))}</tr>""")))}</div>
            """);
        return Chart("flow", chart.Title, data, numbers, 420);
    }

    Fragment Heat(HeatChart chart)
    {
        var most = chart.Values.SelectMany(r => r).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        return Parts.Table(chart.Title,
            Fragment.Join(Head(chart.Corner), Fragment.Each(chart.Columns, c => Fragment.Of($"""<th scope="col" class="num"><span class="col-name">{c}</span></th>"""))),
            Fragment.Each(chart.Rows, (name, i) => Fragment.Of($"""
                <tr><th scope="row">{name}</th>{Fragment.Each(chart.Values[i], v => Shade(v, most, chart.Unit))}</tr>

                """)), "heat");
    }

    Fragment Shade(double value, double most, string unit)
    {
        if (!double.IsFinite(value)) return Fragment.Of($"""<td class="h none"></td>""");
        var text = DecisionText.Of(value, unit, currency);
        // Differences take the two-sided scale in quarters of the largest, amounts the one-sided in sixths.
        var quarter = most > 0 ? (int)Math.Round(4 * Math.Abs(value) / most) : 0;
        var css = unit != "signed" ? Step(most > 0 ? value / most : 0) : quarter == 0 ? "z" : (value > 0 ? "p" : "n") + quarter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Fragment.Of($"""<td class="h {css}">{text}</td>""");
    }

    static string Unit(string format) => format switch { "percent" => "share", "money" => "money", "signed" => "signed", _ => "number" };

    static string Lower(string text) => text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
