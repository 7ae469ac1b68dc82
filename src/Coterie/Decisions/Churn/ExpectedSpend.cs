namespace Coterie.Decisions.Churn;

/// <summary>What a customer may be expected to spend over a horizon, from what they spent in the horizons before: their mean, shrunk to their group's.</summary>
/// <remarks>Bühlmann and Straub 1970, "Glaubwürdigkeit für Schadensätze": with n whole periods seen, variance s2 within customers and a between them,
/// the mean counts n / (n + s2 / a). Periods without an order count as zero, refunds are taken off when they happen. The period of the first order is left out where it is not
/// whole.</remarks>
internal static class ExpectedSpend
{
    /// <summary>Groups where there are no segments: 1, 2, 3 to 4, 5 to 9, and 10 or more order days by then. A customer of one order must not be drawn to a
    /// mean that regular customers make.</summary>
    internal static int[] ByOrders(OrderDays orders, int[] places, double at) =>
        Array.ConvertAll(places, p => orders.Before(p, at) switch { <= 1 => 0, 2 => 1, <= 4 => 2, <= 9 => 3, _ => 4 });

    /// <param name="orders">Everybody's order days.</param>
    /// <param name="places">n customers.</param>
    /// <param name="groups">n groups of 0 or more, or -1.</param>
    /// <param name="at">Nothing after this is seen, days since the origin.</param>
    /// <param name="days">Length of a period.</param>
    /// <returns>n amounts over one period.</returns>
    internal static double[] Of(OrderDays orders, int[] places, int[] groups, double at, int days)
    {
        var n = places.Length;
        var (counts, means) = (new double[n], new double[n]);
        double within = 0, freedom = 0;
        var group = groups.Length == 0 ? 0 : groups.Max() + 2;
        double[] groupMoney = new double[group], groupPeriods = new double[group];
        for (var i = 0; i < n; i++)
        {
            var (times, money) = (orders.Times[places[i]], orders.Money[places[i]]);
            var before = orders.Before(places[i], at);
            var periods = before == 0 ? 0 : (int)((at - times[0]) / days);
            counts[i] = periods;
            if (periods == 0) continue;
            var spent = new double[periods];
            for (var o = 0; o < before; o++)
            {
                var period = (int)((at - times[o]) / days);
                if (period < periods) spent[period] += money[o];
            }

            var (back, given) = (orders.RefundTimes[places[i]], orders.RefundMoney[places[i]]);
            for (var o = 0; o < back.Length && back[o] <= at; o++)
            {
                var period = (int)((at - back[o]) / days);
                if (period < periods) spent[period] -= given[o];
            }

            var sum = 0.0;
            foreach (var s in spent) sum += s;
            means[i] = sum / periods;
            foreach (var s in spent) within += (s - means[i]) * (s - means[i]);
            freedom += periods - 1;
            groupMoney[groups[i] + 1] += sum;
            groupPeriods[groups[i] + 1] += periods;
        }

        var all = groupMoney.Sum() / Math.Max(1, groupPeriods.Sum());
        double[] centre = [.. groupMoney.Select((m, g) => groupPeriods[g] > 0 ? m / groupPeriods[g] : all)];
        var credibility = Credibility(counts, means, [.. groups.Select(g => centre[g + 1])], freedom > 0 ? within / freedom : 0, groupPeriods.Count(p => p > 0));
        var amounts = new double[n];
        for (var i = 0; i < n; i++)
        {
            var z = double.IsPositiveInfinity(credibility) ? 0 : counts[i] == 0 ? 0 : counts[i] / (counts[i] + credibility);
            // Refunds of older orders can leave less than nothing; nobody is expected to be paid.
            amounts[i] = Math.Max(0, z * means[i] + (1 - z) * centre[groups[i] + 1]);
        }

        return amounts;
    }

    // s2 / a: how many periods weigh as much as the group's mean; endless where customers do not differ.
    static double Credibility(double[] counts, double[] means, double[] centre, double within, int groups)
    {
        double total = 0, squares = 0, spread = 0;
        var known = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0) continue;
            known++;
            total += counts[i];
            squares += counts[i] * counts[i];
            spread += counts[i] * (means[i] - centre[i]) * (means[i] - centre[i]);
        }

        if (known <= groups) return double.PositiveInfinity;
        var between = (spread - (known - groups) * within) / (total - squares / total);
        return between > 0 ? within / between : double.PositiveInfinity;
    }
}
