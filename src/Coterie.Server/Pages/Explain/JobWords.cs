using Coterie.Profiles;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Server.Pages.Decisions;
using Coterie.Server.Sending;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>Jobs as people see them.</summary>
static class JobWords
{
    public static Bilingual State(JobState state) => state switch
    {
        JobState.Queued => T("waiting", "等待中"),
        JobState.Running => T("running", "运行中"),
        JobState.Done => T("done", "完成"),
        JobState.Failed => T("failed", "失败"),
        JobState.Cancelled => T("cancelled", "已取消"),
        _ => T(state.ToString(), state.ToString()),
    };

    public static Bilingual Kind(string kind) => kind switch
    {
        "segment" => T("Segmentation", "分群"),
        PrivacyJobs.Erase => T("Deletion", "删除"),
        PrivacyJobs.Retain => T("Limits of what is kept", "保留期限"),
        SyncJob.Kind => T("Sending", "发送"),
        IngestJob.Kind => T("Adding a file", "添加文件"),
        _ => DecisionWords.Name(kind),
    };

    /// <summary>Options that were asked for, as they are written on the command line.</summary>
    public static string Options(JobRow job) =>
        string.Join("  ", JobKinds.Shown(job).Select(a => a.Value == "true" ? $"--{a.Key}" : $"--{a.Key} {a.Value}"));

    /// <summary>Since when it waits or runs, or how long it ran.</summary>
    public static Bilingual Time(JobRow job, DateTime now) => job switch
    {
        { State: JobState.Running, Started: { } started } => T($"for {RunState.Took(now - started).En}", $"已 {RunState.Took(now - started).Zh}"),
        { Started: { } started, Ended: { } ended } => RunState.Took(ended - started),
        _ => T("", ""),
    };
}
