using Coterie.Decisions;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>What the run's decisions say of one segment: its rows of their tables.</summary>
static class SegmentDecisions
{
    // Decisions whose tables by segment hold nobody by name, in the order of use.
    static readonly string[] Told = ["next_actions", "value", "recommend"];
    static readonly string[] Known = ["Name", "Customers"];
    const string Action = "Next action";

    public static Fragment Of(Shown shown, int at)
    {
        var id = shown.Report.Segments[at].Id;
        var parts = Told.Select(t => shown.Report.Decisions.FirstOrDefault(d => d.Id == t)).OfType<DecisionPage>().Select(d => Part(shown, d, id)).Where(p => !p.IsEmpty).ToArray();
        return parts.Length == 0
            ? Section("actions", T("What to do", "下一步"), T("This run made no decisions; start one with decisions, or ask for them under Decisions.", "本次运行未生成决策；可在运行时启用，或在“决策”中请求。"), Fragment.Of($"""<p class="verdict told">{shown.Report.Segments[at].Action}</p>"""))
            : Section("actions", T("What to do", "下一步"), T("From the decisions of this run, for this segment.", "本次运行的决策中与本群有关的部分。"), Fragment.Join(parts));
    }

    /// <summary>What the run advises for a segment; null where it decided nothing.</summary>
    public static Bilingual? NextAction(RunReport report, string id)
    {
        var table = report.Decisions.FirstOrDefault(d => d.Id == "next_actions" && d.Answered)?.Blocks.OfType<DecisionTable>().FirstOrDefault(t => t.Columns.Any(c => c.Name.En == Action));
        if (table is null) return null;
        var (segment, action) = (table.Columns.ToList().FindIndex(c => c.Unit == "segment"), table.Columns.ToList().FindIndex(c => c.Name.En == Action));
        return segment < 0 ? null : table.Rows.FirstOrDefault(r => r[segment].Text?.En == id)?[action].Text;
    }

    static Fragment Part(Shown shown, DecisionPage page, string id)
    {
        if (!page.Answered) return Fragment.Of($"""<div class="block"><h3>{page.Title}</h3><p class="lead">{page.Verdict}</p></div>""");
        var rows = page.Blocks.OfType<DecisionTable>().Select(t => Row(shown, t, id)).Where(r => !r.IsEmpty).ToArray();
        return rows.Length == 0 ? Fragment.Empty : Fragment.Of($"""<div class="block"><h3>{page.Title}</h3>{Fragment.Join(rows)}</div>""");
    }

    static Fragment Row(Shown shown, DecisionTable table, string id)
    {
        var column = table.Columns.ToList().FindIndex(c => c.Unit == "segment");
        if (column < 0 || table.Rows.FirstOrDefault(r => r[column].Text?.En == id) is not { } row) return Fragment.Empty;
        List<Fragment> texts = [], numbers = [];
        for (var j = 0; j < row.Count; j++)
        {
            var (name, unit, cell) = (table.Columns[j].Name, table.Columns[j].Unit, row[j]);
            if (j == column || Known.Contains(name.En) || (cell.Text is null && !double.IsFinite(cell.Number))) continue;
            if (!DecisionText.IsNumeric(unit))
            {
                texts.Add(name.En == Action
                    ? Fragment.Of($"""<p class="verdict told">{DecisionText.Of(cell, unit, shown.Report.Currency)}</p>""")
                    : Fragment.Of($"<p><b>{name}</b> {DecisionText.Of(cell, unit, shown.Report.Currency)}</p>"));
                continue;
            }

            var large = DecisionText.Of(DecisionCell.FromDouble(cell.Number), unit, shown.Report.Currency);
            var (low, high) = (DecisionText.Of(DecisionCell.FromDouble(cell.Low), unit, shown.Report.Currency), DecisionText.Of(DecisionCell.FromDouble(cell.High), unit, shown.Report.Currency));
            // A column of margins belongs to the one before it.
            var margin = j + 1 < row.Count && table.Columns[j + 1].Name.En.StartsWith("Mean ±", StringComparison.Ordinal) ? row[++j].Number : double.NaN;
            numbers.Add(Fragment.Of($"""<div><dt>{name}</dt><dd>{large}</dd><dd class="note">{(cell.HasInterval ? T($"{low.En} … {high.En}", $"{low.Zh} … {high.Zh}") : T("", ""))}{(double.IsFinite(margin) ? T($" · mean ± {Numbers.Percent1(margin)}", $" · 均值 ± {Numbers.Percent1(margin)}") : T("", ""))}</dd></div>"""));
        }

        return Fragment.Of($"""{Fragment.Join(texts)}{(numbers.Count == 0 ? Fragment.Empty : Fragment.Of($"""<dl class="figures small">{Fragment.Join(numbers)}</dl>"""))}""");
    }
}
