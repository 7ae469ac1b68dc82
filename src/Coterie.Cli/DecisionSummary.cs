using Coterie.Decisions;
using Coterie.Reports;
using Spectre.Console;

namespace Coterie.Cli;

/// <summary>A decision's page on the terminal.</summary>
internal static class DecisionSummary
{
    // A screen holds so many rows; the files and --json have them all.
    const int MostRows = 20;

    internal static void Show(TextWriter output, DecisionPage page, string? currency, string lang, IReadOnlyList<string> written)
    {
        var zh = lang == "zh";
        output.WriteLine();
        output.WriteLine(page.Title.In(lang));
        output.WriteLine(page.Verdict.In(lang));
        foreach (var figure in page.Figures)
            output.WriteLine($"  {figure.Label.In(lang)}{(zh ? "：" : ": ")}{DecisionText.Of(figure.Value, figure.Unit, currency).In(lang)}{(figure.Detail is { } detail ? (zh ? "；" : "; ") + detail.In(lang) : "")}");
        foreach (var table in page.Blocks.OfType<DecisionTable>().Where(t => t.Rows.Count > 0))
        {
            output.WriteLine();
            output.WriteLine(table.Title.In(lang));
            var drawn = new Table().Border(TableBorder.Simple);
            foreach (var column in table.Columns)
            {
                var heading = new TableColumn(Markup.Escape(column.Name.In(lang)));
                drawn.AddColumn(DecisionText.IsNumeric(column.Unit) ? heading.RightAligned() : heading);
            }

            foreach (var row in table.Rows.Take(MostRows))
                drawn.AddRow([.. row.Select((cell, j) => Markup.Escape(DecisionText.Of(cell, table.Columns[j].Unit, currency).In(lang)))]);
            Summary.Console(output).Write(drawn);
            if (table.Rows.Count > MostRows) output.WriteLine(zh ? $"  另有 {table.Rows.Count - MostRows:N0} 行（--out 与 --json 全部列出）" : $"  and {table.Rows.Count - MostRows:N0} more rows (--out and --json have them all)");
        }

        foreach (var note in page.Notes) output.WriteLine((zh ? "注：" : "note: ") + note.In(lang));
        foreach (var file in written) output.WriteLine((zh ? "已写入 " : "wrote ") + file);
    }
}
