using System.Globalization;
using Coterie.Profiles;

namespace Coterie.Decisions.Churn;

/// <summary>Sentences about churn in both languages.</summary>
internal static class ChurnWords
{
    // Two of five pairs in the wrong order.
    const double LittleForeseen = 0.6;

    internal static Bilingual Verdict(ChurnJudgement judged)
    {
        var (trees, recency, gain) = (judged.Trees.Auc, judged.Recency.Auc, judged.AucGain);
        string interval = $"{Fixed(gain.Low, sign: true)} … {Fixed(gain.High, sign: true)}", periods = judged.CutOffs.Count == 1 ? "a later period" : $"{judged.CutOffs.Count} later periods";
        var head = new Bilingual(
            $"On {periods}, one who churned ranked above one who stayed in {Percent(trees.Value)} of pairs; by days since the last order alone, in {Percent(recency.Value)} (difference in AUC {Fixed(gain.Value, sign: true)}, {interval}).",
            $"在 {judged.CutOffs.Count} 个更晚时段上，流失客户的风险排在留存客户之前的比例为 {Percent(trees.Value)}；只看距上次下单天数为 {Percent(recency.Value)}（AUC 差 {Fixed(gain.Value, sign: true)}，区间 {interval}）。");
        var tail = judged.AgainstRecency switch
        {
            "better" => new Bilingual(" The trees are better.", "树模型更好。"),
            "worse" => new Bilingual(" The trees are worse: sort by days since the last order instead.", "树模型更差：请改按距上次下单天数排序。"),
            _ => new Bilingual(" The trees are not better: sorting by days since the last order does as well.", "树模型并不更好：按距上次下单天数排序效果相当。"),
        };
        if (trees.Value < LittleForeseen)
            tail = new(tail.En + " Even so, little can be foreseen here: expect to be wrong often.", tail.Zh + "即便如此，此处可预见的很少，误判会很多。");
        var t = judged.Trees;
        var trust = t.CalibrationError <= Math.Max(0.02, t.CalibrationErrorByChanceHigh)
            ? new Bilingual($" Probabilities can be taken at their word (mean error {Percent(t.CalibrationError)}).", $"概率可以照字面理解（平均误差 {Percent(t.CalibrationError)}）。")
            : new Bilingual($" Probabilities were off by {Percent(t.CalibrationError)} on average within a period ({Percent(t.CalibrationErrorTogether)} over all periods together): the level moves from period to period, the order is steadier.", $"单个时段内概率平均偏差 {Percent(t.CalibrationError)}（各时段合并后 {Percent(t.CalibrationErrorTogether)}）：整体水平随时段移动，排序更可靠。");
        return new(head.En + tail.En + trust.En, head.Zh + tail.Zh + trust.Zh);
    }

    internal static Bilingual Rule(ChurnResult r)
    {
        if (!r.OwnRhythm && r.Rhythm is null)
            return new($"Churned: no order in the next {r.HorizonDays} days, the same for all; the history has too few gaps between orders to tell customers' rhythms.",
                $"流失定义：未来 {r.HorizonDays} 天内无订单，对所有客户相同；历史中下单间隔太少，无法判断个人节奏。");
        if (!r.OwnRhythm)
            return new($"Churned: no order in the next {r.HorizonDays} days, the same for all, as asked with --horizon.", $"流失定义：未来 {r.HorizonDays} 天内无订单，对所有客户相同（按 --horizon 指定）。");
        var rhythm = r.Rhythm!;
        string usual = Fixed(Math.Exp(rhythm.Mean), 0), window = Fixed(rhythm.Window, 1), limit = Fixed(rhythm.Limit, 1);
        var gone = double.IsPositiveInfinity(rhythm.Limit)
            ? new Bilingual("The history is too short to call anyone gone already.", "历史太短，不把任何人判为已流失。")
            : new Bilingual($"Whoever has been silent for {limit} times the gap is gone already, since fewer than 5 % came back from that.", $"已沉默达间隔 {limit} 倍者按已流失计，因为从那么久的沉默中回来的不足 5%。");
        return new(
            $"Churned: no order in a window of {window} times the customer's usual gap (the shop's: {usual} days), at least a week and at most the horizon of {r.HorizonDays} days. "
                + $"Fewer than 5 % of all silences lasted longer and still ended with an order, as far as the history shows. {gone.En} For {r.AtHorizon:N0} of {r.Customers:N0} customers the horizon is the window.",
            $"流失定义：在窗口内无订单；窗口为本人惯常下单间隔（全店 {usual} 天）的 {window} 倍，最少一周，最多 {r.HorizonDays} 天。历史显示，比这更久的沉默后仍下单的不足全部沉默的 5%。{gone.Zh}{r.Customers:N0} 位客户中有 {r.AtHorizon:N0} 位的窗口等于上限。");
    }

    internal static string Fixed(double value, int decimals = 3, bool sign = false) =>
        (sign && value > 0 ? "+" : "") + value.ToString("F" + decimals, CultureInfo.InvariantCulture);

    internal static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
