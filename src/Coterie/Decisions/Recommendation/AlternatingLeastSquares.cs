using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How customers and products are factored.</summary>
public sealed record AlternatingLeastSquaresOptions
{
    /// <summary>Numbers for each customer and product.</summary>
    public int Factors { get; init; } = 64;
    /// <summary>Passes over both sides.</summary>
    public int Iterations { get; init; } = 12;
    /// <summary>By how much a product that was taken once weighs more than one that was not; further times add their logarithm.</summary>
    public double Confidence { get; init; } = 1;
    /// <summary>Weight of a product that was not taken.</summary>
    public double Unobserved { get; init; } = 0.1;
    /// <summary>Ridge penalty.</summary>
    public double Penalty { get; init; } = 0.01;
    /// <summary>The penalty grows with (events of the row + <see cref="Unobserved"/> x columns) to this power (Rendle 2021); 0 is the same penalty for all.</summary>
    public double Frequency { get; init; } = 1;
    /// <summary>Steps of conjugate gradients for each row and pass.</summary>
    public int Steps { get; init; } = 3;
    /// <summary>Weight of each earlier event, in shares of the next one's, when a history is placed among the products; 1 forgets the order.</summary>
    public double Decay { get; init; } = 1;
    /// <summary>Threads; 0 takes all. The numbers do not depend on it.</summary>
    public int Threads { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Factors is < 1 or > 1024) yield return $"als: factors is {Factors}; expected 1 to 1024.";
        if (Iterations < 1) yield return $"als: iterations is {Iterations}; expected 1 or more.";
        if (!(Confidence > 0 && double.IsFinite(Confidence))) yield return $"als: confidence is {Confidence}; expected more than 0.";
        if (!(Unobserved > 0 && double.IsFinite(Unobserved))) yield return $"als: unobserved is {Unobserved}; expected more than 0.";
        if (!(Penalty > 0 && double.IsFinite(Penalty))) yield return $"als: penalty is {Penalty}; expected more than 0.";
        if (!(Frequency is >= 0 and <= 2)) yield return $"als: frequency is {Frequency}; expected 0 to 2.";
        if (Steps < 1) yield return $"als: steps is {Steps}; expected 1 or more.";
        if (!(Decay is > 0 and <= 1)) yield return $"als: decay is {Decay}; expected more than 0, at most 1.";
        if (Threads < 0) yield return $"als: threads is {Threads}; expected 0 or more.";
    }
}

/// <summary>Customers and products as points whose inner products say what is taken: weighted least squares over every cell of the table.</summary>
/// <remarks>Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets"; conjugate gradients as in Takács, Pilászy and Tikk 2011,
/// "Applications of the conjugate gradient method for implicit feedback collaborative filtering"; weights and penalties as in Rendle et al. 2021,
/// "Revisiting the performance of iALS on item recommendation benchmarks".</remarks>
public sealed class AlternatingLeastSquares : ItemRecommender
{
    // An event below this weight cannot change a list.
    const double Least = 1e-4;

    readonly AlternatingLeastSquaresOptions options;
    readonly float[] gram;

    AlternatingLeastSquares(IReadOnlyList<string> products, Matrix factors, AlternatingLeastSquaresOptions options)
    {
        Products = products;
        ProductFactors = factors;
        this.options = options;
        gram = AlsKernel.Gram(factors, (float)options.Unobserved, 1);
    }

    public override IReadOnlyList<string> Products { get; }
    /// <summary>Products x factors, padded with zeros to a multiple of eight.</summary>
    public Matrix ProductFactors { get; }

    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The histories are not usable.</exception>
    public static AlternatingLeastSquares Fit(ItemHistories histories, AlternatingLeastSquaresOptions options, Seed seed)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        histories.Check();
        var cells = Cells(histories, options.Confidence);
        return new(histories.Products, Factor(cells, options, seed).Products, options);
    }

    /// <summary>The same factors, with other weights for earlier events of a history that is placed among them.</summary>
    internal AlternatingLeastSquares WithDecay(double decay) => new(Products, ProductFactors, options with { Decay = decay });

    internal sealed record Factors(Matrix Customers, Matrix Products);

    /// <summary>Factors a table of excess weights (customers x products), from a random start drawn row by row.</summary>
    internal static Factors Factor(SparseMatrix cells, AlternatingLeastSquaresOptions options, Seed seed)
    {
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var turned = cells.Transposed();
        var (customers, products) = (Start(cells.Rows, options.Factors, seed.Stream(0)), Start(cells.Columns, options.Factors, seed.Stream(1)));
        var (rowPenalties, columnPenalties) = (Penalties(cells, options), Penalties(turned, options));
        for (var pass = 0; pass < options.Iterations; pass++)
        {
            AlsKernel.Half(cells, products, (float)options.Unobserved, rowPenalties, options.Steps, threads, customers);
            AlsKernel.Half(turned, customers, (float)options.Unobserved, columnPenalties, options.Steps, threads, products);
        }

        return new(customers, products);
    }

    /// <summary>One penalty for each row.</summary>
    internal static float[] Penalties(SparseMatrix cells, AlternatingLeastSquaresOptions options)
    {
        var penalties = new float[cells.Rows];
        for (var u = 0; u < penalties.Length; u++) penalties[u] = Penalty(options, cells.Offsets[u + 1] - cells.Offsets[u], cells.Columns);
        return penalties;
    }

    static float Penalty(AlternatingLeastSquaresOptions options, int cells, int columns) =>
        (float)(options.Penalty * Math.Pow(cells + options.Unobserved * columns, options.Frequency));

    static Matrix Start(int rows, int factors, Rng rng)
    {
        var start = new Matrix(rows, AlsKernel.Padded(factors));
        var scale = 0.1 / Math.Sqrt(factors);
        for (var i = 0; i < rows; i++)
            for (var c = 0; c < factors; c++) start[i, c] = (float)(scale * rng.NextNormal());
        return start;
    }

    static SparseMatrix Cells(ItemHistories histories, double confidence)
    {
        var offsets = new int[histories.Count + 1];
        var (places, values) = (new List<int>(), new List<float>());
        for (var u = 0; u < histories.Count; u++)
        {
            foreach (var product in histories.Histories[u].GroupBy(p => p).OrderBy(g => g.Key))
            {
                places.Add(product.Key);
                values.Add((float)(confidence * (1 + Math.Log(product.Count()))));
            }

            offsets[u + 1] = places.Count;
        }

        return new(histories.Count, histories.Products.Count, offsets, [.. places], [.. values]);
    }

    /// <summary>Each product of a history with its excess weight: newer ones weigh more where decay is below 1.</summary>
    List<KeyValuePair<int, double>> Weights(int[] history)
    {
        var weights = new Dictionary<int, double>();
        var order = new List<int>();
        var (weight, counts) = (1.0, new Dictionary<int, int>());
        for (var back = 1; back <= history.Length && weight >= Least; back++, weight *= options.Decay)
        {
            var product = history[^back];
            var count = counts[product] = counts.GetValueOrDefault(product) + 1;
            if (count == 1) order.Add(product);
            // 1 + log(count) in all, as in learning.
            weights[product] = weights.GetValueOrDefault(product) + weight * (count == 1 ? 1 : Math.Log((double)count / (count - 1)));
        }

        return [.. order.Select(p => new KeyValuePair<int, double>(p, options.Confidence * weights[p]))];
    }

    /// <summary>The lower factor of w Y^T Y + sum of excess weights y y^T + penalty, in rows of f.</summary>
    double[] Factored(List<KeyValuePair<int, double>> weights)
    {
        var f = ProductFactors.Columns;
        var a = gram.ToArray();
        foreach (var (product, weight) in weights) SymmetricSystem.Add(a, f, (float)weight, ProductFactors.Row(product));
        return SymmetricSystem.Factor(a, f, Penalty(options, weights.Count, Products.Count));
    }

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        Chunks.Each(histories.Count, options.Threads > 0 ? options.Threads : Environment.ProcessorCount, i =>
        {
            if (histories[i].Length == 0) return;
            var weights = Weights(histories[i]);
            var right = new double[ProductFactors.Columns];
            foreach (var (product, weight) in weights)
            {
                var y = ProductFactors.Row(product);
                for (var c = 0; c < right.Length; c++) right[c] += (weight + options.Unobserved) * y[c];
            }

            SymmetricSystem.Solve(Factored(weights), right);
            var point = new float[right.Length];
            for (var c = 0; c < point.Length; c++) point[c] = (float)right[c];
            var row = scores.Row(i);
            for (var p = 0; p < row.Length; p++) row[p] = AlsKernel.Dot(point, ProductFactors.Row(p));
        });
        return scores;
    }

    /// <remarks>A customer's point is A^-1 times a sum over the history, so a score is a sum over the history too (Hu, Koren and Volinsky 2008, section 5).</remarks>
    internal override void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons) => AddReasons(history, [product], weight, [reasons]);

    internal override void AddReasons(int[] history, int[] products, double weight, Dictionary<int, double>[] reasons)
    {
        if (history.Length == 0) return;
        var weights = Weights(history);
        var factor = Factored(weights);
        var target = new double[ProductFactors.Columns];
        for (var i = 0; i < products.Length; i++)
        {
            for (var c = 0; c < target.Length; c++) target[c] = ProductFactors[products[i], c];
            // A is symmetric: y_j^T A^-1 y_i for every i needs one solution, for j.
            SymmetricSystem.Solve(factor, target);
            foreach (var (from, excess) in weights)
            {
                var y = ProductFactors.Row(from);
                var sum = 0.0;
                for (var c = 0; c < y.Length; c++) sum += target[c] * y[c];
                reasons[i][from] = reasons[i].GetValueOrDefault(from) + weight * (excess + options.Unobserved) * sum;
            }
        }
    }
}
