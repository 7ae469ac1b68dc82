using Coterie.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Coterie.Decisions.Trees;

/// <summary>How trees are boosted.</summary>
public sealed record BoostedTreesOptions
{
    /// <summary>Trees, one after the other.</summary>
    public int Trees { get; init; } = 200;
    /// <summary>Share of each tree's answer that is added.</summary>
    public double LearningRate { get; init; } = 0.05;
    /// <summary>Most leaves of a tree.</summary>
    public int Leaves { get; init; } = 12;
    /// <summary>Fewest rows of a leaf.</summary>
    public int MinRows { get; init; } = 30;
    /// <summary>Share of columns that each tree may look at.</summary>
    public double ColumnShare { get; init; } = 0.7;
    /// <summary>Share of rows that each tree learns from.</summary>
    public double RowShare { get; init; } = 0.8;
    /// <summary>Added to the curvature of each leaf, in units of rows.</summary>
    public double L2 { get; init; } = 5;

    internal IEnumerable<string> Problems()
    {
        if (Trees < 1) yield return $"trees: trees is {Trees}; expected 1 or more.";
        if (!(LearningRate is > 0 and <= 1)) yield return $"trees: learning rate is {LearningRate}; expected above 0, at most 1.";
        if (Leaves < 2) yield return $"trees: leaves is {Leaves}; expected 2 or more.";
        if (MinRows < 1) yield return $"trees: min rows is {MinRows}; expected 1 or more.";
        if (!(ColumnShare is > 0 and <= 1)) yield return $"trees: column share is {ColumnShare}; expected above 0, at most 1.";
        if (!(RowShare is > 0 and <= 1)) yield return $"trees: row share is {RowShare}; expected above 0, at most 1.";
        if (!(L2 >= 0 && double.IsFinite(L2))) yield return $"trees: l2 is {L2}; expected 0 or more.";
    }
}

/// <summary>Gradient-boosted trees by LightGBM (Ke et al. 2017), learned through ML.NET and read out into a <see cref="TreeEnsemble"/> that scores
/// the same.</summary>
/// <remarks>LightGBM's sums depend on its threads, so it learns on one: the same seed gives the same bytes on any machine setting. ML.NET keeps the side
/// that missing values take as an offset that large thresholds swallow, and does not show it; here a missing value is smaller than every number, in
/// learning and in scoring. There are no categorical splits.</remarks>
public static class BoostedTrees
{
    // Below every value that is let in, far from the ends of single precision so that midpoints stay numbers.
    const float Missing = -1e30f, Largest = 1e29f;

    /// <summary>Log-odds of an outcome: logistic loss. Scores are log-odds.</summary>
    /// <param name="rows">n x d; NaN is a missing value.</param>
    /// <param name="columns">d names.</param>
    /// <param name="positive">n outcomes; both must occur.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Draws rows and columns.</param>
    /// <exception cref="InputException">Only one outcome occurs, or a value is infinite or beyond 1e29.</exception>
    public static TreeEnsemble FitLogOdds(Matrix rows, IReadOnlyList<string> columns, bool[] positive, BoostedTreesOptions options, Seed seed)
    {
        Validate(rows, columns, positive.Length, options);
        if (!positive.Contains(true) || !positive.Contains(false))
            throw new InputException($"All {positive.Length} outcomes are {(positive.Length > 0 && positive[0] ? "true" : "false")}; trees need both to learn from.");
        var ml = new MLContext(Small(seed));
        var settings = new LightGbmBinaryTrainer.Options { Sigmoid = 1, UnbalancedSets = false };
        Set(settings, options, seed);
        var view = ml.Data.LoadFromEnumerable(Rows(rows, i => positive[i], _ => 0), Schema(rows.Columns));
        var model = ml.BinaryClassification.Trainers.LightGbm(settings).Fit(view).Model.SubModel;
        return Read(model.TrainedTreeEnsemble, rows, columns);
    }

    /// <summary>A mean: squared loss.</summary>
    /// <param name="rows">n x d; NaN is a missing value.</param>
    /// <param name="columns">d names.</param>
    /// <param name="targets">n finite numbers.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Draws rows and columns.</param>
    /// <exception cref="InputException">A value is infinite or beyond 1e29, or a target is not a number.</exception>
    public static TreeEnsemble FitMean(Matrix rows, IReadOnlyList<string> columns, double[] targets, BoostedTreesOptions options, Seed seed)
    {
        Validate(rows, columns, targets.Length, options);
        if (Array.FindIndex(targets, t => !double.IsFinite(t)) is >= 0 and var place) throw new InputException($"Target {place} is {targets[place]}; expected a number.");
        var ml = new MLContext(Small(seed));
        var settings = new LightGbmRegressionTrainer.Options();
        Set(settings, options, seed);
        var view = ml.Data.LoadFromEnumerable(Rows(rows, _ => false, i => (float)targets[i]), Schema(rows.Columns));
        settings.LabelColumnName = nameof(Row.Target);
        var model = ml.Regression.Trainers.LightGbm(settings).Fit(view).Model;
        return Read(model.TrainedTreeEnsemble, rows, columns);
    }

    static void Validate(Matrix rows, IReadOnlyList<string> columns, int outcomes, BoostedTreesOptions options)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join(' ', problems));
        if (columns.Count != rows.Columns) throw new ArgumentException($"{columns.Count} names for {rows.Columns} columns.", nameof(columns));
        if (outcomes != rows.Rows) throw new ArgumentException($"{outcomes} outcomes for {rows.Rows} rows.", nameof(outcomes));
        if (rows.Rows == 0 || rows.Columns == 0) throw new InputException($"There are {rows.Rows} rows and {rows.Columns} columns; trees need both.");
        for (var i = 0; i < rows.Values.Length; i++)
        {
            if (Math.Abs(rows.Values[i]) > Largest)
                throw new InputException($"Row {i / rows.Columns}, column '{columns[i % rows.Columns]}' is {rows.Values[i]}; expected a number of at most 1e29, or NaN for a missing value.");
        }
    }

    static void Set<TOptions, TOutput, TTransformer, TModel>(LightGbmTrainerBase<TOptions, TOutput, TTransformer, TModel>.OptionsBase settings, BoostedTreesOptions options, Seed seed)
        where TOptions : LightGbmTrainerBase<TOptions, TOutput, TTransformer, TModel>.OptionsBase, new()
        where TTransformer : ISingleFeaturePredictionTransformer<TModel>
        where TModel : class
    {
        settings.FeatureColumnName = nameof(Row.Values);
        settings.LabelColumnName = nameof(Row.Positive);
        settings.NumberOfIterations = options.Trees;
        settings.LearningRate = options.LearningRate;
        settings.NumberOfLeaves = options.Leaves;
        settings.MinimumExampleCountPerLeaf = options.MinRows;
        settings.NumberOfThreads = 1;
        settings.Seed = Small(seed);
        settings.HandleMissingValue = false;
        settings.UseCategoricalSplit = false;
        settings.Booster = new GradientBooster.Options
        {
            FeatureFraction = options.ColumnShare,
            SubsampleFraction = options.RowShare,
            SubsampleFrequency = options.RowShare < 1 ? 1 : 0,
            L2Regularization = options.L2,
        };
    }

    static int Small(Seed seed) => (int)(seed.Value & 0x7FFF_FFFF);

    sealed class Row
    {
        public float[] Values { get; set; } = [];
        public bool Positive { get; set; }
        public float Target { get; set; }
    }

    static SchemaDefinition Schema(int columns)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, columns);
        return schema;
    }

    static IEnumerable<Row> Rows(Matrix rows, Func<int, bool> positive, Func<int, float> target)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var values = rows.Row(i).ToArray();
            for (var j = 0; j < values.Length; j++)
                if (float.IsNaN(values[j])) values[j] = Missing;
            yield return new Row { Values = values, Positive = positive(i), Target = target(i) };
        }
    }

    static TreeEnsemble Read(RegressionTreeEnsemble ensemble, Matrix rows, IReadOnlyList<string> columns)
    {
        var trees = new List<BoostedTree>(ensemble.Trees.Count);
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            var tree = ensemble.Trees[t];
            if (tree.CategoricalSplitFlags.Any(f => f)) throw new InvalidOperationException("A tree splits by categories, which was not asked for.");
            var m = tree.NumberOfNodes;
            var read = new BoostedTree
            {
                Features = [.. tree.NumericalSplitFeatureIndexes.Take(m)],
                Thresholds = [.. tree.NumericalSplitThresholds.Take(m)],
                MissingLeft = [.. Enumerable.Repeat(true, m)],
                Left = [.. tree.LeftChild.Take(m)],
                Right = [.. tree.RightChild.Take(m)],
                Leaves = [.. tree.LeafValues.Take(m + 1).Select(v => v * ensemble.TreeWeights[t])],
                NodeCover = new double[m],
                LeafCover = new double[m + 1],
            };
            Cover(read, rows);
            trees.Add(read);
        }

        var all = new TreeEnsemble { Columns = [.. columns], Trees = trees, Base = ensemble.Bias };
        all.Check();
        return all;
    }

    // Counts are whole numbers: their order of summing does not matter.
    static void Cover(BoostedTree tree, Matrix rows)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            var at = tree.Features.Length == 0 ? -1 : 0;
            while (at >= 0)
            {
                tree.NodeCover[at]++;
                at = tree.GoesLeft(at, row) ? tree.Left[at] : tree.Right[at];
            }

            tree.LeafCover[~at]++;
        }
    }
}
