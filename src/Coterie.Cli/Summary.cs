using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Clean;
using Coterie.Evaluation;
using Coterie.Profiles;
using Coterie.Reports;
using Spectre.Console;

namespace Coterie.Cli;

/// <summary>What commands print when they are done: a few lines and a table for people, or one JSON document.</summary>
internal static class Summary
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // A screen holds so many; --json has them all.
    const int MostFacts = 8;

    internal static void Show(TextWriter output, SegmentationResult result, bool json)
    {
        if (json)
        {
            output.WriteLine(ReportJson.Text(result.Report));
            return;
        }

        var (report, lang) = (result.Report, result.Lang);
        var console = Console(output);
        var quality = report.Quality;
        output.WriteLine();
        var zh = lang == "zh";
        output.WriteLine(zh
            ? $"读取 {report.Input.RowsRead:N0} 行，保留 {report.Input.RowsKept:N0} 行；{report.Customers:N0} 位客户；{quality.FirstEvent:yyyy-MM-dd} 至 {quality.LastEvent:yyyy-MM-dd}。"
            : $"{report.Input.RowsRead:N0} rows read, {report.Input.RowsKept:N0} kept; {report.Customers:N0} customers; {quality.FirstEvent:yyyy-MM-dd} to {quality.LastEvent:yyyy-MM-dd}.");
        Rules(output, quality.Rules.Where(r => r is { Refused: true, Rows: > 0 }), zh);
        output.WriteLine();
        if (report.Search.NoStructure)
            output.WriteLine((zh ? "没有分群：" : "No segments: ") + Phrasebook.In(report.Search.Structure.Explanation, lang));
        else
            Segments(console, report, lang);
        if (report.Validity is { } validity)
        {
            output.WriteLine();
            output.WriteLine(validity.Verdict.In(lang));
        }

        Deep(output, report.Deep, lang);
        if (report.Feedback is { } feedback) FeedbackSummary.Show(output, feedback, lang);
        if (report.Labels is { } labels)
        {
            output.WriteLine(zh
                ? $"与真实标签比较：ARI {labels.Ari:0.000}，准确率 {labels.Accuracy:0.000}，F1（类平均）{labels.MacroF1:0.000}。"
                : $"Against the truth file: ARI {labels.Ari:0.000}, accuracy {labels.Accuracy:0.000}, macro F1 {labels.MacroF1:0.000}.");
        }

        Notes(output, report.Notes, lang);
        output.WriteLine();
        var page = Path.Combine(result.Directory, "report.html");
        output.WriteLine(zh
            ? $"{report.Timings.Values.Sum():0.0} 秒，{report.PeakMemoryMb:0} MB。报告：{page}"
            : $"{report.Timings.Values.Sum():0.0} s, {report.PeakMemoryMb:0} MB. Report: {page}");
    }

    static void Rules(TextWriter output, IEnumerable<RuleCount> rules, bool zh)
    {
        foreach (var r in rules)
        {
            var what = (r.Refused, zh) switch { (true, true) => "已拒绝", (true, false) => "refused", (false, true) => "已记录", _ => "noticed" };
            output.WriteLine($"  {what} {r.Rows,9:N0}  {r.Rule}{(zh ? "：" : ": ")}{(zh ? r.MeaningZh : r.Meaning)}");
        }
    }

    static void Notes(TextWriter output, IEnumerable<string> notes, string lang)
    {
        foreach (var note in notes) output.WriteLine((lang == "zh" ? "注：" : "note: ") + Phrasebook.In(note, lang));
    }

    /// <summary>What the second view came to, in a line or two.</summary>
    internal static void Deep(TextWriter output, ReportDeep deep, string lang)
    {
        var zh = lang == "zh";
        if (!deep.On || deep.Verdict is null)
        {
            output.WriteLine((zh ? "第二视角：" : "Second view: ") + (deep.Verdict ?? deep.Why).In(lang));
            return;
        }

        var facts = new List<string>();
        if (deep.Agreement is { } a)
            facts.Add(zh ? $"一致度 {a.Ari.Value.Value:0.00}（{a.Ari.Value.Low:0.00} 至 {a.Ari.Value.High:0.00}）" : $"agreement {a.Ari.Value.Value:0.00} ({a.Ari.Value.Low:0.00} to {a.Ari.Value.High:0.00})");
        if (deep.Disputed > 0 && deep.Customers > 0)
            facts.Add(zh ? $"有争议的客户 {(double)deep.Disputed / deep.Customers:0.0%}" : $"{(double)deep.Disputed / deep.Customers:0.0%} of customers disputed");
        if (deep.Classifier is { HeldOut: var c })
            facts.Add(zh ? $"分类器在 {c.Count:N0} 位客户上准确率 {c.Accuracy:0.00}、F1 {c.MacroF1:0.00}" : $"classifier right about {c.Accuracy:0.0%} of {c.Count:N0} customers, macro F1 {c.MacroF1:0.00}");
        output.WriteLine(deep.Verdict.In(lang));
        if (facts.Count > 0) output.WriteLine((zh ? "两种视角：" : "Two views: ") + string.Join(zh ? "；" : "; ", facts) + (zh ? "。" : "."));
    }

    static void Segments(IAnsiConsole console, RunReport report, string lang)
    {
        var table = new Table().Border(TableBorder.Simple);
        string[] columns = lang == "zh" ? ["编号", "名称", "客户", "占比", "收入", "稳定性"] : ["id", "name", "customers", "share", "revenue", "stability"];
        for (var c = 0; c < columns.Length; c++) table.AddColumn(c < 2 ? new TableColumn(columns[c]) : new TableColumn(columns[c]).RightAligned());
        foreach (var s in report.Segments)
        {
            table.AddRow(Markup.Escape(s.Id), Markup.Escape(s.Name.In(lang)), $"{s.Size:N0}", $"{s.Share:0.0%}",
                double.IsNaN(s.RevenueShare) ? "" : $"{s.RevenueShare:0.0%}", double.IsNaN(s.Stability) ? "–" : $"{s.Stability:0.00}");
        }

        console.Write(table);
    }

    internal static void ShowQuality(TextWriter output, QualityReport quality, bool json, string lang)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(quality, Json));
            return;
        }

        output.WriteLine(lang == "zh"
            ? $"读取 {quality.RowsRead:N0} 行，保留 {quality.RowsKept:N0} 行，此前已有 {quality.RowsKnown:N0} 行；工作区共有 {quality.Customers:N0} 位客户。"
            : $"{quality.RowsRead:N0} rows read, {quality.RowsKept:N0} kept, {quality.RowsKnown:N0} known already; the workspace has {quality.Customers:N0} customers.");
        Rules(output, quality.Rules.Where(r => r.Rows > 0), lang == "zh");
        Notes(output, quality.Notes, lang);
    }

    internal static void ShowLabels(TextWriter output, LabelReport report, int onlyInLabels, int onlyInTruth, string lang)
    {
        var (zh, some) = (lang == "zh", onlyInLabels + onlyInTruth > 0);
        output.WriteLine(zh
            ? $"两个文件共有 {report.Count:N0} 位客户，{report.Clusters} 个簇，{report.Classes} 个类别" + (some ? $"；仅在标签中 {onlyInLabels:N0} 位，仅在真实类别中 {onlyInTruth:N0} 位" : "") + "。"
            : $"{report.Count:N0} customers in both, {report.Clusters} clusters, {report.Classes} classes" + (some ? $"; {onlyInLabels:N0} only in the labels, {onlyInTruth:N0} only in the truth" : "") + ".");
        output.WriteLine($"ARI {report.Ari:0.0000}  AMI {report.Ami:0.0000}  NMI {report.Nmi:0.0000}  V {report.VMeasure:0.0000}  FM {report.FowlkesMallows:0.0000}  {(zh ? "纯度" : "purity")} {report.Purity:0.0000}");
        output.WriteLine(zh
            ? $"准确率 {report.Accuracy:0.0000}  类平均：精确率 {report.MacroPrecision:0.0000}  召回率 {report.MacroRecall:0.0000}  F1 {report.MacroF1:0.0000}  加权 F1 {report.WeightedF1:0.0000}"
            : $"accuracy {report.Accuracy:0.0000}  macro precision {report.MacroPrecision:0.0000}  recall {report.MacroRecall:0.0000}  F1 {report.MacroF1:0.0000}  weighted F1 {report.WeightedF1:0.0000}");
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in zh ? new[] { "类别", "簇", "客户", "精确率", "召回率", "F1" } : ["class", "cluster", "customers", "precision", "recall", "F1"]) table.AddColumn(column);
        foreach (var c in report.PerClass)
            table.AddRow(Markup.Escape(c.Class), Markup.Escape(report.Matching.GetValueOrDefault(c.Class) ?? "-"), $"{c.Support:N0}", $"{c.Precision:0.000}", $"{c.Recall:0.000}", $"{c.F1:0.000}");
        Console(output).Write(table);
    }

    internal static void ShowScores(TextWriter output, ScoringResult result, string lang)
    {
        var zh = lang == "zh";
        output.WriteLine(zh
            ? $"{result.Customers:N0} 位客户（截至 {result.AsOf:yyyy-MM-dd HH:mm:ss} UTC）已写入 {result.Out}"
            : $"{result.Customers:N0} customers as of {result.AsOf:yyyy-MM-dd HH:mm:ss} UTC in {result.Out}");
        // A Chinese character is as wide as two others, so names come last there.
        foreach (var s in result.Segments) output.WriteLine(zh ? $"  {s.Id,-4} {s.Customers,9:N0}  {s.Name.Zh}" : $"  {s.Id,-4} {s.Name.En,-40} {s.Customers,9:N0}");
        Notes(output, result.Notes, lang);
    }

    internal static void ShowExplanation(TextWriter output, Explanation e, string lang)
    {
        var zh = lang == "zh";
        output.WriteLine(zh
            ? $"客户 {e.Customer} 属于 {e.Segment}（{e.SegmentName.Zh}），把握度 {e.Confidence:0.00}。"
            : $"Customer {e.Customer} is in {e.Segment} ({e.SegmentName.En}), confidence {e.Confidence:0.00}.");
        if (e.Feedback is { } word) output.WriteLine((zh ? "由人指定：" : "Put there by a person: ") + word.In(lang) + (zh ? "。" : "."));
        Facts(output, zh ? "支持：" : "For:", e.For, lang);
        Facts(output, zh ? "反对：" : "Against:", e.Against, lang);
        if (e is { Second: { } second, SecondName: { } name })
            output.WriteLine(zh ? $"第二可能的分群：{second}（{name.Zh}）。" : $"Second-best segment: {second} ({name.En}).");
    }

    internal static void ShowEvents(TextWriter output, IReadOnlyList<EventReason>? events, bool ordered, string lang)
    {
        var zh = lang == "zh";
        if (events is null)
        {
            if (ordered) output.WriteLine(zh ? "事件次序也参与了判定：用 --events 给出本次运行的文件，可列出起作用的事件。" : "The order of events had a part in this: give the run's files with --events to see which.");
            return;
        }

        if (events.Count == 0) return;
        output.WriteLine(zh ? "起作用的事件（隐去后对数几率的变化）：" : "Events that did most (change of the log odds when each is hidden):");
        foreach (var e in events) output.WriteLine($"  {e.Weight,7:+0.00;-0.00}  {e.Time:yyyy-MM-dd HH:mm}  {e.What.In(lang)}");
    }

    static void Facts(TextWriter output, string title, IReadOnlyList<ExplainedFact> facts, string lang)
    {
        if (facts.Count == 0) return;
        output.WriteLine(title);
        // Rounded first: a tiny negative share would else be written with two signs.
        foreach (var fact in facts.Take(MostFacts)) output.WriteLine($"  {Math.Round(fact.Weight, 3) + 0.0,7:+0.0%;-0.0%}  {fact.Sentence.In(lang)}");
        if (facts.Count > MostFacts) output.WriteLine(lang == "zh" ? $"           另有 {facts.Count - MostFacts} 条（--json 全部列出）" : $"           and {facts.Count - MostFacts} more (--json has them all)");
    }

    internal static void ShowProfile(TextWriter output, CustomerProfile profile, string lang)
    {
        output.WriteLine(lang == "zh"
            ? $"客户 {profile.Customer}：{profile.Segment}（{profile.SegmentName.Zh}）"
            : $"Customer {profile.Customer}: {profile.Segment} ({profile.SegmentName.En})");
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in lang == "zh" ? new[] { "特征", "数值", "单位", "超过的客户" } : ["feature", "value", "unit", "above"]) table.AddColumn(column);
        foreach (var f in profile.Features)
            table.AddRow(Markup.Escape(f.Label.In(lang)), f.Value is { } v ? $"{v:0.###}" : "-", Markup.Escape(Phrasebook.In(f.Unit, lang)), f.Value is null ? "" : $"{f.Percentile:0%}");
        Console(output).Write(table);
    }

    // Tables go where the command was told to print; width is fixed when that is not a terminal, so that pipes are not cut.
    internal static IAnsiConsole Console(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = System.Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (System.Console.IsOutputRedirected) console.Profile.Width = 160;
        return console;
    }
}
