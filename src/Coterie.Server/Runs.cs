using System.Collections.Concurrent;
using Coterie.Reports;

namespace Coterie.Server;

/// <summary>A run that stands in the workspace.</summary>
/// <param name="Id">0001, 0002 …</param>
/// <param name="Directory">Where its files are.</param>
/// <param name="Finished">When its report was written.</param>
public sealed record RunEntry(string Id, string Directory, DateTime Finished);

/// <summary>The workspace's runs and their reports; the newest few reports are kept in memory.</summary>
public sealed class Runs(WorkspaceHost host)
{
    const int KeptReports = 4;
    readonly ConcurrentDictionary<string, Kept> reports = new(StringComparer.Ordinal);

    sealed record Kept(DateTime Written, Lazy<RunReport> Report, long Used);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RunEntry> All
    {
        get
        {
            var folder = Path.Combine(host.Directory, "runs");
            return !System.IO.Directory.Exists(folder) ? [] :
            [
                .. System.IO.Directory.EnumerateDirectories(folder)
                    .Where(d => Path.GetFileName(d).All(char.IsAsciiDigit) && File.Exists(Path.Combine(d, "report.json")))
                    .Select(d => new RunEntry(Path.GetFileName(d), d, File.GetLastWriteTimeUtc(Path.Combine(d, "report.json"))))
                    .OrderBy(r => r.Id, StringComparer.Ordinal),
            ];
        }
    }

    public RunEntry? Latest => All is [.., var newest] ? newest : null;

    /// <summary>A run by its id; null when there is none. Ids are digits, so that none leads out of the folder.</summary>
    public RunEntry? Of(string id) => id.Length is > 0 and < 10 && id.All(char.IsAsciiDigit) ? All.FirstOrDefault(r => r.Id == id) : null;

    /// <exception cref="InputException">The report is damaged.</exception>
    public RunReport Report(RunEntry run)
    {
        var kept = reports.AddOrUpdate(run.Directory, d => new(run.Finished, new(() => ReportJson.Read(Path.Combine(d, "report.json"))), Environment.TickCount64),
            (d, k) => k.Written == run.Finished ? k with { Used = Environment.TickCount64 } : new(run.Finished, new(() => ReportJson.Read(Path.Combine(d, "report.json"))), Environment.TickCount64));
        foreach (var old in reports.OrderByDescending(r => r.Value.Used).Skip(KeptReports)) reports.TryRemove(old.Key, out _);
        return kept.Report.Value;
    }

    /// <summary>Lets go of reports: after somebody changed their files.</summary>
    public void Forget() => reports.Clear();
}
