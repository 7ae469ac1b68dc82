using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>A perceptron and one linear layer for the classes: n x features -> n x classes.</summary>
sealed class FeatureClassifierModule : nn.Module<Tensor, Tensor>
{
    readonly FeatureMlp body;
    readonly Linear head;

    public FeatureClassifierModule(int features, int classes, FeatureMlpOptions options) : base(nameof(FeatureClassifierModule))
    {
        body = new(features, options);
        head = nn.Linear(body.Width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => head.call(body.call(x));
}

/// <summary>Learns classes of customers from rows of features by cross-entropy.</summary>
/// <param name="customers">n ids.</param>
/// <param name="features">n x d.</param>
/// <param name="labels">n classes from 0.</param>
sealed class FeatureClassification(string[] customers, Matrix features, int[] labels, FeatureClassifierModule module, FeatureMlpOptions options) : TrainingTask
{
    public override string Name => "classification of features";
    public override nn.Module Module => module;
    public override int Rows => features.Rows;
    public override string Customer(int row) => customers[row];
    public override int Length(int row) => 1;
    public override object Options => options;

    public override Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts)
    {
        using var scope = NewDisposeScope();
        var chosen = new long[rows.Length];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = labels[rows[i]];
        var logits = module.call(tensor(features.Take(rows).Values, [rows.Length, features.Columns]));
        var loss = nn.functional.cross_entropy(logits, tensor(chosen));
        parts.Add("cross_entropy", loss.item<float>(), rows.Length);
        return loss.MoveToOuterDisposeScope();
    }
}
