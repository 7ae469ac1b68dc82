using System.Globalization;
using Coterie.Clean;
using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Sequences;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>The second look at the customers, by the order of what they do; how it agrees with the first, and which segments came of both.</summary>
internal sealed record SecondView
{
    /// <summary>Customers with so many events have an order to learn from, and so many of them are enough.</summary>
    internal const int ManyEvents = 10, ManyCustomers = 500, FewestCustomers = 50;

    internal required bool On { get; init; }
    internal required Bilingual Why { get; init; }
    internal required FinalSegments Final { get; init; }
    /// <summary>Null when the view was not looked at.</summary>
    internal Histories? Histories { get; init; }
    /// <summary>n: events of each customer.</summary>
    internal long[] Events { get; init; } = [];
    internal ViewFit? Sequences { get; init; }
    internal AgreementReport? Agreement { get; init; }
    /// <summary>Null when the views were not fused.</summary>
    internal ViewFit? Fused { get; init; }
    /// <summary>Of the fit that was kept; null when that is the features view.</summary>
    internal SecondModel? Model => Final.Kept switch { "fused" => Fused!.Model, "sequences" => Sequences!.Model, _ => null };
    internal Bilingual? Verdict { get; init; }
    internal IReadOnlyList<Reports.ReportGain> Gains { get; init; } = [];
    /// <summary>Every way of segmenting that was looked at, fitted again on what was known at the freeze.</summary>
    internal IReadOnlyList<NamedGrouping> Frozen { get; init; } = [];
    /// <summary>Frozen customers x segments, of the way that was kept; null where nothing was frozen.</summary>
    internal Matrix? FrozenSegments { get; init; }
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <exception cref="ConfigurationException">The view is demanded of histories that have no order to learn from.</exception>
    internal static SecondView Look(
        IWarehouse warehouse, QualityReport quality, FeatureTable current, Past past, SegmentChoice choice, SegmentationOptions options, Stages stages)
    {
        var events = options.Deep == "off" || choice.NoStructure ? [] : SequenceReader.EventCounts(warehouse, Histories.Request(quality.Present, quality.HasTimeOfDay, current.AsOf));
        var (on, why) = Decide(events, choice, options);
        var view = on
            ? new SecondLook(Histories.Of(warehouse, quality, current, past), current, past, choice, Portraits.Browsing(quality), options, stages).Run(why) with { Events = events }
            : new SecondView { On = false, Why = why, Final = FinalSegments.Of(choice) };
        // What people asked comes last, so that it is about the segments that are kept.
        return view with { Final = FeedbackStage.Apply(warehouse, quality, current, choice, view.Final, options, stages) };
    }

    readonly record struct Decision(bool On, Bilingual Why);

    static Decision Decide(long[] events, SegmentChoice choice, SegmentationOptions options)
    {
        Decision No(string en, string zh) => new(false, new Bilingual(en, zh));
        if (options.Deep == "off") return No("The order of events was not looked at, as asked (--deep off).", "按要求未分析事件次序（--deep off）。");
        if (choice.NoStructure)
            return No("The features show no groups, so there is nothing to fuse with the order of events.", "特征中不存在群体，因此没有可与事件次序融合的分群。");
        var many = events.Count(e => e >= ManyEvents);
        var numbers = string.Create(CultureInfo.InvariantCulture, $"{many:N0}");
        var all = string.Create(CultureInfo.InvariantCulture, $"{events.Length:N0}");
        if (options.Deep == "on" && many < FewestCustomers)
        {
            throw new ConfigurationException($"--deep on: only {numbers} of {all} customers have {ManyEvents} events or more; expected at least {FewestCustomers}, "
                + "because an order cannot be learned from less. Use --deep auto, or give a longer history.");
        }

        if (options.Deep == "auto" && many < ManyCustomers)
        {
            return No($"Histories are too short to learn an order from: {numbers} of {all} customers have {ManyEvents} events or more, and {ManyCustomers} are needed. Segments rest on the features view.",
                $"历史太短，无法学习事件次序：{all} 位客户中仅 {numbers} 位有 {ManyEvents} 个及以上事件，至少需要 {ManyCustomers} 位。分群仅基于特征视角。");
        }

        return new(true, new Bilingual($"{numbers} of {all} customers have {ManyEvents} events or more: enough to learn from the order in which they do things.",
            $"{all} 位客户中有 {numbers} 位具有 {ManyEvents} 个及以上事件，足以学习其行为次序。"));
    }
}
