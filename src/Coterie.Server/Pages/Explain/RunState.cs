using System.Globalization;
using Coterie.Profiles;
using Coterie.Reports.Html;
using Coterie.Server.Insight;
using Coterie.Server.Jobs;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>How old a run is and whether it still speaks of today: no segment is shown without it.</summary>
static class RunState
{
    /// <param name="newest">The newest run, where another one is shown.</param>
    /// <param name="fresh">What happened since the run.</param>
    /// <param name="verdict">What to make of it, as the API says it too; null for a run that is not the newest.</param>
    /// <param name="segment">Of one segment only; null: of the whole run.</param>
    public static Fragment Line(Shown shown, RunEntry? newest, RunFreshness fresh, Freshness? verdict, DateTime now, string? segment = null)
    {
        var (run, report) = (shown.Run, shown.Report);
        var (css, state) = verdict?.State switch
        {
            null => ("ageing", T("Earlier run", "较早的运行")),
            FreshnessState.Stale => ("stale", T("Out of date", "已过时")),
            FreshnessState.Aging => ("ageing", T("Ageing", "渐旧")),
            _ => fresh.Events == 0 ? ("done", T("Up to date", "最新")) : ("ageing", T("Events are newer", "有更新的事件")),
        };
        var why = Fragment.Each(verdict?.Reasons ?? [], r => Fragment.Of($" {r}"));
        var detail = fresh.Events == 0
            ? T("The workspace has no event that is newer.", "库中没有更新的事件。")
            : T($"{Numbers.Whole(fresh.Events)} newer {(fresh.Events == 1 ? "event" : "events")} of {Customers(fresh.Customers)}, up to {Ago.Minute(fresh.Last!.Value)}{(fresh.Strangers > 0 ? $"; {Numbers.Whole(fresh.Strangers)} of them in no segment yet" : "")}.",
                $"此后有 {Numbers.Whole(fresh.Events)} 条事件，涉及 {Numbers.Whole(fresh.Customers)} 位客户，最新为 {Ago.Minute(fresh.Last!.Value)}{(fresh.Strangers > 0 ? $"；其中 {Numbers.Whole(fresh.Strangers)} 位尚无分群" : "")}。");
        var own = segment is null || fresh.Events == 0 ? Fragment.Empty
            : Fragment.Of($" {(fresh.Active.GetValueOrDefault(segment) is var n and > 0 ? T($"{Customers(n)} of this segment did something since.", $"本群有 {Numbers.Whole(n)} 位客户此后有活动。") : T("Nobody of this segment did anything since.", "本群客户此后没有活动。"))}");
        var older = newest is null || newest.Id == run.Id ? Fragment.Empty
            : Fragment.Of($""" <b>{T("An earlier run is shown.", "当前显示的是较早的运行。")}</b> <a href="?">{T($"To the newest, {newest.Id}", $"查看最新运行 {newest.Id}")}</a>""");
        return Fragment.Of($"""
            <p class="run-state"><span class="state {css}">{state}</span> <span>{T("Run", "运行")} <a href="/runs/{run.Id}">{run.Id}</a> · {T($"as of {Ago.Minute(report.AsOf)}", $"截至 {Ago.Minute(report.AsOf)}")} · {T("made", "生成于")} <time datetime="{run.Finished.ToString("O", CultureInfo.InvariantCulture)}" title="{Ago.Minute(run.Finished)} UTC">{Ago.Of(run.Finished, now)}</time></span> <span>{detail}{why}{own}{older}</span></p>

            """);
    }

    static string Customers(int n) => n == 1 ? "1 customer" : $"{Numbers.Whole(n)} customers";

    /// <summary>How long something took or takes.</summary>
    public static Bilingual Took(TimeSpan time) => time.TotalSeconds < 90 ? T($"{Math.Max(0, (int)time.TotalSeconds)} s", $"{Math.Max(0, (int)time.TotalSeconds)} 秒")
        : time.TotalMinutes < 90 ? T($"{(int)time.TotalMinutes} min", $"{(int)time.TotalMinutes} 分钟")
        : T(string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h"), string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} 小时"));
}
