using System.Diagnostics;
using System.Runtime.InteropServices;
using Coterie.Decisions;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>Seconds and loss of alternating least squares on a table of 100,000 x 20,000 with five million cells, in the setting of the peer's driver:
/// weights alpha x count for what was taken and 1 for what was not, one penalty for all, three steps of conjugate gradients.</summary>
internal static class AlsTask
{
    internal static int Run(string[] args)
    {
        var shape = Arguments.Text(args, "--shape", Path.Combine(Path.GetTempPath(), "bench-data"));
        int factors = int.Parse(Arguments.Text(args, "--factors", "64")), iterations = int.Parse(Arguments.Text(args, "--iterations", "10"));
        var threads = int.Parse(Arguments.Text(args, "--threads", "2"));
        var alpha = double.Parse(Arguments.Text(args, "--alpha", "40"));
        var offsets = Read<long>(Path.Combine(shape, "als_train.indptr.i64")).Select(x => (int)x).ToArray();
        var counts = Read<float>(Path.Combine(shape, "als_train.f32"));
        // The peer weighs a cell alpha x count in all; ours is told by how much that is above 1.
        var cells = new SparseMatrix(offsets.Length - 1, 20_000, offsets, Read<int>(Path.Combine(shape, "als_train.indices.i32")), [.. counts.Select(c => (float)(alpha * c - 1))]);
        var options = new AlternatingLeastSquaresOptions { Factors = factors, Iterations = iterations, Unobserved = 1, Penalty = 0.05, Frequency = 0, Threads = threads };
        var seconds = new List<double>();
        AlternatingLeastSquares.Factors? factored = null;
        for (var run = 0; run < 3; run++)
        {
            var clock = Stopwatch.StartNew();
            factored = AlternatingLeastSquares.Factor(cells, options, new Seed(1));
            seconds.Add(clock.Elapsed.TotalSeconds);
            Console.WriteLine($"{seconds[^1]:0.00} s");
        }

        var objective = AlsKernel.Objective(cells, factored!.Customers, factored.Products, 1,
            AlternatingLeastSquares.Penalties(cells, options), AlternatingLeastSquares.Penalties(cells.Transposed(), options), threads);
        // In the peer's units: over the sum of all weights.
        var weights = counts.Sum(c => alpha * c) + (double)cells.Rows * cells.Columns - counts.Length;
        Arguments.Merge("als.json", $"{factors} factors, {iterations} passes, {threads} threads", new
        {
            date = DateTime.UtcNow.ToString("yyyy-MM-dd"), machine = $"{Environment.ProcessorCount} cores, .NET {Environment.Version}",
            rows = cells.Rows, columns = cells.Columns, cells = counts.Length, alpha, penalty = 0.05, steps = options.Steps,
            seconds = seconds.Order().Select(s => Math.Round(s, 2)), loss = objective / weights,
        });
        return 0;
    }

    static T[] Read<T>(string path) where T : struct => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(path)).ToArray();
}
