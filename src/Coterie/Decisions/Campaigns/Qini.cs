namespace Coterie.Decisions.Campaigns;

/// <summary>The order that a score puts customers in, and where its ties end.</summary>
/// <param name="Order">Customers by falling score.</param>
/// <param name="Ends">Places in the order, exclusive, at which a run of equal scores ends.</param>
internal sealed record Ranking(int[] Order, int[] Ends)
{
    public static Ranking Of(double[] scores)
    {
        var keys = Array.ConvertAll(scores, s => -s);
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(keys, order);
        var ends = new List<int>();
        for (var i = 1; i <= keys.Length; i++)
            if (i == keys.Length || keys[i] != keys[i - 1]) ends.Add(i);
        return new(order, [.. ends]);
    }
}

/// <summary>How well a score ranks customers by what a campaign does to them (Radcliffe 2007), in the definitions of scikit-uplift 0.5:
/// <c>qini_auc_score</c> and <c>uplift_auc_score</c> with negative effects.</summary>
public static class Qini
{
    /// <summary>Area between the Qini curve and the line of a random order, over the same area for the perfect order. 0 is chance, 1 perfect.</summary>
    /// <param name="scores">n, higher is contacted first.</param>
    /// <param name="outcome">n.</param>
    /// <param name="treated">n.</param>
    public static double Score(double[] scores, double[] outcome, bool[] treated)
    {
        var perfect = Area(Ranking.Of(Perfect(outcome, treated)), outcome, treated, [], Incremental);
        return Area(Ranking.Of(scores), outcome, treated, [], Incremental) / perfect;
    }

    /// <summary>The same of the uplift curve: (mean of treated - mean of control among the first k) · k.</summary>
    public static double Auuc(double[] scores, double[] outcome, bool[] treated)
    {
        var perfect = Area(Ranking.Of(Perfect(outcome, treated)), outcome, treated, [], Difference);
        return Area(Ranking.Of(scores), outcome, treated, [], Difference) / perfect;
    }

    /// <summary>Score with each customer counted so many times; the perfect order's area is given, as it hardly varies.</summary>
    internal static double Weighted(Ranking ranking, double[] outcome, bool[] treated, double[] weights, double perfect) =>
        Area(ranking, outcome, treated, weights, Incremental) / (perfect * Squared(weights, outcome.Length));

    internal static double PerfectArea(double[] outcome, bool[] treated) =>
        Area(Ranking.Of(Perfect(outcome, treated)), outcome, treated, [], Incremental);

    // Areas grow with the square of the customers.
    static double Squared(double[] weights, int n) => weights.Length == 0 ? 1 : weights.Sum() / n * (weights.Sum() / n);

    /// <summary>Points of the Qini curve over even shares of customers: [share contacted, incremental outcome per customer of the whole base].</summary>
    public static IReadOnlyList<double[]> Curve(double[] scores, double[] outcome, bool[] treated, int points = 40)
    {
        var ranking = Ranking.Of(scores);
        var n = scores.Length;
        double[] share = new double[ranking.Ends.Length + 1], height = new double[ranking.Ends.Length + 1];
        Walk(ranking, outcome, treated, [], (at, _, nt, nc, yt, yc) =>
        {
            share[at + 1] = ranking.Ends[at] / (double)n;
            // Per customer of the base, as if all of the first had been contacted: the curve counts the treated among them only.
            height[at + 1] = nt > 0 && nc > 0 ? (yt / nt - yc / nc) * ranking.Ends[at] / n : 0;
        });
        var curve = new List<double[]>();
        for (int p = 0, k = 0; p <= points; p++)
        {
            var x = p / (double)points;
            while (k + 1 < share.Length - 1 && share[k + 1] < x) k++;
            var span = share[k + 1] - share[k];
            var part = span > 0 ? Math.Clamp((x - share[k]) / span, 0, 1) : 1;
            curve.Add([x, height[k] + part * (height[k + 1] - height[k])]);
        }

        return curve;
    }

    // Treated responders first, control responders last.
    static double[] Perfect(double[] outcome, bool[] treated) => [.. outcome.Select((y, i) => treated[i] ? y : -y)];

    static double Incremental(double n, double nt, double nc, double yt, double yc) => yt - (nc > 0 ? yc * nt / nc : 0);

    static double Difference(double n, double nt, double nc, double yt, double yc) => ((nt > 0 ? yt / nt : 0) - (nc > 0 ? yc / nc : 0)) * n;

    delegate double Height(double n, double treated, double control, double treatedSum, double controlSum);

    // Trapezoids under the curve minus the triangle under the straight line to its end.
    static double Area(Ranking ranking, double[] outcome, bool[] treated, double[] weights, Height height)
    {
        double area = 0, x = 0, y = 0;
        Walk(ranking, outcome, treated, weights, (_, n, nt, nc, yt, yc) =>
        {
            var next = height(n, nt, nc, yt, yc);
            area += (n - x) * (y + next) / 2;
            (x, y) = (n, next);
        });
        return area - x * y / 2;
    }

    static void Walk(Ranking ranking, double[] outcome, bool[] treated, double[] weights, Action<int, double, double, double, double, double> point)
    {
        double nt = 0, nc = 0, yt = 0, yc = 0;
        for (int at = 0, i = 0; at < ranking.Ends.Length; at++)
        {
            for (; i < ranking.Ends[at]; i++)
            {
                var c = ranking.Order[i];
                var w = weights.Length == 0 ? 1 : weights[c];
                if (treated[c])
                {
                    nt += w;
                    yt += w * outcome[c];
                }
                else
                {
                    nc += w;
                    yc += w * outcome[c];
                }
            }

            point(at, nt + nc, nt, nc, yt, yc);
        }
    }
}
