using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>Trains small linear heads (logistic for churn and the next category, ridge for log(1 + spend)) on each representation and on
/// all together, and judges them on customers or on a period they did not see.</summary>
public static class SmallHeads
{
    /// <summary>The table of tasks and representations.</summary>
    /// <exception cref="ConfigurationException">Options are impossible; every problem is listed.</exception>
    /// <exception cref="InputException">Inputs and outcomes do not fit together.</exception>
    public static SmallHeadsReport Judge(SmallHeadsRequest request)
    {
        Validate(request);
        var notes = new List<string>();
        HeadPeriod learn = WithTogether(request.Learn, request.Together), judge = request.Judge is { } later ? WithTogether(later, request.Together) : learn;
        var tasks = HeadTasks.Of(learn.Outcomes, judge.Outcomes, request.Categories, notes);
        var scores = new List<HeadScore>();
        var gains = new List<HeadGain>();
        var n = judge.Outcomes.Customers.Length;
        foreach (var task in tasks)
        {
            var heads = learn.Inputs.Select((input, i) => Head(task, input.Rows, judge.Inputs[i].Rows, request)).ToArray();
            var resampled = new double[request.Resamples][];
            Chunks.Each(request.Resamples, request.Threads, b =>
            {
                var weights = PredictiveValidity.PoissonWeights(n, request.Seed.Child(2).Stream((ulong)b));
                resampled[b] = [.. heads.Select(h => h.Judgement.Score(weights))];
            });
            double[] values = [.. heads.Select(h => h.Judgement.Score([]))];
            scores.AddRange(heads.Select((h, i) => new HeadScore(task.Name, learn.Inputs[i].Name, task.Metric,
                PredictiveValidity.Interval(values[i], resampled.Select(r => r[i])), h.Penalty)));
            for (var i = 1; i < heads.Length; i++)
            {
                var last = i == heads.Length - 1 && request.Together is not null && request.Learn.Inputs.Count > 1;
                for (var over = 0; over < (last ? i : 1); over++)
                {
                    var (a, b) = (i, over);
                    gains.Add(new(task.Name, learn.Inputs[i].Name, learn.Inputs[over].Name,
                        PredictiveValidity.Interval(values[a] - values[b], resampled.Select(r => r[a] - r[b]))));
                }
            }
        }

        return new()
        {
            LaterPeriod = request.Judge is not null,
            LearnedFrom = learn.Outcomes.Customers.Length,
            JudgedOn = n,
            Scores = scores,
            Gains = gains,
            Notes = notes,
        };
    }

    static void Validate(SmallHeadsRequest request)
    {
        var options = new List<string>();
        if (request.Penalties.Count == 0 || request.Penalties.Any(p => !(p > 0) || double.IsInfinity(p))) options.Add("heads: penalties must be one or more numbers above 0.");
        if (request.Categories < 1) options.Add($"heads: categories is {request.Categories}; expected 1 or more.");
        if (request.Folds < 2) options.Add($"heads: folds is {request.Folds}; expected 2 or more.");
        if (request.Resamples < 0) options.Add($"heads: resamples is {request.Resamples}; expected 0 or more.");
        if (request.Threads < 1) options.Add($"heads: threads is {request.Threads}; expected 1 or more.");
        if (options.Count > 0) throw new ConfigurationException(string.Join('\n', options));

        var problems = new List<string>();
        if (request.Learn.Inputs.Count == 0) problems.Add("heads: no input was given; expected at least one representation.");
        foreach (var period in new[] { request.Learn, request.Judge ?? request.Learn })
        {
            foreach (var input in period.Inputs.Where(i => i.Rows.Rows != period.Outcomes.Customers.Length))
                problems.Add($"heads: {input.Name} has {input.Rows.Rows} rows for {period.Outcomes.Customers.Length} customers with outcomes; expected as many.");
        }

        if (request.Judge is { } judge && !judge.Inputs.Select(i => (i.Name, i.Rows.Columns)).SequenceEqual(request.Learn.Inputs.Select(i => (i.Name, i.Rows.Columns))))
            problems.Add("heads: the two periods have different inputs; expected the same names and columns in the same order.");
        if (problems.Count > 0) throw new InputException(string.Join('\n', problems.Distinct()));
        foreach (var input in request.Learn.Inputs.Concat(request.Judge?.Inputs ?? [])) Check.Finite(input.Rows);
    }

    static HeadPeriod WithTogether(HeadPeriod period, string? name)
    {
        if (name is null || period.Inputs.Count < 2) return period;
        var all = new Matrix(period.Inputs[0].Rows.Rows, period.Inputs.Sum(i => i.Rows.Columns));
        for (var i = 0; i < all.Rows; i++)
        {
            var at = 0;
            foreach (var input in period.Inputs)
            {
                input.Rows.Row(i).CopyTo(all.Row(i)[at..]);
                at += input.Rows.Columns;
            }
        }

        return period with { Inputs = [.. period.Inputs, new(name, all)] };
    }

    sealed record Fitted(HeadJudgement Judgement, double Penalty);

    static Fitted Head(HeadTask task, Matrix learn, Matrix judge, SmallHeadsRequest request)
    {
        Matrix rows = learn.Take(task.Learn), judged = judge.Take(task.Judge);
        int[] order = Shuffled(rows.Rows, request.Seed.Stream(1));
        var penalty = Penalty(task, rows, order, request);
        var predictions = task.JudgeTargets.Select(t => new double[t.Length]).ToArray();
        if (request.Judge is not null) Predict(task, rows, [.. Enumerable.Range(0, rows.Rows)], judged, null, penalty, request.Threads, predictions);
        else
        {
            for (var fold = 0; fold < request.Folds; fold++)
            {
                // Positions in the shuffled order; each customer is judged once, by heads that did not see them.
                int[] held = [.. order.Where((_, p) => p % request.Folds == fold)], others = [.. order.Where((_, p) => p % request.Folds != fold)];
                if (held.Length > 0) Predict(task, rows, others, judged.Take(held), held, penalty, request.Threads, predictions);
            }
        }

        return new(new HeadJudgement(task, predictions), penalty);
    }

    static int[] Shuffled(int n, Rng rng)
    {
        var order = Enumerable.Range(0, n).ToArray();
        rng.Shuffle(order.AsSpan());
        return order;
    }

    // Learned on two thirds, compared on the last by the loss that heads minimise; the first of equals.
    static double Penalty(HeadTask task, Matrix rows, int[] order, SmallHeadsRequest request)
    {
        if (request.Penalties.Count == 1) return request.Penalties[0];
        int[] held = [.. order.Where((_, p) => p % 3 == 0)], others = [.. order.Where((_, p) => p % 3 != 0)];
        double[][] targets = [.. task.LearnTargets.Select(t => held.Select(i => t[i]).ToArray())];
        var asked = rows.Take(held);
        return request.Penalties.MinBy(penalty =>
        {
            var predictions = targets.Select(t => new double[t.Length]).ToArray();
            Predict(task, rows, others, asked, null, penalty, request.Threads, predictions);
            return targets.Select((t, h) => Loss(t, predictions[h], task.Ranks)).Average();
        });
    }

    // Mean squared error, or log loss of log odds.
    static double Loss(double[] target, double[] predicted, bool ranks)
    {
        double sum = 0;
        for (var i = 0; i < target.Length; i++)
        {
            var signed = target[i] > 0 ? -predicted[i] : predicted[i];
            sum += ranks ? Math.Max(signed, 0) + Math.Log(1 + Math.Exp(-Math.Abs(signed))) : (target[i] - predicted[i]) * (target[i] - predicted[i]);
        }

        return sum / target.Length;
    }

    // Fits every head of the task on some rows and predicts others; "at" says where a prediction belongs, null in order.
    static void Predict(HeadTask task, Matrix rows, int[] learners, Matrix judged, int[]? at, double penalty, int threads, double[][] predictions)
    {
        var taught = rows.Take(learners);
        var scale = Standardisation.Of(taught, threads);
        scale.Apply(taught, threads);
        var asked = new Matrix([.. judged.Values], judged.Rows, judged.Columns);
        scale.Apply(asked, threads);
        for (var head = 0; head < predictions.Length; head++)
        {
            double[] target = [.. learners.Select(i => task.LearnTargets[head][i])];
            var scores = Fit(taught, target, task.Ranks, penalty, threads).Score(asked);
            for (var i = 0; i < scores.Length; i++) predictions[head][at?[i] ?? i] = scores[i];
        }
    }

    // A part that happens to hold one kind only says nothing: the same score for everybody.
    static LinearModel Fit(Matrix rows, double[] target, bool ranks, double penalty, int threads)
    {
        if (!ranks) return LinearModels.Ridge(rows, target, penalty, threads);
        bool[] positive = [.. target.Select(t => t > 0)];
        return positive.Contains(true) && positive.Contains(false)
            ? LinearModels.Logistic(rows, positive, penalty, threads)
            : new LinearModel(0, new double[rows.Columns]);
    }
}
