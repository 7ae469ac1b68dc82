using Coterie.Profiles;
using Coterie.Reports.Html;
using Coterie.Server.Insight;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Components;

namespace Coterie.Server.Pages.Explain;

/// <summary>A page about a run: the newest, or the one that the address names.</summary>
public abstract class ExplainPage : PageBase
{
    [Inject] private protected Runs Runs { get; set; } = null!;
    [Inject] private protected RunInsight Insight { get; set; } = null!;
    [Inject] private protected FreshnessOf Fresh { get; set; } = null!;

    /// <summary>Whether the address names a run that is not there.</summary>
    private protected bool Missing => State.Run is null && State.Query("run").Length > 0;

    private protected static Bilingual NoSuchRun => new("There is no run of this number.", "没有该编号的运行。");

    /// <summary>The run that is shown; null before the first.</summary>
    private protected Shown? Shown => shown ??= State.Run is { } run ? new(run, Runs.Report(run), State.Query("run").Length > 0) : null;

    Shown? shown;

    private protected Shown Of(RunEntry run, bool asked) => new(run, Runs.Report(run), asked);

    /// <summary>How old the run is, and what has happened since.</summary>
    private protected Fragment StateOf(Shown of, string? segment = null) =>
        RunState.Line(of, Runs.Latest, Insight.Freshness(of.Run), Runs.Latest?.Id == of.Run.Id ? Fresh.Now() : null, DateTime.UtcNow, segment);
}
