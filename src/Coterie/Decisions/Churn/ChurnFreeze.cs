using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Decisions.Churn;

/// <summary>Customers as they were at an instant, and what each one's window is: everything from before the instant.</summary>
internal sealed record ChurnFreeze
{
    internal required DateTime At { get; init; }
    /// <summary>n customers who are still expected.</summary>
    internal required string[] Customers { get; init; }
    /// <summary>n places in the order days.</summary>
    internal required int[] Places { get; init; }
    /// <summary>n x d.</summary>
    internal required Matrix Rows { get; init; }
    /// <summary>d.</summary>
    internal required IReadOnlyList<Feature> Features { get; init; }
    /// <summary>n; days after the instant without an order that count as churn.</summary>
    internal required double[] Windows { get; init; }
    /// <summary>n; days since the last order.</summary>
    internal required double[] Silences { get; init; }
    /// <summary>Customers silent for longer than their limit: gone before the instant.</summary>
    internal required IReadOnlyList<Lapsed> Gone { get; init; }
    /// <summary>Null where windows are the same for all.</summary>
    internal required Rhythm? Rhythm { get; init; }

    internal int Count => Customers.Length;

    internal IReadOnlyList<string> Columns => [.. Features.Select(f => f.Name)];

    /// <summary>n; whether each one orders nothing in the window.</summary>
    internal bool[] Churned(OrderDays orders)
    {
        var at = orders.At(At);
        return [.. Places.Select((p, i) => !orders.Orders(p, at, at + Windows[i]))];
    }
}

/// <summary>A customer who is gone by the rule already.</summary>
/// <param name="Customer">Who.</param>
/// <param name="SilentDays">Since the last order.</param>
/// <param name="LimitDays">The silence from which almost nobody of such a rhythm came back.</param>
public sealed record Lapsed(string Customer, double SilentDays, double LimitDays);

/// <summary>Makes freezes of one shop, with the same columns each.</summary>
internal sealed class ChurnFreezer(DecisionInput input, OrderDays orders, ChurnOptions options, int horizonDays)
{
    internal const string RhythmName = "own_rhythm_days", SilenceName = "silence_in_rhythms";

    static readonly Feature[] Own =
    [
        new()
        {
            Name = RhythmName, Label = "Usual days between orders", LabelZh = "惯常下单间隔（天）",
            Sentence = "Geometric mean of the customer's gaps between order days, shrunk to the shop's by how few they are.", Unit = "days", Family = "rhythm",
            High = "orders rarely", Low = "orders often", HighZh = "下单间隔长", LowZh = "下单间隔短",
        },
        new()
        {
            Name = SilenceName, Label = "Silence against the usual gap", LabelZh = "沉默时长与惯常间隔之比",
            Sentence = "Days since the last order divided by the customer's usual gap: above 1, the next order is late.", Unit = "ratio", Family = "recency",
            High = "silent for long", Low = "ordered as usual", HighZh = "沉默已久", LowZh = "如常下单",
        },
    ];

    IReadOnlyList<string>? topCategories;

    /// <param name="at">The instant.</param>
    /// <param name="events">The relation of events; its customers only.</param>
    internal ChurnFreeze At(DateTime at, string events)
    {
        input.Stop.ThrowIfCancellationRequested();
        var table = FeatureComputation.Compute(input.Warehouse, new FeatureRequest
        {
            AsOf = at,
            Present = input.Quality.Present,
            Kinds = input.Quality.Kinds.Keys.ToHashSet(StringComparer.Ordinal),
            HasTimeOfDay = input.Quality.HasTimeOfDay,
            Events = events,
            // The first freeze is the oldest: later ones see no category that was chosen after them.
            TopCategories = topCategories,
        });
        topCategories ??= table.TopCategories;
        var time = orders.At(at);
        int[] buyers = [.. Enumerable.Range(0, table.Count).Where(i => orders.Place(table.Customers[i]) is >= 0 and var p && orders.Before(p, time) > 0)];
        int[] places = [.. buyers.Select(i => orders.Place(table.Customers[i]))];
        var rhythm = Rhythm.Fit(orders, places, time, options.ComeBack);
        var ownWindows = options.HorizonDays is null ? rhythm : null;

        List<int> kept = [];
        List<double> windows = [], silences = [], days = [];
        List<Lapsed> gone = [];
        for (var b = 0; b < buyers.Length; b++)
        {
            var p = places[b];
            var silence = time - orders.Times[p][orders.Before(p, time) - 1];
            var (count, sum, _) = Rhythm.Logs(orders, p, time);
            var own = rhythm?.Days(count, sum) ?? double.NaN;
            var limit = ownWindows is null ? double.PositiveInfinity : own * ownWindows.Limit;
            var window = ownWindows is null ? horizonDays : own * ownWindows.Window;
            if (silence > limit)
            {
                gone.Add(new(table.Customers[buyers[b]], silence, limit));
                continue;
            }

            kept.Add(b);
            // A week is the shortest time in which a shop can act.
            windows.Add(Math.Clamp(Math.Ceiling(window), Math.Min(7, horizonDays), horizonDays));
            silences.Add(silence);
            days.Add(own);
        }

        return new ChurnFreeze
        {
            At = at,
            Customers = [.. kept.Select(b => table.Customers[buyers[b]])],
            Places = [.. kept.Select(b => places[b])],
            Rows = Rows(table, [.. kept.Select(b => buyers[b])], days, silences, windows),
            Features = [.. table.Features, .. Own, Window],
            Windows = [.. windows],
            Silences = [.. silences],
            Gone = gone,
            Rhythm = rhythm,
        };
    }

    static readonly Feature Window = new()
    {
        Name = "window_days", Label = "Days ahead that are looked at", LabelZh = "观察窗口（天）",
        Sentence = "Days without an order that count as churn for this customer.", Unit = "days", Family = "window",
        High = "long window", Low = "short window", HighZh = "窗口较长", LowZh = "窗口较短",
    };

    static Matrix Rows(FeatureTable table, int[] kept, List<double> days, List<double> silences, List<double> windows)
    {
        var d = table.Features.Count;
        var rows = new Matrix(kept.Length, d + 3);
        for (var i = 0; i < kept.Length; i++)
        {
            for (var j = 0; j < d; j++) rows[i, j] = (float)table.Columns[j][kept[i]];
            rows[i, d] = (float)days[i];
            rows[i, d + 1] = (float)(silences[i] / days[i]);
            rows[i, d + 2] = (float)windows[i];
        }

        return rows;
    }

    /// <summary>The columns that all of them have; a feature that only a long history gives is in none.</summary>
    internal static IReadOnlyList<ChurnFreeze> Aligned(IReadOnlyList<ChurnFreeze> freezes)
    {
        var common = freezes[0].Columns.Where(c => freezes.All(f => f.Columns.Contains(c))).ToArray();
        return [.. freezes.Select(f => Only(f, common))];
    }

    static ChurnFreeze Only(ChurnFreeze freeze, string[] columns)
    {
        if (freeze.Features.Count == columns.Length) return freeze;
        int[] from = [.. columns.Select(c => freeze.Columns.ToList().IndexOf(c))];
        var rows = new Matrix(freeze.Count, columns.Length);
        for (var i = 0; i < freeze.Count; i++)
        {
            for (var j = 0; j < columns.Length; j++) rows[i, j] = freeze.Rows[i, from[j]];
        }

        return freeze with { Rows = rows, Features = [.. from.Select(j => freeze.Features[j])] };
    }
}
