using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Coterie.Decisions;
using Coterie.Numerics;
using Coterie.Tests.Decisions;

namespace Coterie.Quality;

/// <summary>Models of repeat purchases: CDNOW's published parameters and holdout, how often intervals hold what they are of over simulated shops, and how
/// long a fit of a million customers takes on whole days (equal histories together) and on times that are all different.</summary>
internal static class ValueModels
{
    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.Combine(Arguments.Root(), "..", "shared", "data"));
        var file = Path.Combine(data, "cdnow", "CDNOW_sample.txt");
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"{file} is not there; name the folder of the data sets with --data.");
            return 1;
        }

        var shops = int.Parse(Arguments.Text(args, "--shops", "400"));
        var customers = int.Parse(Arguments.Text(args, "--customers", "1000"));
        var million = int.Parse(Arguments.Text(args, "--million", "1000000"));
        Arguments.Save("value.json", new
        {
            task = "value",
            machine = $"{Environment.ProcessorCount} threads, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            peer = "lifetimes is not to be had from the package index here; its published parameters are the reference",
            cdnow_protocol = "1/10 sample, calibration to 1997-09-30, next 39 weeks; orders are days, times in weeks",
            cdnow = Cdnow(file),
            coverage_protocol = $"{shops} shops of {customers} customers from known parameters, 180 to 400 days, horizon 90; groups by number of orders and all; share of 95 % intervals that hold the true expectation, or what then happened",
            coverage = new PurchaseModel[] { new BgNbd(), new MbgNbd(), new ParetoNbd() }.ToDictionary(m => m.Name, m => Coverage(m, customers, shops)),
            million_protocol = $"{million} customers, five starts, Hessian included, seconds by the clock",
            million = PurchaseModel.All.ToDictionary(m => m.Name, m => Million(m, million)),
        });
        return 0;
    }

    static object Coverage(PurchaseModel model, int customers, int shops)
    {
        var c = IntervalCoverage.Of(model, model is ParetoNbd ? SomePurchases.Pareto : SomePurchases.Beta, customers, shops, new Seed(11), Environment.ProcessorCount);
        Console.WriteLine($"{model.Name}: {c}");
        return new
        {
            expected_orders = Math.Round(c.ExpectedOrders, 4),
            expected_spend = Math.Round(c.ExpectedSpend, 4),
            orders_outcome = Math.Round(c.OrdersOutcome, 4),
            spend_outcome = Math.Round(c.SpendOutcome, 4),
            customer_outcome = Math.Round(c.CustomerOutcome, 4),
            intervals = c.Groups,
            fits_that_did_not_settle = c.Unsettled,
        };
    }

    static object Million(PurchaseModel model, int customers)
    {
        var history = SomePurchases.Of(new MbgNbd(), SomePurchases.Beta, customers, 0, new Seed(1)).History;
        var rng = new Seed(2).Stream(0);
        var repeats = history.Orders.Select(o => o - 1).ToArray();
        double[] recency = new double[customers], age = new double[customers];
        for (var i = 0; i < customers; i++)
        {
            // A moment of each day, so that no two histories are equal.
            var first = rng.NextDouble();
            recency[i] = repeats[i] == 0 ? 0 : (history.Last[i] - history.First[i] - first + rng.NextDouble()) / 7;
            recency[i] = Math.Max(recency[i], 0);
            age[i] = (history.Through + 1 - history.First[i] - first) / 7;
        }

        return new { whole_days = Timed(model, history.Rows), all_different = Timed(model, () => PurchaseRows.Of(repeats, recency, age)) };
    }

    static object Timed(PurchaseModel model, Func<PurchaseRows> read)
    {
        var process = Process.GetCurrentProcess();
        var (clock, used) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        var rows = read();
        var fitted = PurchaseFit.Fit(model, rows, MaximumLikelihood.Starts(5, model.Size, new Seed(3)), Environment.ProcessorCount)!;
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var result = new
        {
            seconds = Math.Round(seconds, 2),
            processor_seconds = Math.Round((process.TotalProcessorTime - used).TotalSeconds, 2),
            distinct_rows = rows.Count,
            settled = fitted.Optimum.Settled,
            starts_agreed = fitted.Optimum.Agreed,
        };
        Console.WriteLine($"{model.Name}: {result}");
        return result;
    }

    static Dictionary<string, object> Cdnow(string file)
    {
        DateTime end = new(1997, 9, 30), last = new(1998, 6, 30);
        var days = File.ReadLines(file).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(f => (Customer: f[1], Day: DateTime.ParseExact(f[2], "yyyyMMdd", CultureInfo.InvariantCulture))).Distinct().ToArray();
        var history = new RepeatPurchases(RepeatPurchases.DayOf(end));
        var future = new List<double>();
        foreach (var customer in days.GroupBy(d => d.Customer).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var before = customer.Where(d => d.Day <= end).Select(d => RepeatPurchases.DayOf(d.Day)).ToArray();
            history.Add(customer.Key, before.Min(), before.Max(), before.Length, 0);
            future.Add(customer.Count(d => d.Day > end && d.Day <= last));
        }

        var rows = history.Rows();
        return PurchaseModel.All.ToDictionary(m => m.Name, model =>
        {
            var reached = 0;
            FittedPurchases? fitted = null;
            foreach (var start in MaximumLikelihood.Starts(21, model.Size, new Seed(7)).Skip(1))
            {
                var one = PurchaseFit.Fit(model, rows, [start], 2);
                if (one is { Optimum.Settled: true } && (fitted is null || Math.Abs(one.Optimum.LogLikelihood - fitted.Optimum.LogLikelihood) < 1e-3)) reached++;
                fitted ??= one;
            }

            double[] expected = [.. rows.RowOf.Select(r => model.Expected(fitted!.Parameters, rows.Repeats[r], rows.Recency[r], rows.Age[r], 39))];
            double[] errors = [.. expected.Select((e, i) => e - future[i])];
            return (object)new
            {
                parameters = fitted!.Parameters.Select(p => Math.Round(p, 6)),
                log_likelihood = Math.Round(fitted.Optimum.LogLikelihood, 4),
                random_starts_that_end_there = $"{reached} of 20",
                holdout_bias = Math.Round(expected.Sum() / future.Sum() - 1, 4),
                holdout_mae = Math.Round(errors.Average(Math.Abs), 4),
                holdout_rmse = Math.Round(Math.Sqrt(errors.Average(e => e * e)), 4),
                holdout_auc = Math.Round(Statistics.Auc(expected, [.. future.Select(f => f > 0)]), 4),
            };
        });
    }
}
