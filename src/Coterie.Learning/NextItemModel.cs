using System.Runtime.InteropServices;
using Coterie.Decisions;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning;

/// <summary>A trained Transformer that guesses the next product. It owns native memory: dispose of it.</summary>
public sealed class NextItemModel : ItemRecommender, IDisposable
{
    // So many events go through the network at once; more than one core's cache holds gains nothing.
    const int EventsAtOnce = 64 * 64;

    readonly CatalogueTransformer module;

    internal NextItemModel(CatalogueTransformer module, NextItemOptions options, IReadOnlyList<string> products)
    {
        this.module = module;
        Options = options;
        Products = products;
        module.eval();
    }

    public NextItemOptions Options { get; }
    public override IReadOnlyList<string> Products { get; }
    internal CatalogueTransformer Module => module;

    /// <summary>Writes <c>model.json</c> (options, catalogue, checksum) and <c>next-item.safetensors</c> into the folder.</summary>
    public void Save(string folder) => NextItemFiles.Save(folder, module, Options, Products);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">A file is missing, cut off or changed, or the two do not belong together.</exception>
    public static NextItemModel Load(string folder) => NextItemFiles.Load(folder);

    /// <summary>Logarithms of the chances, but for a constant of each row. A history without events gets the products' own levels.</summary>
    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        using var mode = inference_mode();
        module.eval();
        int Length(int row) => Math.Clamp(histories[row].Length, 1, module.Length);
        var start = 0;
        // Rows of like length beside each other; a batch never holds more than EventsAtOnce.
        var rows = LengthBuckets.Sorted(Enumerable.Range(0, histories.Count), Length, 1).Select(r => r[0]).ToArray();
        while (start < rows.Length)
        {
            var end = start + 1;
            while (end < rows.Length && (end + 1 - start) * Length(rows[end]) <= EventsAtOnce) end++;
            Batch(histories, rows.AsSpan(start, end - start), Length(rows[end - 1]), scores);
            start = end;
        }

        return scores;
    }

    void Batch(IReadOnlyList<int[]> histories, ReadOnlySpan<int> rows, int length, Matrix scores)
    {
        using var scope = NewDisposeScope();
        var codes = new long[rows.Length * length];
        var lasts = new long[rows.Length];
        var known = new float[rows.Length];
        for (var b = 0; b < rows.Length; b++)
        {
            var history = histories[rows[b]];
            var newest = history.AsSpan(Math.Max(0, history.Length - length));
            for (var l = 0; l < newest.Length; l++) codes[b * length + l] = newest[l];
            lasts[b] = b * length + Math.Max(0, newest.Length - 1);
            known[b] = newest.Length > 0 ? 1 : 0;
        }

        var device = module.Where();
        var hidden = module.Read(tensor(codes, [rows.Length, length], device: device)).flatten(0, 1).index_select(0, tensor(lasts, device: device)); // B x D
        var values = module.Score(hidden * tensor(known, [rows.Length, 1], device: device)).cpu();                                                     // B x N
        var flat = MemoryMarshal.Cast<byte, float>(values.bytes);
        for (var b = 0; b < rows.Length; b++) flat.Slice(b * scores.Columns, scores.Columns).CopyTo(scores.Row(rows[b]));
    }

    public void Dispose() => module.Dispose();
}
