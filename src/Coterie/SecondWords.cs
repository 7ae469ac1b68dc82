using Coterie.Profiles;

namespace Coterie;

/// <summary>What became of the two views, in a sentence.</summary>
internal static class SecondWords
{
    /// <param name="groups">Fused segments.</param>
    /// <param name="judged">Whether there was a horizon to judge on.</param>
    /// <param name="more">Views that alone clearly say more of it.</param>
    internal static Bilingual Fused(int groups, bool judged, string[] more)
    {
        if (more.Length > 0)
        {
            var (en, zh) = more.Length == 2 ? ("Each view alone says", "任一单独视角") : more[0] == "features" ? ("The features view alone says", "单独的特征视角") : ("The order of events alone says", "单独的序列视角");
            return new($"The views agree better than chance and were fused into {groups} segments of habits. {en} clearly more of the spend and orders of the period held back; run with --deep off to segment by that.",
                $"两种视角的一致性高于随机，已融合为 {groups} 个习惯分群。{zh}对保留时期的消费与下单预测明显更好；如需以此分群，请使用 --deep off。");
        }

        return judged
            ? new($"The views agree better than chance and were fused into {groups} segments, which say no less of the period held back than either view alone.",
                $"两种视角的一致性高于随机，已融合为 {groups} 个分群；对保留时期的预测不逊于任一单独视角。")
            : new($"The views agree better than chance and were fused into {groups} segments. The history is too short to compare them with each view alone on a later period.",
                $"两种视角的一致性高于随机，已融合为 {groups} 个分群。历史太短，无法用后续时期与单独视角比较。");
    }

    internal static Bilingual Refused(string kept) => kept == "features"
        ? new("The views agree better than chance, but fused they say clearly less of the period held back than the features view alone, which is kept.",
            "两种视角的一致性高于随机，但融合后对保留时期的预测明显不如单独的特征视角，因此保留特征视角。")
        : new("The views agree better than chance, but fused they say clearly less of the period held back than the order of events alone, which is kept.",
            "两种视角的一致性高于随机，但融合后对保留时期的预测明显不如单独的序列视角，因此保留序列视角。");

    internal static Bilingual OneGroup { get; } = new("The order of events shows no groups that come back in both halves of the customers, so there was nothing to fuse; the features view is kept.",
        "事件次序中没有能在两半客户中重现的群体，无可融合；保留特征视角。");

    /// <param name="agree">Whether the views agree better than chance: then the features foretell nothing of the order, customer by customer.</param>
    /// <param name="kept">features or sequences.</param>
    /// <param name="judged">Whether there was a horizon to judge on.</param>
    internal static Bilingual NotFused(bool agree, string kept, bool judged)
    {
        Bilingual why = agree
            ? new("The views agree better than chance, but of customers held out the features foretell nothing of the order of events, so they were not fused.",
                "两种视角的一致性高于随机，但对留出的客户，特征不能预示其事件次序，因此未融合。")
            : new("The views agree no better than chance, so they were not fused.", "两种视角的一致性不高于随机，因此未融合。");
        Bilingual whose = (kept, judged) switch
        {
            ("sequences", _) => new("The order of events says more of the period held back and is kept.", "序列视角对保留时期的预测更好，予以保留。"),
            (_, true) => new("The order of events does not say clearly more of the period held back; the features view is kept.", "序列视角对保留时期的预测并未明显更好，保留特征视角。"),
            _ => new("The history is too short to tell which predicts better; the features view is kept.", "历史太短，无法判断哪种预测更好，保留特征视角。"),
        };
        return new($"{why.En} {whose.En}", why.Zh + whose.Zh);
    }
}
