using Coterie.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>Guesses the codes of an event, one linear layer for all fields: M x D -> M x (codes of all guessed fields).</summary>
sealed class FieldHeads : nn.Module
{
    readonly Linear heads;
    readonly int[] fields;
    readonly int[] codes;

    /// <param name="names">Fields to guess; empty takes all.</param>
    public FieldHeads(IReadOnlyList<SequenceField> all, IReadOnlyList<string> names, int dim) : base(nameof(FieldHeads))
    {
        fields = [.. Enumerable.Range(0, all.Count).Where(f => names.Count == 0 || names.Contains(all[f].Name))];
        codes = [.. fields.Select(f => all[f].Codes)];
        heads = nn.Linear(dim, codes.Sum());
        RegisterComponents();
    }

    /// <summary>Mean over events and fields of the cross-entropy, in shares of what a blind guess among the field's codes costs: a field of 4,000 codes
    /// does not drown one of four.</summary>
    /// <param name="hidden">M x D.</param>
    /// <param name="targets">Fields x M: codes.</param>
    public Tensor Loss(Tensor hidden, long[][] targets)
    {
        using var scope = NewDisposeScope();
        var logits = heads.call(hidden);
        Tensor? sum = null;
        long at = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            var loss = nn.functional.cross_entropy(logits.narrow(1, at, codes[i]), tensor(targets[fields[i]], device: hidden.device)).Over(Math.Log(Math.Max(2, codes[i])));
            sum = sum is null ? loss : sum.Plus(loss);
            at += codes[i];
        }

        return sum!.Over(fields.Length).MoveToOuterDisposeScope();
    }
}
