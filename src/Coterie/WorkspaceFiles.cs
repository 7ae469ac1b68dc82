using Coterie.Clustering;
using Coterie.Features;
using Coterie.Feedback;
using Coterie.Numerics;
using Coterie.Privacy;
using Coterie.Reports;

namespace Coterie;

/// <summary>Takes a person out of the files of a workspace: what runs wrote, what destinations wrote there, and whatever else lies in it.</summary>
static class WorkspaceFiles
{
    static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    /// <returns>Files that name the person and could not be cleaned.</returns>
    internal static HashSet<string> Erase(string workspace, ErasedPerson person, ErasureJournal journal, Action<string> at)
    {
        var left = new HashSet<string>(StringComparer.Ordinal);
        // Models and pages are made anew from files beside them that still name the person, so they come first.
        foreach (var run in Workspace.RunsOf(workspace).Select(r => Path.Combine(workspace, "runs", r)))
        {
            foreach (var model in Models(workspace, run, person)) journal.Note(model);
            at($"model {Path.GetFileName(run)}");
            Page(workspace, run, person, journal);
            at($"page {Path.GetFileName(run)}");
        }

        // A mark of two customers is none of one: what people said is cleaned by whoever knows what it means, and the rest of the file as any other.
        FeedbackLog.Open(workspace).Erase(person, entries => journal.Note(new ErasedFrom("file", FeedbackLog.FileName, entries, 0)));
        at("feedback");
        foreach (var file in Files(workspace).Where(f => !IsElsewhere(f)))
        {
            var path = Path.Combine(workspace, file);
            var store = file.StartsWith("runs/", StringComparison.Ordinal) ? "run" : "file";
            var outcome = FileErasure.Clean(path, person, found => journal.Note(new ErasedFrom(store, file, found.Removed, found.Masked)));
            if (!outcome.Cleaned) left.Add(file);
            if (outcome is not { Removed: 0, Masked: 0 }) at($"file {file}");
        }

        return left;
    }

    /// <summary>Reads every file once more; adds those that still name the person.</summary>
    /// <returns>Files read.</returns>
    internal static int Check(string workspace, ErasedPerson person, HashSet<string> left)
    {
        var files = Files(workspace).Where(f => !f.StartsWith("erasures/", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal)).ToArray();
        foreach (var file in files)
            if (person.Mentions(file) || (file != "warehouse.duckdb" && FileErasure.Names(Path.Combine(workspace, file), person))) left.Add(file);
        return files.Length;
    }

    static IEnumerable<string> Files(string workspace) =>
        Directory.EnumerateFiles(workspace, "*", Everything).Select(f => Path.GetRelativePath(workspace, f).Replace('\\', '/')).Order(StringComparer.Ordinal);

    // Cleaned by others, or by nobody: databases and logs have writers of their own.
    static bool IsElsewhere(string file) => file is "coterie.json" || file.StartsWith("warehouse.duckdb", StringComparison.Ordinal) || file.EndsWith(".lock", StringComparison.Ordinal)
        || file.StartsWith("erasures/", StringComparison.Ordinal) || file.StartsWith("temporary/", StringComparison.Ordinal) || file.EndsWith(".journal", StringComparison.Ordinal)
        || file.StartsWith("server/log/", StringComparison.Ordinal) || file.StartsWith("server/inbox/", StringComparison.Ordinal)
        || Path.GetExtension(file) is ".db" or ".db-wal" or ".db-shm";

    // The page is drawn from report.json and nothing else, so it is drawn again.
    static void Page(string workspace, string run, ErasedPerson person, ErasureJournal journal)
    {
        var (page, report) = (Path.Combine(run, "report.html"), Path.Combine(run, "report.json"));
        if (!File.Exists(page) || !File.Exists(report)) return;
        var count = new JsonErasure.Count();
        var clean = JsonErasure.Clean(File.ReadAllBytes(report), person, count);
        if (!count.Any || clean is null) return;
        journal.Note(new ErasedFrom("run", Path.GetRelativePath(workspace, page).Replace('\\', '/'), count.Removed, count.Masked));
        var next = report + ".erasing";
        try
        {
            File.WriteAllBytes(next, clean);
            var lang = File.ReadLines(page).Take(5).Any(l => l.Contains("<html lang=\"zh", StringComparison.Ordinal)) ? "zh" : "en";
            var read = ReportJson.Read(next);
            Durable.Write(page, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                writer.Write(ReportHtml.Page(read, lang));
            });
        }
        catch (InputException)
        {
            // Of another version, which this one cannot draw: the page is cleaned as text with the other files.
        }
        finally
        {
            File.Delete(next);
        }
    }

    static IEnumerable<ErasedModel> Models(string workspace, string run, ErasedPerson person)
    {
        var folder = Path.Combine(run, "model");
        var features = Path.Combine(run, "features.parquet");
        if (!File.Exists(Path.Combine(folder, "model.json")) || !File.Exists(features)) yield break;
        SegmentationModel model;
        FeatureTable mine;
        int among;
        try
        {
            model = SegmentationModel.Read(folder);
            var table = FeatureFile.Read(features, model.AsOf);
            among = table.Count;
            var places = Enumerable.Range(0, table.Count).Where(i => person.Is(table.Customers[i])).ToArray();
            mine = table with { Customers = [.. places.Select(i => table.Customers[i])], Columns = [.. table.Columns.Select(c => Array.ConvertAll(places, i => c[i]))] };
        }
        catch (InputException)
        {
            // Of another version, or damaged: its files are cleaned as files, and no command can use it.
            yield break;
        }

        if (mine.Count == 0) yield break;
        var rows = 0;
        if (model.Clusters is GenieModel genie)
        {
            var without = Without(genie, model.Representation.Apply(mine).Rows, out rows);
            if (rows > 0) Durable.Write(Path.Combine(folder, "model.json"), stream => (model with { Clusters = without }).WriteTo(stream));
        }

        var name = Path.GetRelativePath(workspace, folder).Replace('\\', '/');
        yield return model.Clusters is GenieModel
            ? new(name, among, rows, $"The model keeps a row of numbers for each customer; {rows} of this person were taken out.", $"该模型为每位客户保存一行数值；已取出此人的 {rows} 行。")
            : new(name, among, 0, $"It holds averages over {among} customers, this person among them, and no row of anybody. The next run forgets.", $"其中只有 {among} 位客户（含此人）的平均值，没有任何人的单独数据。下次运行即不再包含。");
        foreach (var network in new[] { Networks.EncoderFolder, Networks.ClassifierFolder })
            if (Directory.Exists(Path.Combine(folder, network)))
                yield return new($"{name}/{network}", among, 0, $"Its weights were trained with this person among {among} and hold no row of anybody. The next run forgets.", $"其权重由 {among} 位客户（含此人）训练得出，不含任何人的单独数据。下次运行即不再包含。");
    }

    // Nearly equal: the same numbers, put through the same preparation again.
    static GenieModel Without(GenieModel model, Matrix rows, out int found)
    {
        if (model.Distance == Clustering.Distance.Cosine) rows = Spherical.Normalised(rows);
        var gone = new HashSet<int>();
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var place = 0; place < model.Labels.Length; place++)
            {
                if (gone.Contains(place)) continue;
                var same = true;
                for (var j = 0; same && j < model.Columns; j++) same = Math.Abs(model.Rows[place * model.Columns + j] - rows[i, j]) <= 1e-5f * (1 + Math.Abs(rows[i, j]));
                if (!same) continue;
                gone.Add(place);
                break;
            }
        }

        found = gone.Count;
        var kept = Enumerable.Range(0, model.Labels.Length).Where(p => !gone.Contains(p)).ToArray();
        return model with { Rows = [.. kept.SelectMany(p => model.Rows.AsSpan(p * model.Columns, model.Columns).ToArray())], Labels = [.. kept.Select(p => model.Labels[p])] };
    }
}
