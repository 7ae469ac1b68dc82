using System.Globalization;
using Coterie.Decisions.Campaigns;
using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>Hillstrom's e-mail campaign: Qini of held-out rankings over ten 70/30 splits against the linear S-learner, placebo treatments, and effects of
/// known size: coverage of intervals in the set-ups of Nie and Wager (2021) and false alarms of campaigns that do nothing.</summary>
internal static class Uplift
{
    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.Combine(Arguments.Root(), "..", "shared", "data"));
        var file = Path.Combine(data, "hillstrom", "hillstrom.csv.gz");
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"{file} is not there; name the folder of the data sets with --data.");
            return 1;
        }

        string part = Arguments.Text(args, "--only", "all"), given = Arguments.Text(args, "--splits", "");
        var threads = Environment.ProcessorCount;
        bool Wanted(string name) => part == "all" || part == name;
        void Keep(string name, object result) => Arguments.Merge("uplift.json", name, result);
        Arguments.Merge("uplift.json", "machine", new { processors = threads, runtime = Environment.Version.ToString(), os = Environment.OSVersion.Platform.ToString() });
        if (Wanted("aa")) Keep("aa_campaigns", AlikeArms());
        if (Wanted("truth")) Keep("known_truth", KnownTruth(threads));
        if (!Wanted("hillstrom") && !Wanted("placebo")) return 0;
        var results = CampaignResults.Read(new MeasureOptions
        {
            Results = file,
            Treatment = "segment",
            Outcomes = ["visit"],
            Covariates = ["recency", "history", "mens", "womens", "newbie", "zip_code", "channel", "history_segment"],
        });
        for (var arm = 1; arm < results.Arms.Count; arm++)
        {
            var sample = results.Sample(arm, 0);
            if (Wanted("hillstrom") && given.Length > 0) Keep($"hillstrom_visit_{results.Arms[arm]}_{Path.GetFileNameWithoutExtension(given)}", Rankings(sample, Given(given, results.Arms[arm]), threads));
            else if (Wanted("hillstrom")) Keep($"hillstrom_visit_{results.Arms[arm]}", Splits(sample, threads));
            if (Wanted("placebo")) Keep($"placebo_visit_{results.Arms[arm]}", Placebo(sample, threads));
        }

        return 0;
    }

    static object Splits(UpliftSample sample, int threads)
    {
        var found = UpliftSelection.Judge(sample, "", "", 0.3, 500, new Seed(1), threads);
        return new
        {
            rankings = Rankings(sample, Drawn(sample.Count), threads),
            cross_fitted = new { found.Learner, found.Qini, found.P, found.Usable, found.Policy, found.Bins, found.CalibrationSlope },
        };
    }

    // The last 30 % of ten random orders judge.
    static List<int[]> Drawn(int n)
    {
        var judges = new List<int[]>();
        for (ulong seed = 0; seed < 10; seed++)
        {
            var order = Enumerable.Range(0, n).ToArray();
            new Seed(seed).Stream(70).Shuffle<int>(order);
            judges.Add(order[(int)(0.7 * n)..]);
        }

        return judges;
    }

    // Lines of tools/oracles/hillstrom_splits.py: arm, tab, the places that judge.
    static List<int[]> Given(string file, string arm) =>
        [.. File.ReadLines(file).Select(l => l.Split('\t')).Where(l => l[0] == arm).Select(l => Array.ConvertAll(l[1].Split(' '), p => int.Parse(p, CultureInfo.InvariantCulture)))];

    // Every learner on the same splits; "chosen" by cross-validation among those who do not judge.
    static object Rankings(UpliftSample sample, List<int[]> judges, int threads)
    {
        var lines = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        for (var split = 0; split < judges.Count; split++)
        {
            var seed = new Seed((ulong)split);
            UpliftSample teach = sample.Take([.. Enumerable.Range(0, sample.Count).Except(judges[split])]), judge = sample.Take(judges[split]);
            void Add(string name, UpliftModel model)
            {
                lines.TryAdd(name, []);
                lines[name].Add(Qini.Score(model.Predict(judge.Rows), judge.Outcome, judge.Treated));
            }

            foreach (var learner in UpliftLearners.For(teach)) Add(learner.ToString(), UpliftLearners.Fit(learner, teach, seed));
            Add("chosen", UpliftSelection.Fit(teach, seed, threads));
            Console.WriteLine($"split {split}: {string.Join(", ", lines.Select(l => $"{l.Key} {l.Value[^1]:0.0000}"))}");
        }

        var single = lines[nameof(UpliftLearner.SLearner)];
        return new
        {
            protocol = $"70/30, {judges.Count} splits; Qini as scikit-uplift's qini_auc_score",
            qini = lines.ToDictionary(l => l.Key, l => new
            {
                mean = Math.Round(l.Value.Average(), 4),
                sd = Math.Round(Math.Sqrt(l.Value.Sum(v => Math.Pow(v - l.Value.Average(), 2)) / (l.Value.Count - 1)), 4),
                minus_s_linear = Paired([.. l.Value.Select((v, i) => v - single[i])]),
            }),
        };
    }

    static Estimate Paired(double[] differences)
    {
        var rng = new Seed(5).Stream(0);
        var drawn = Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, differences.Length).Average(_ => differences[rng.NextInt(differences.Length)])).Order().ToArray();
        return new(Math.Round(differences.Average(), 4), Math.Round(drawn[50], 4), Math.Round(drawn[1949], 4));
    }

    static object Placebo(UpliftSample sample, int threads)
    {
        // Of a quarter of the customers: the whole campaign takes four times as long and says no more of false findings.
        sample = sample.Take([.. Enumerable.Range(0, sample.Count).Where(i => i % 4 == 0)]);
        var p = new double[100];
        Chunks.Each(100, threads, run =>
        {
            var treated = (bool[])sample.Treated.Clone();
            new Seed((ulong)run).Stream(100).Shuffle<bool>(treated);
            p[run] = Heterogeneity.P(sample with { Treated = treated }, 99, new Seed((ulong)run), 1);
        });
        return new { customers = sample.Count, placebos = 100, found = p.Count(x => x <= 0.05) };
    }

    static object AlikeArms()
    {
        int once = 0, daily = 0, dailyPlain = 0, covered = 0, sharp = 0;
        const int runs = 1000, seeds = 200;
        for (var run = 0; run < runs; run++)
        {
            var rng = new Seed(31).Stream((ulong)run);
            double[] a = new double[3000], b = new double[3000];
            for (var i = 0; i < a.Length; i++) (a[i], b[i]) = (rng.NextDouble() < 0.1 ? 1 : 0, rng.NextDouble() < 0.1 ? 1 : 0);
            if (MeanDifference.Of(Moments.Of(a), Moments.Of(b)).P <= 0.05) once++;
            bool always = false, plain = false;
            for (var n = 100; n <= 3000; n += 100)
            {
                Moments x = Moments.Of(a.AsSpan(0, n)), y = Moments.Of(b.AsSpan(0, n));
                always |= ConfidenceSequence.Of(x, y, 6000).P <= 0.05;
                plain |= MeanDifference.Of(x, y).P <= 0.05;
            }

            daily += always ? 1 : 0;
            dailyPlain += plain ? 1 : 0;
        }

        for (var run = 0; run < seeds; run++)
        {
            var rng = new Seed(32).Stream((ulong)run);
            const int n = 4000;
            double[] past = new double[n], y = new double[n];
            var arm = new int[n];
            for (var i = 0; i < n; i++)
            {
                past[i] = Math.Exp(rng.NextNormal());
                arm[i] = rng.NextInt(2);
                y[i] = past[i] + 2 * rng.NextNormal() + 0.2 * arm[i];
            }

            MeanEffect Of(double[] v) => MeanDifference.Of(Moments.Of([.. v.Where((_, i) => arm[i] == 1)]), Moments.Of([.. v.Where((_, i) => arm[i] == 0)]));
            bool Holds(MeanEffect e) => e.Effect.Low <= 0.2 && 0.2 <= e.Effect.High;
            covered += Holds(Of(y)) ? 1 : 0;
            sharp += Holds(Of(Cuped.Adjust(y, [past], arm, 2))) ? 1 : 0;
        }

        return new
        {
            runs,
            alarms_one_look = once / (double)runs,
            alarms_thirty_looks_confidence_sequence = daily / (double)runs,
            alarms_thirty_looks_plain_intervals = dailyPlain / (double)runs,
            known_effect_seeds = seeds,
            coverage_plain = covered / (double)seeds,
            coverage_cuped = sharp / (double)seeds,
        };
    }

    // Nie and Wager (2021), section 4: noise 1, five covariates; the propensity is known, as in a designed experiment of unequal chances.
    static object KnownTruth(int threads)
    {
        const int n = 1000, seeds = 200;
        var all = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var setup in "ABCD")
        {
            var effectHeld = new bool[seeds];
            var binsHeld = new int[seeds];
            var error = new double[seeds];
            Chunks.Each(seeds, threads, s =>
            {
                var (sample, truth) = NieWager(setup, n, new Seed(40 + (ulong)setup).Stream((ulong)s));
                var scores = DoublyRobust.Scores(sample, new Seed((ulong)s));
                var effect = DoublyRobust.Mean(scores);
                effectHeld[s] = effect.Low <= truth.Average() && truth.Average() <= effect.High;
                // Bins by effects predicted by models of other customers, as the report makes them.
                var fold = DoublyRobust.Fold(n, 5, new Seed((ulong)s));
                var predicted = new double[n];
                for (var k = 0; k < 5; k++)
                {
                    int[] inside = [.. Enumerable.Range(0, n).Where(i => fold[i] == k)], outside = [.. Enumerable.Range(0, n).Where(i => fold[i] != k)];
                    var of = UpliftLearners.Fit(UpliftLearner.DoublyRobust, sample.Take(outside), new Seed(1)).Predict(sample.Rows.Take(inside));
                    for (var r = 0; r < inside.Length; r++) predicted[inside[r]] = of[r];
                }

                var order = Enumerable.Range(0, n).OrderBy(i => predicted[i]).ToArray();
                for (var b = 0; b < 5; b++)
                {
                    var bin = order[(b * n / 5)..((b + 1) * n / 5)];
                    var measured = DoublyRobust.Mean([.. bin.Select(i => scores[i])]);
                    var mean = bin.Average(i => truth[i]);
                    binsHeld[s] += measured.Low <= mean && mean <= measured.High ? 1 : 0;
                }

                error[s] = Math.Sqrt(Enumerable.Range(0, n).Average(i => Math.Pow(predicted[i] - truth[i], 2)));
            });
            all[setup.ToString()] = new { coverage_effect = effectHeld.Count(h => h) / (double)seeds, coverage_bins = binsHeld.Sum() / (5.0 * seeds), pehe = Math.Round(error.Average(), 4) };
            Console.WriteLine($"{setup}: {all[setup.ToString()]}");
        }

        return all;
    }

    static (UpliftSample Sample, double[] Truth) NieWager(char setup, int n, Rng rng)
    {
        var rows = new Matrix(n, 5);
        double[] outcome = new double[n], propensity = new double[n], truth = new double[n];
        var treated = new bool[n];
        var x = new double[5];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < 5; j++)
            {
                x[j] = setup == 'A' ? rng.NextDouble() : rng.NextNormal();
                rows[i, j] = (float)x[j];
            }

            double Plus(double v) => Math.Max(v, 0);
            double baseline;
            (baseline, propensity[i], truth[i]) = setup switch
            {
                'A' => (Math.Sin(Math.PI * x[0] * x[1]) + 2 * (x[2] - 0.5) * (x[2] - 0.5) + x[3] + 0.5 * x[4], Math.Clamp(Math.Sin(Math.PI * x[0] * x[1]), 0.1, 0.9), (x[0] + x[1]) / 2),
                'B' => (Math.Max(Math.Max(x[0] + x[1], x[2]), 0) + Plus(x[3] + x[4]), 0.5, x[0] + Math.Log(1 + Math.Exp(x[1]))),
                'C' => (2 * Math.Log(1 + Math.Exp(x[0] + x[1] + x[2])), 1 / (1 + Math.Exp(x[1] + x[2])), 1.0),
                _ => ((Plus(x[0] + x[1] + x[2]) + Plus(x[3] + x[4])) / 2, 1 / (1 + Math.Exp(-x[0]) + Math.Exp(-x[1])), Plus(x[0] + x[1] + x[2]) - Plus(x[3] + x[4])),
            };
            treated[i] = rng.NextDouble() < propensity[i];
            outcome[i] = baseline + (treated[i] ? 0.5 : -0.5) * truth[i] + rng.NextNormal();
        }

        Standardisation.Of(rows, 1).Apply(rows, 1);
        return (new UpliftSample(rows, outcome, treated, propensity), truth);
    }
}
