using Coterie.Evaluation;
using Coterie.Simulation;

namespace Coterie.Tests.Simulation;

/// <summary>The promise of the simulator: two pairs of personas that only the order of events tells apart.</summary>
public class PairedPersonasTests
{
    const int Each = 1_500;

    [Theory]
    [InlineData(Persona.Researcher, Persona.Impulse)]
    [InlineData(Persona.Replenisher, Persona.Loyal)]
    public void TheSameCustomer_AsEitherPersona_DoesTheSameThings(Persona one, Persona two)
    {
        var journey = SimulatedShop.SomeJourney();
        var different = 0;
        for (uint source = 0; source < 500; source++)
        {
            var a = Totals(SimulatedShop.Life(journey, source, one));
            var b = Totals(SimulatedShop.Life(journey, source, two));
            if (a != b) different++;
        }

        // The end of the period may cut off the last session, in which the order then matters.
        Assert.InRange(different, 0, 5);

        static string Totals(List<SimulatedEvent> events) => string.Join(' ',
            events.Where(e => e.Kind is not (EventKind.Review or EventKind.Refund or EventKind.Message)).GroupBy(e => e.Kind).OrderBy(g => g.Key).Select(g => $"{g.Key}:{g.Count()}"))
            + " sessions " + events.Where(e => e.Session >= 0).Select(e => e.Session).Distinct().Count()
            + " days " + string.Join(',', events.Where(e => e.Session >= 0).Select(e => e.Second / 86_400).Order())
            + " orders " + string.Join(',', events.Where(e => e.Order >= 0 && e.Kind == EventKind.Purchase).Select(e => e.Second / 86_400).Order())
            + " units " + events.Where(e => e.Kind == EventKind.Purchase).Sum(e => e.Quantity);
    }

    [Theory]
    [InlineData(Persona.Researcher, Persona.Impulse)]
    [InlineData(Persona.Replenisher, Persona.Loyal)]
    public void Totals_HaveTheSameDistribution(Persona one, Persona two)
    {
        double[][] a = Sample(one, 0, Aggregates), b = Sample(two, 10_000, Aggregates);
        // Kolmogorov-Smirnov: 1.95 sqrt(2/n) is exceeded by chance in one test of a thousand.
        for (var k = 0; k < a[0].Length; k++)
            Assert.InRange(KolmogorovSmirnov([.. a.Select(x => x[k])], [.. b.Select(x => x[k])]), 0, 1.95 * Math.Sqrt(2.0 / Each));
        // A linear classifier and one that also sees squares and products, trained on one half and judged on the other.
        Assert.InRange(Auc(a, b, Linear), 0.46, 0.54);
        Assert.InRange(Auc(a, b, Quadratic), 0.46, 0.54);
    }

    [Fact]
    public void OrderOfKinds_TellsResearchersFromImpulseBuyers()
    {
        double[][] a = Sample(Persona.Researcher, 0, e => [ViewsAfterPurchase(e)]), b = Sample(Persona.Impulse, 10_000, e => [ViewsAfterPurchase(e)]);
        Assert.InRange(Ranking([.. b.Select(x => x[0])], [.. a.Select(x => x[0])]), 0.85, 0.99);
    }

    [Fact]
    public void OrderOfNeeds_TellsReplenishersFromLoyalCustomers()
    {
        double[][] a = Sample(Persona.Replenisher, 0, e => [Rotation(e)]), b = Sample(Persona.Loyal, 10_000, e => [Rotation(e)]);
        Assert.InRange(Ranking([.. a.Select(x => x[0])], [.. b.Select(x => x[0])]), 0.82, 0.99);
    }

    [Fact]
    public void OtherPersonas_DoDifferInTotals()
    {
        Persona[] others = [Persona.DealHunter, Persona.GiftGiver, Persona.WindowShopper, Persona.Lapsing, Persona.Loyal, Persona.Researcher];
        for (var i = 0; i < others.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.True(Auc(Sample(others[i], 0, Aggregates), Sample(others[j], 10_000, Aggregates), Quadratic) > 0.8, $"{others[i]} {others[j]}");
    }

    [Fact]
    public void RecencyFrequencyMoney_ByKMeans_FindsLittleOfTheTruth()
    {
        List<string> truth = [];
        List<double[]> rows = [];
        foreach (var persona in Enum.GetValues<Persona>())
        {
            foreach (var x in Sample(persona, 20_000 * (uint)(persona + 1), Aggregates).Take(300))
            {
                truth.Add(persona.Name());
                rows.Add([x[13], Math.Log(1 + x[4]), Math.Log(1 + x[5])]);
            }
        }

        var labels = PlainKMeans.Best(Standardised(rows), 8);
        Assert.InRange(LabelMetrics.Compare(truth, [.. labels.Select(k => "k" + k)]).Ari, 0.02, 0.35);
    }

    static double[][] Sample(Persona persona, uint from, Func<List<SimulatedEvent>, double[]> measure)
    {
        var journey = SimulatedShop.SomeJourney();
        return [.. Enumerable.Range(0, Each).Select(i => measure(SimulatedShop.Life(journey, from + (uint)i, persona)))];
    }

    // Sums, ratios and gaps: nothing that knows what came before what.
    static double[] Aggregates(List<SimulatedEvent> events)
    {
        double Count(EventKind kind) => events.Count(e => e.Kind == kind);
        var lines = events.Where(e => e.Kind == EventKind.Purchase).ToList();
        var orders = lines.GroupBy(e => e.Order).Select(g => g.Min(e => e.Second) / 86_400.0).Order().ToArray();
        var gaps = orders.Zip(orders.Skip(1), (a, b) => b - a).ToArray();
        var sessions = events.Where(e => e.Session >= 0).GroupBy(e => e.Session).ToList();
        double spend = lines.Sum(e => e.Cents * e.Quantity) / 100.0, views = Count(EventKind.View), end = 365;
        return
        [
            views, Count(EventKind.AddToCart), Count(EventKind.RemoveFromCart), Count(EventKind.Search), orders.Length, spend,
            lines.Sum(e => e.Quantity), sessions.Count, events.Count / Math.Max(1.0, sessions.Count),
            sessions.Count == 0 ? 0 : sessions.Average(s => s.Max(e => e.Second) - s.Min(e => e.Second)),
            lines.Count / Math.Max(1, views), gaps.Length == 0 ? 400 : gaps.Average(),
            gaps.Length == 0 ? 0 : Math.Sqrt(gaps.Average(g => (g - gaps.Average()) * (g - gaps.Average()))),
            orders.Length == 0 ? 400 : end - orders[^1], events.Count == 0 ? 400 : end - events[^1].Second / 86_400.0,
            events.Select(e => e.Product).Distinct().Count(), events.Where(e => e.Product >= 0).Select(e => e.Product / 40).Distinct().Count(),
            events.Average(e => e.Second / 3_600 % 24), events.Select(e => e.Second / 86_400).Distinct().Count(),
            lines.Count == 0 ? 0 : lines.Average(e => 1 - e.Cents / (double)e.ListCents),
            lines.Count(e => e.Product / 40 is >= 12 and < 17) / Math.Max(1.0, lines.Count), events.Count(e => e.Second > 275 * 86_400) / (double)events.Count,
            lines.Count == 0 ? 0 : spend / orders.Length, Count(EventKind.Refund), Count(EventKind.Review), Count(EventKind.EmailOpen), Count(EventKind.Wishlist),
        ];
    }

    // Share of the views in buying sessions that come after the purchase.
    static double ViewsAfterPurchase(List<SimulatedEvent> events)
    {
        double after = 0, all = 0;
        foreach (var session in events.Where(e => e.Session >= 0).GroupBy(e => e.Session))
        {
            var bought = session.Where(e => e.Kind == EventKind.Purchase).Select(e => e.Second).DefaultIfEmpty(-1).Min();
            if (bought < 0) continue;
            all += session.Count(e => e.Kind == EventKind.View);
            after += session.Count(e => e.Kind == EventKind.View && e.Second > bought);
        }

        return all == 0 ? 0.4 : after / all;
    }

    // How often an order is for the category of three or four orders ago rather than of the last two.
    static double Rotation(List<SimulatedEvent> events)
    {
        var categories = events.Where(e => e.Kind == EventKind.Purchase).GroupBy(e => e.Order).Select(g => g.First().Product / 40).ToArray();
        double Same(int lag) => Enumerable.Range(lag, Math.Max(0, categories.Length - lag)).Select(i => categories[i] == categories[i - lag] ? 1.0 : 0)
            .DefaultIfEmpty(0.25).Average();
        return Math.Max(Same(3), Same(4)) - Same(1) - Same(2) / 2;
    }

    static double KolmogorovSmirnov(double[] a, double[] b)
    {
        Array.Sort(a);
        Array.Sort(b);
        double most = 0;
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            var at = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= at) i++;
            while (j < b.Length && b[j] <= at) j++;
            most = Math.Max(most, Math.Abs(i / (double)a.Length - j / (double)b.Length));
        }

        return most;
    }

    // Share of pairs in which the first sample's value is larger, ties half.
    static double Ranking(double[] larger, double[] smaller)
        => larger.Sum(x => smaller.Sum(y => x > y ? 1 : x == y ? 0.5 : 0)) / ((double)larger.Length * smaller.Length);

    static IEnumerable<double> Linear(double[] x) => x.Prepend(1);

    static IEnumerable<double> Quadratic(double[] x)
    {
        yield return 1;
        for (var i = 0; i < x.Length; i++)
        {
            yield return x[i];
            yield return x[i] * x[i];
            // Neighbours only: all products would be too many for the sample.
            if (i > 0) yield return x[i] * x[i - 1];
        }
    }

    // Least squares with a little ridge on even rows, area under the curve on odd ones.
    static double Auc(double[][] a, double[][] b, Func<double[], IEnumerable<double>> basis)
    {
        var rows = Standardised([.. a, .. b]).Select(x => basis([.. x.Select(v => Math.Clamp(v, -4, 4))]).ToArray()).ToList();
        var width = rows[0].Length;
        var design = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowArrays(rows.Where((_, i) => i % 2 == 0));
        var target = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfEnumerable(
            Enumerable.Range(0, rows.Count).Where(i => i % 2 == 0).Select(i => i < a.Length ? 1.0 : 0));
        var ridge = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseDiagonal(width, width, 5);
        var weights = (design.TransposeThisAndMultiply(design) + ridge).Solve(design.TransposeThisAndMultiply(target));
        double Score(double[] row) => row.Zip(weights, (x, w) => x * w).Sum();
        return Ranking([.. rows.Take(a.Length).Where((_, i) => i % 2 == 1).Select(Score)], [.. rows.Skip(a.Length).Where((_, i) => i % 2 == 1).Select(Score)]);
    }

    static List<double[]> Standardised(List<double[]> rows)
    {
        var columns = rows[0].Length;
        double[] mean = new double[columns], spread = new double[columns];
        for (var k = 0; k < columns; k++)
        {
            mean[k] = rows.Average(x => x[k]);
            spread[k] = Math.Sqrt(rows.Average(x => (x[k] - mean[k]) * (x[k] - mean[k])));
        }

        return [.. rows.Select(x => x.Select((v, k) => spread[k] == 0 ? 0 : (v - mean[k]) / spread[k]).ToArray())];
    }

    /// <summary>Lloyd's algorithm, the best of ten random starts.</summary>
    static class PlainKMeans
    {
        public static int[] Best(List<double[]> rows, int clusters)
        {
            int[] best = [];
            var least = double.PositiveInfinity;
            for (ulong start = 0; start < 10; start++)
            {
                var rng = new Coterie.Numerics.Rng(1, start);
                var centres = Enumerable.Range(0, clusters).Select(_ => rows[rng.NextInt(rows.Count)]).ToArray();
                var labels = new int[rows.Count];
                double cost = 0;
                for (var iteration = 0; iteration < 40; iteration++)
                {
                    cost = 0;
                    for (var i = 0; i < rows.Count; i++)
                    {
                        labels[i] = Enumerable.Range(0, clusters).MinBy(k => Distance(rows[i], centres[k]));
                        cost += Distance(rows[i], centres[labels[i]]);
                    }

                    for (var k = 0; k < clusters; k++)
                    {
                        var members = rows.Where((_, i) => labels[i] == k).ToList();
                        if (members.Count > 0) centres[k] = [.. Enumerable.Range(0, rows[0].Length).Select(c => members.Average(x => x[c]))];
                    }
                }

                if (cost < least) (least, best) = (cost, labels);
            }

            return best;
        }

        static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
    }
}
