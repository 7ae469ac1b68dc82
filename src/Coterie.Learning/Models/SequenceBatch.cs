using Coterie.Sequences;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>Part of one customer's history: events [Begin, End) of the row's arrays.</summary>
/// <param name="Row">Row of the pool.</param>
readonly record struct EventSpan(int Row, int Begin, int End)
{
    public int Length => End - Begin;
}

/// <summary>Where the codes of all fields and the places in the history stand in one embedding table.</summary>
/// <remarks>Each field has its own codes and one more, "masked"; the last <c>Length</c> rows are places counted from the newest event.</remarks>
sealed class CodeTable
{
    public readonly int[] Starts;
    public readonly int[] Codes;
    public readonly int Places;
    public readonly int Rows;

    public CodeTable(IReadOnlyList<SequenceField> fields, int length)
    {
        Starts = new int[fields.Count];
        Codes = [.. fields.Select(f => f.Codes)];
        for (var f = 0; f < fields.Count; f++)
        {
            Starts[f] = Rows;
            Rows = checked(Rows + fields[f].Codes + 1);
        }

        Places = Rows;
        Rows += length;
    }

    public int Fields => Starts.Length;
}

/// <summary>Histories as arrays, filled to the longest of the batch: B customers, L events, F fields.</summary>
sealed class SequenceBatch
{
    // A year, the scale on which the logarithms of gaps and ages reach 1.
    static readonly float LogYear = MathF.Log(1 + 365 * 86_400f);

    public readonly int Customers;
    public readonly int Length;
    /// <summary>B x L x (F + 1): rows of the table for each field and, last, for the place.</summary>
    public readonly long[] Codes;
    /// <summary>B x L x 2: log of the gap before, log of the age beside the newest event, both 1 at a year.</summary>
    public readonly float[] Times;
    /// <summary>B x L: an event, not padding.</summary>
    public readonly bool[] Events;
    /// <summary>B: number of events, at least 1.</summary>
    public readonly int[] Lengths;
    /// <summary>All L places of all customers hold events.</summary>
    public readonly bool Full;

    /// <param name="spans">One or more; a span longer than <paramref name="longest"/> keeps its newest events, an empty one is one event of padding.</param>
    public SequenceBatch(SequencePool pool, ReadOnlySpan<EventSpan> spans, CodeTable table, int longest)
    {
        Customers = spans.Length;
        Lengths = new int[Customers];
        for (var b = 0; b < Customers; b++) Lengths[b] = Math.Clamp(spans[b].Length, 1, longest);
        Length = Lengths.Max();
        Full = Lengths.Min() == Length;
        var width = table.Fields + 1;
        Codes = new long[Customers * Length * width];
        Times = new float[Customers * Length * 2];
        Events = new bool[Customers * Length];
        for (var b = 0; b < Customers; b++) Fill(pool.Chunk(spans[b].Row), pool.First(spans[b].Row), spans[b], b, table, width);
    }

    void Fill(CustomerSequences chunk, int first, EventSpan span, int b, CodeTable table, int width)
    {
        var count = Lengths[b];
        var begin = span.Length == 0 ? -1 : span.End - count;
        for (var l = 0; l < Length; l++)
        {
            var at = (b * Length + l) * width;
            var e = begin + l;
            var isEvent = l < count && begin >= 0;
            for (var f = 0; f < table.Fields; f++)
            {
                int code = isEvent ? chunk.Codes[f][e] : SequenceField.Padding;
                if (code >= table.Codes[f]) throw Foreign(chunk, f, code, table.Codes[f]);
                Codes[at + f] = table.Starts[f] + code;
            }

            Codes[at + table.Fields] = table.Places + Math.Max(0, count - 1 - l);
            Events[b * Length + l] = l < count;
            if (!isEvent) continue;
            Times[(b * Length + l) * 2] = e > first ? Scaled(chunk.Seconds[e] - chunk.Seconds[e - 1]) : 0;
            Times[(b * Length + l) * 2 + 1] = Scaled(chunk.Seconds[span.End - 1] - chunk.Seconds[e]);
        }
    }

    static float Scaled(long seconds) => MathF.Log(1 + Math.Max(0, seconds)) / LogYear;

    static InputException Foreign(CustomerSequences chunk, int field, int code, int codes) => new(
        $"Field {chunk.Fields[field].Name} holds code {code} and the model knows {codes}: the sequences were coded for another catalogue. Code them with the schema that was saved with the model.");

    /// <summary>B*L x (F + 1).</summary>
    public Tensor CodeTensor(Device device) => tensor(Codes, [(long)Customers * Length, Codes.Length / (Customers * Length)], device: device);

    /// <summary>B x L x 2.</summary>
    public Tensor TimeTensor(Device device) => tensor(Times, [Customers, Length, 2], device: device);

    /// <summary>B x L bool.</summary>
    public Tensor EventTensor(Device device) => tensor(Events, [Customers, Length], device: device);
}
