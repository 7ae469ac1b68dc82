using Coterie.Learning.Models;
using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>Tells sub-sequences of one customer from those of others (CoLES, Babaev et al. 2022, "Contrastive learning for event sequences with
/// self-supervision", arXiv 2002.08232): what repeats within a history is what the customer is like.</summary>
static class SubSequences
{
    /// <summary>For each customer of two events or more, that many random contiguous slices (algorithm 1 there), one customer behind the other.</summary>
    public static EventSpan[] Slices(ReadOnlySpan<EventSpan> customers, ObjectiveOptions options, int longest, Rng rng)
    {
        var slices = new List<EventSpan>(customers.Length * options.Slices);
        foreach (var whole in customers)
        {
            if (whole.Length < 2) continue;
            for (var s = 0; s < options.Slices; s++)
            {
                var share = options.SliceLeast + rng.NextDouble() * (options.SliceMost - options.SliceLeast);
                var length = Math.Clamp((int)Math.Round(share * whole.Length), 1, Math.Min(whole.Length, longest));
                var begin = whole.Begin + rng.NextInt(whole.Length - length + 1);
                slices.Add(new(whole.Row, begin, begin + length));
            }
        }

        return [.. slices];
    }

    /// <summary>Null when fewer than two customers have two events.</summary>
    public static Tensor? Loss(SequenceEncoder encoder, SequencePool pool, ReadOnlySpan<EventSpan> customers, ObjectiveOptions options, Rng rng)
    {
        var slices = Slices(customers, options, encoder.Length, rng);
        if (slices.Length < 2 * options.Slices) return null;
        using var scope = NewDisposeScope();
        var batch = new SequenceBatch(pool, slices, encoder.Table, encoder.Length);
        var embedded = nn.functional.normalize(encoder.Encode(batch, causal: false).Customers, 2, 1);
        var loss = options.Contrast == Contrast.Softmax ? Softmax(embedded, options.Slices, options.Temperature) : Margin(embedded, options.Slices, options.Margin, options.HardNegatives);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Mean over slices and their positives of -log softmax(similarity / temperature), the slice itself left out.</summary>
    /// <param name="embedded">N x E unit vectors; every <paramref name="slices"/> rows are one customer.</param>
    internal static Tensor Softmax(Tensor embedded, int slices, double temperature)
    {
        var n = embedded.shape[0];
        var device = embedded.device;
        var self = eye(n, dtype: ScalarType.Bool, device: device);
        var positive = Same(n, slices, device).logical_and(self.logical_not());
        var logits = embedded.mm(embedded.t()).Over(temperature).With(self, -1e9);           // N x N
        var log = nn.functional.log_softmax(logits, 1);
        return (log * positive.to(ScalarType.Float32)).sum().neg().Over(n * (slices - 1));
    }

    /// <summary>Mean over pairs of d² for slices of one customer plus mean over the hardest strangers of max(0, margin - d)² (equation 1 there).</summary>
    internal static Tensor Margin(Tensor embedded, int slices, double margin, int hardest)
    {
        var n = embedded.shape[0];
        var device = embedded.device;
        var same = Same(n, slices, device);
        var squared = embedded.mm(embedded.t()).Times(-2).Plus(2).AtLeast(0);                // N x N
        var self = eye(n, device: device);
        var near = (squared * same.to(ScalarType.Float32).Minus(self)).sum().Over(n * (slices - 1));
        // The root has no gradient at 0.
        var distance = squared.With(same, 1e9).topk((int)Math.Min(hardest, n - slices), 1, largest: false).values.AtLeast(1e-12).sqrt();
        return near.Plus(distance.Times(-1).Plus(margin).AtLeast(0).Squared().mean());
    }

    // True where two rows belong to one customer: N x N.
    static Tensor Same(long n, int slices, Device device)
    {
        var customer = tensor([.. Enumerable.Range(0, (int)n).Select(i => (long)(i / slices))], device: device);
        return customer.unsqueeze(0).eq(customer.unsqueeze(1));
    }
}
