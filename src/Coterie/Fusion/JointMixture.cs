using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>Fusion at the level of evidence: the groups are those of a view that gives probabilities (a mixture of sequences), and how likely each is before
/// the view has spoken depends on the customer's features: latent classes with concomitant variables (Dayton and Macready 1988).</summary>
/// <remarks>The likelihood is that of the view's evidence given the features, so the features weigh as much as they foretell the evidence, and nothing
/// has to be weighed by hand: features that tell other things than the view (devices, taste) count for nothing, and they decide where the view has
/// seen little. Groups that only the features see are not found: that is what consensus is for. Measurements: docs/methods/joint-mixture.md.</remarks>
public static class JointMixture
{
    // Opinions of single precision: what is rounded to 0 is not impossible.
    const double Least = 1e-30;

    /// <summary>Learns from everybody.</summary>
    /// <param name="opinions">n x K, the view's probabilities, with its log weights in them; a row of zeros where it says nothing.</param>
    /// <param name="logWeights">K: the view's log weights.</param>
    /// <param name="features">n x d, finite, the same customers in the same order.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the folds.</param>
    /// <exception cref="ConfigurationException">An option is impossible; every problem is listed.</exception>
    /// <exception cref="InputException">Shapes differ, nobody is there, or a number is not finite.</exception>
    public static JointMixtureModel Fit(Matrix opinions, double[] logWeights, Matrix features, JointMixtureOptions options, Seed seed)
    {
        var problems = options.Problems().ToList();
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        CheckShapes(opinions, logWeights.Length, features);
        Check.Finite(features);
        if (features.Rows == 0) throw new InputException("no customer was given; a joint mixture needs some to learn from.");

        var k = logWeights.Length;
        var scale = Standardisation.Of(features, options.Threads);
        var rows = Scaled(features, scale, options.Threads);
        var evidence = Evidence(opinions, logWeights);
        var none = new double[(features.Columns + 1) * k];
        logWeights.CopyTo(none, 0);
        var candidates = k < 2 || features.Rows < options.Folds ? [] : HeldOut(rows, evidence, none, k, options, seed);
        var best = candidates.MaxBy(c => c.Gain);
        var used = best is not null && best.Gain > options.Errors * best.Error;
        var model = new JointMixtureModel
        {
            Options = options,
            Used = used,
            Coefficients = used ? JointKernel.Fit(rows, evidence, k, best!.Penalty, none, options) : none,
            LogWeights = logWeights,
            Means = scale.Means,
            Deviations = scale.Deviations,
            Candidates = candidates,
            Penalty = used ? best!.Penalty : 0,
            Sentence = "",
            SentenceZh = "",
        };
        return model with { Sentence = JointWords.English(model), SentenceZh = JointWords.Chinese(model) };
    }

    // For every penalty the gain on customers held out, beside weights that are learned without features from the same customers.
    static List<JointCandidate> HeldOut(Matrix rows, double[] evidence, double[] none, int k, JointMixtureOptions options, Seed seed)
    {
        var n = rows.Rows;
        var fold = new int[n];
        for (var i = 0; i < n; i++) fold[i] = i % options.Folds;
        seed.Stream(1).Shuffle(fold.AsSpan());
        var gains = options.Penalties.Select(_ => new double[n]).ToArray();
        for (var f = 0; f < options.Folds; f++)
        {
            int[] learn = [.. Enumerable.Range(0, n).Where(i => fold[i] != f)], held = [.. Enumerable.Range(0, n).Where(i => fold[i] == f)];
            var (own, given) = (rows.Take(learn), Taken(evidence, learn, k));
            var (others, theirs) = (rows.Take(held), Taken(evidence, held, k));
            var sizes = JointKernel.Fit(new Matrix(learn.Length, 0), given, k, 1, none[..k], options);
            var without = Likelihoods(new Matrix(held.Length, 0), theirs, sizes, k, options.Threads);
            var b = none.ToArray();
            sizes.CopyTo(b, 0);
            foreach (var (penalty, p) in options.Penalties.Select((x, p) => (x, p)).OrderByDescending(x => x.x))
            {
                // The stronger penalty's solution is where the weaker one starts.
                b = JointKernel.Fit(own, given, k, penalty, b, options);
                var with = Likelihoods(others, theirs, b, k, options.Threads);
                for (var i = 0; i < held.Length; i++) gains[p][held[i]] = with[i] - without[i];
            }
        }

        return [.. options.Penalties.Select((penalty, p) =>
        {
            var mean = gains[p].Average();
            return new JointCandidate(penalty, mean, Math.Sqrt(gains[p].Sum(g => (g - mean) * (g - mean)) / Math.Max(1, n - 1) / n));
        })];
    }

    static double[] Likelihoods(Matrix rows, double[] evidence, double[] b, int k, int threads)
    {
        var priors = JointKernel.LogPriors(rows, b, k, threads);
        for (var i = 0; i < priors.Length; i++) priors[i] += evidence[i];
        return [.. Enumerable.Range(0, rows.Rows).Select(i => JointKernel.LogSum(priors.AsSpan(i * k, k)))];
    }

    static double[] Taken(double[] evidence, int[] rows, int k)
    {
        var taken = new double[rows.Length * k];
        for (var i = 0; i < rows.Length; i++) evidence.AsSpan(rows[i] * k, k).CopyTo(taken.AsSpan(i * k));
        return taken;
    }

    /// <summary>n x K: the log likelihood of what the view saw, up to a constant in each row: its opinion without its weights.</summary>
    internal static double[] Evidence(Matrix opinions, double[] logWeights)
    {
        var k = logWeights.Length;
        var evidence = new double[opinions.Values.Length];
        for (var i = 0; i < opinions.Rows; i++)
        {
            var row = opinions.Row(i);
            var silent = true;
            foreach (var p in row) silent &= p == 0;
            if (silent) continue;
            for (var c = 0; c < k; c++) evidence[i * k + c] = Math.Log(Math.Max(row[c], Least)) - logWeights[c];
        }

        return evidence;
    }

    internal static Matrix Scaled(Matrix features, Standardisation scale, int threads)
    {
        var rows = new Matrix([.. features.Values], features.Rows, features.Columns);
        scale.Apply(rows, threads);
        return rows;
    }

    internal static void CheckShapes(Matrix opinions, int groups, Matrix features)
    {
        if (opinions.Columns != groups) throw new InputException($"the view's opinions have {opinions.Columns} columns; expected {groups}, one for each of its groups.");
        if (opinions.Rows != features.Rows)
            throw new InputException($"the view speaks of {opinions.Rows} customers and the features of {features.Rows}; expected the same customers in the same order.");
        foreach (var p in opinions.Values)
            if (!(p >= 0 && p <= 1.001f)) throw new InputException($"an opinion of the view is {p}; expected a probability.");
    }
}
