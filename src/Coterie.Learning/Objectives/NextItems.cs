using Coterie.Decisions;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>Guesses every product of a history from those before it, by cross-entropy over the catalogue or a sample of it.</summary>
/// <remarks>Klenitskiy and Vasilev 2023, "Turning dross into gold loss": with the whole catalogue in the loss SASRec learns faster and ends better than with
/// one wrong product for each right one. The sample is corrected for its size (Bengio and Senécal 2008). B rows, L events, M guesses, D = dim.</remarks>
sealed class NextItems : TrainingTask
{
    /// <summary>Events [Begin, End) of a history: all but the last are read, all but the first are guessed.</summary>
    internal readonly record struct Piece(int Customer, int Begin, int End);

    readonly ItemHistories histories;
    readonly CatalogueTransformer module;
    readonly NextItemOptions options;
    readonly Piece[] pieces;

    /// <param name="histories">Validated.</param>
    public NextItems(ItemHistories histories, CatalogueTransformer module, NextItemOptions options)
    {
        this.histories = histories;
        this.module = module;
        this.options = options;
        pieces = [.. Enumerable.Range(0, histories.Count).SelectMany(c => Cut(c, histories.Histories[c].Length, options.Length))];
    }

    /// <summary>Pieces from the newest event backwards, so that what is short is the oldest; each event but the first is guessed once.</summary>
    internal static IEnumerable<Piece> Cut(int customer, int events, int length)
    {
        for (var end = events; end > 1; end -= length)
            yield return new(customer, Math.Max(0, end - length - 1), end);
    }

    public override string Name => "next item";
    public override nn.Module Module => module;
    public override int Rows => pieces.Length;
    public override string Customer(int row) => histories.Customers[pieces[row].Customer];
    public override int Length(int row) => pieces[row].End - pieces[row].Begin - 1;
    // The training's options stand beside these in the record.
    public override object Options => new { model = options with { Training = new() }, products = module.Count };

    public override Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts)
    {
        using var scope = NewDisposeScope();
        var training = module.training;
        var (ahead, hide) = (seed.Stream(2), seed.Stream(3));
        var length = 0;
        foreach (var row in rows) length = Math.Max(length, Length(row));
        var codes = new long[rows.Length * length];
        var shown = new float[codes.Length];
        List<long> places = [], targets = [];
        for (var b = 0; b < rows.Length; b++)
        {
            var piece = pieces[rows[b]];
            var history = histories.Histories[piece.Customer];
            for (var l = 0; l < piece.End - piece.Begin - 1; l++)
            {
                var at = piece.Begin + l;
                codes[b * length + l] = history[at];
                shown[b * length + l] = training && hide.NextDouble() < options.Hidden ? 0 : 1;
                places.Add(b * length + l);
                targets.Add(history[at + (training ? Steps(Math.Min(options.Ahead, history.Length - 1 - at), ahead) : 1)]);
            }
        }

        var device = module.Where();
        var hiding = training && options.Hidden > 0 ? tensor(shown, [rows.Length, length, 1], device: device) : null;
        var hidden = module.Read(tensor(codes, [rows.Length, length], device: device), hiding);                     // B x L x D
        hidden = hidden.flatten(0, 1).index_select(0, tensor(places.ToArray(), device: device));                    // M x D
        var right = tensor(targets.ToArray(), device: device);                                                      // M
        var sampled = training && options.Sampled > 0 && options.Sampled < module.Count;
        var loss = sampled ? Sampled(module, hidden, right, Draw(seed.Stream(1))) : nn.functional.cross_entropy(module.Score(hidden), right);
        parts.Add(sampled ? "sampled" : "cross_entropy", loss.item<float>(), targets.Count);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>1 to <paramref name="most"/>, d with a chance in proportion to 1 / d.</summary>
    internal static int Steps(int most, Rng rng)
    {
        if (most <= 1) return 1;
        double sum = 0;
        for (var d = 1; d <= most; d++) sum += 1.0 / d;
        var left = rng.NextDouble() * sum;
        for (var d = 1; d < most; d++)
            if ((left -= 1.0 / d) < 0) return d;
        return most;
    }

    long[] Draw(Rng rng)
    {
        var drawn = new long[options.Sampled];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = rng.NextInt(module.Count);
        return drawn;
    }

    /// <summary>Mean of -log of exp(right) / (exp(right) + N / K x sum over the K drawn products of exp), the right one left out of the sum.</summary>
    /// <param name="hidden">M x D.</param>
    /// <param name="right">M products.</param>
    /// <param name="drawn">K products, each of the N as likely as the others.</param>
    internal static Tensor Sampled(CatalogueTransformer module, Tensor hidden, Tensor right, long[] drawn)
    {
        using var scope = NewDisposeScope();
        var others = tensor(drawn, device: hidden.device);                                                          // K
        var hits = right.unsqueeze(1).eq(others.unsqueeze(0));                                                      // M x K
        var wrong = module.Score(hidden, others).Plus(Math.Log((double)module.Count / drawn.Length)).With(hits, double.NegativeInfinity);
        var all = cat([module.ScoreEach(hidden, right).unsqueeze(1), wrong], 1);                                    // M x (1 + K)
        return nn.functional.cross_entropy(all, zeros(right.shape[0], dtype: ScalarType.Int64, device: hidden.device)).MoveToOuterDisposeScope();
    }
}
