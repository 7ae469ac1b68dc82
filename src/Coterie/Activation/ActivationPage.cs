using Coterie.Decisions;
using Coterie.Profiles;

namespace Coterie.Activation;

/// <summary>What was sent, or would be.</summary>
/// <param name="Kind">file, webhook, postgres, ads or segment.</param>
/// <param name="Destination">What the destination is called; without secrets.</param>
/// <param name="State">Directory of the journals that say what each receiver knows.</param>
public sealed record ActivationResult(string Kind, string Destination, bool DryRun, DateTime AsOf, string State, int Minimum, IReadOnlyList<AudienceOutcome> Audiences, IReadOnlyList<string> Notes);

/// <summary>The page of an activation.</summary>
static class ActivationPage
{
    internal static DecisionPage Of(ActivationResult result, IReadOnlyList<Audience> audiences, IReadOnlyList<Bilingual> notes)
    {
        var names = audiences.ToDictionary(a => a.Key, a => a.Name, StringComparer.Ordinal);
        var blocks = new List<DecisionBlock> { Table(result, names) };
        blocks.AddRange(result.Audiences.Where(o => o.Preview.Count > 0).Select(o => Preview(o, audiences.First(a => a.Key == o.Audience))));
        return new DecisionPage
        {
            Id = "activate",
            Title = new("Activation", "人群投放"),
            Verdict = Verdict(result),
            Answered = result.Audiences.Any(o => !o.Refused),
            Blocks = blocks,
            Notes =
            [
                .. notes,
                .. Advice(result),
                new($"What the receiver knows is kept in {result.State}; keep it: without it everybody is sent again", $"接收方已知的内容保存在 {result.State}，请保留；没有它，所有人都会重新发送"),
            ],
        };
    }

    static Bilingual Verdict(ActivationResult result)
    {
        var zh = result.Destination.Replace("files in ", "文件目录 ", StringComparison.Ordinal).Replace(" lists in ", " 名单目录 ", StringComparison.Ordinal).Replace(" table ", " 表 ", StringComparison.Ordinal);
        var sent = result.Audiences.Where(o => !o.Refused).ToArray();
        var (entered, exited, changed, again) = (sent.Sum(o => o.Entered), sent.Sum(o => o.Exited), sent.Sum(o => o.Changed), sent.Sum(o => o.SentAgain));
        var refused = result.Audiences.Count - sent.Length;
        var small = refused == 0 ? new Bilingual("", "") : new Bilingual(
            $" {refused:N0} {(refused == 1 ? "audience is" : "audiences are")} smaller than {result.Minimum:N0} and {(result.DryRun ? "would be" : "was")} refused.",
            $" {refused:N0} 个人群少于 {result.Minimum:N0} 人，{(result.DryRun ? "将" : "已")}被拒绝。");
        var left = again == 0 ? new Bilingual("", "") : new Bilingual(
            $" A batch of {again:N0} customers that an earlier sync left unconfirmed {(result.DryRun ? "would go" : "went")} out first, under its old key.",
            $" 上次同步中未获确认的一批（{again:N0} 位客户）{(result.DryRun ? "将" : "已")}以原来的键先行发送。");
        if (entered + exited + changed == 0)
        {
            return new($"{result.Destination} knows everything already: nothing {(result.DryRun ? "would be" : "was")} sent.{left.En}{small.En}",
                $"{zh} 已是最新：{(result.DryRun ? "不会发送任何内容" : "没有发送任何内容")}。{left.Zh}{small.Zh}");
        }

        return new(
            $"{(result.DryRun ? "Nothing was sent (dry run). It would tell" : "Told")} {result.Destination}: {entered:N0} entered, {exited:N0} left, {changed:N0} changed.{left.En}{small.En}",
            $"{(result.DryRun ? "仅为试运行，未发送。将告知" : "已告知")} {zh}：进入 {entered:N0}，离开 {exited:N0}，变更 {changed:N0}。{left.Zh}{small.Zh}");
    }

    static DecisionTable Table(ActivationResult result, Dictionary<string, Bilingual> names) => new()
    {
        Title = new("Audiences", "人群"),
        Columns =
        [
            new(new("segment", "分群"), "segment"), new(new("name", "名称")), new(new("audience key", "人群键")), new(new("size", "人数"), "whole"), new(new("known before", "此前已知"), "whole"),
            new(new("entered", "进入"), "whole"), new(new("left", "离开"), "whole"), new(new("changed", "变更"), "whole"), new(new("batches", "批次"), "whole"), new(new("what", "结果")),
        ],
        Rows = [.. result.Audiences.Select(o => (IReadOnlyList<DecisionCell>)
            [o.Segment, names[o.Audience], o.Audience, o.Size, o.Former, o.Entered, o.Exited, o.Changed, o.Batches, What(o, result)])],
    };

    static Bilingual What(AudienceOutcome outcome, ActivationResult result) => outcome switch
    {
        { Refused: true } => outcome.Former > 0
            ? new($"refused: below {result.Minimum:N0}; the receiver keeps what it knows", $"拒绝：少于 {result.Minimum:N0}；接收方保留已知内容")
            : new($"refused: below {result.Minimum:N0}", $"拒绝：少于 {result.Minimum:N0}"),
        { Batches: 0, SentAgain: 0 } => new("nothing new", "无变化"),
        _ => result.DryRun ? new("would be sent", "将发送") : new("sent", "已发送"),
    };

    static DecisionTable Preview(AudienceOutcome outcome, Audience audience) => new()
    {
        Title = new($"{outcome.Audience}: the first {outcome.Preview.Count:N0} changes", $"{outcome.Audience}：前 {outcome.Preview.Count:N0} 条变更"),
        Columns = [new(new("change", "变更")), new(new("customer", "客户")), .. audience.Traits.Select(t => new DecisionColumn(new(t.Name, t.Name)))],
        Rows = [.. outcome.Preview.Select(c => (IReadOnlyList<DecisionCell>)
            [Word(c.Kind), c.Id, .. audience.Traits.Select((_, i) => c.Kind == ChangeKind.Exited ? DecisionCell.Nothing : Cell(c.Traits[i]))])],
    };

    static DecisionCell Cell(object? value) => value switch
    {
        null => DecisionCell.Nothing,
        double d => d.ToString("R"),
        bool b => b ? new Bilingual("true", "是") : new Bilingual("false", "否"),
        _ => (string)value,
    };

    static Bilingual Word(ChangeKind kind) => kind switch
    {
        ChangeKind.Entered => new("entered", "进入"),
        ChangeKind.Exited => new("left", "离开"),
        _ => new("changed", "变更"),
    };

    static IEnumerable<Bilingual> Advice(ActivationResult result)
    {
        if (result.Kind == "ads")
        {
            yield return new("Upload a …1-remove.csv before the …2-add.csv of the same number; a row is one identifier, hashed once", "同一编号请先上传 …1-remove.csv，再上传 …2-add.csv；每行一个标识，仅哈希一次");
            yield return new("Only customers who agreed to it may be put on such a list; --require-consent leaves out everybody else", "只有同意的客户才可列入；--require-consent 会排除其余所有人");
        }

        if (result.DryRun && result.Audiences.Any(o => o.Preview.Count > 0) is false && result.Audiences.Any(o => o.Batches > 0))
            yield return new("--preview N shows the first changes", "--preview N 可显示前几条变更");
    }
}
