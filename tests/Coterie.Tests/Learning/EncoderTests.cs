using Coterie.Learning.Models;
using Coterie.Sequences;
using Coterie.Tests.Support;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class EncoderTests
{
    public static readonly double[][] Even = [[1 / 3.0, 1 / 3.0, 1 / 3.0], [1 / 3.0, 1 / 3.0, 1 / 3.0], [1 / 3.0, 1 / 3.0, 1 / 3.0]];

    static CustomerSequences Some(int n, int least, int most, ulong seed = 1) => Walkers.Walks([Even], new int[n], least, most, new(seed));

    public static TheoryData<string> Encoders => ["mean", "customer", "both", "cnn"];

    static SequenceEncoder Encoder(string kind, IReadOnlyList<SequenceField> fields, int length = 16)
    {
        EncoderOptions options = kind == "cnn"
            ? new BehaviourCnnOptions { Dim = 12, Length = length, Layers = 2, Kernel = 3 }
            : new BehaviourTransformerOptions { Dim = 12, Heads = 3, FeedForward = 20, Length = length, Pooling = Enum.Parse<Pooling>(kind, ignoreCase: true) };
        var encoder = SequenceEncoder.Create(fields, options, new(7));
        set_num_threads(1);
        encoder.eval();
        return encoder;
    }

    static float[][] Customers(SequenceEncoder encoder, CustomerSequences sequences, IEnumerable<EventSpan>? spans = null)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var pool = new SequencePool([sequences]);
        EventSpan[] all = spans is null ? [.. Enumerable.Range(0, pool.Count).Select(pool.Whole)] : [.. spans];
        return [.. encoder.Encode(new(pool, all, encoder.Table, encoder.Length), false).Customers.data<float>().ToArray().Chunk(encoder.Width)];
    }

    static void Close(float[] a, float[] b, double most = 2e-5)
    {
        Assert.Equal(a.Length, b.Length);
        Assert.True(a.Zip(b).Max(p => Math.Abs(p.First - p.Second)) < most, $"{string.Join(' ', a)} | {string.Join(' ', b)}");
    }

    [Theory, MemberData(nameof(Encoders))]
    public void ACustomersEmbedding_DoesNotHangOnTheOthersOfTheBatch(string kind)
    {
        var all = Some(9, 1, 16);
        using var encoder = Encoder(kind, all.Fields);
        var together = Customers(encoder, all);
        for (var i = 0; i < all.Count; i++) Close(together[i], Customers(encoder, Walkers.Take(all, [i]))[0]);
    }

    [Theory, MemberData(nameof(Encoders))]
    public void OfALongHistory_TheNewestEventsAreRead(string kind)
    {
        var all = Some(5, 20, 30);
        using var encoder = Encoder(kind, all.Fields, 10);
        var pool = new SequencePool([all]);
        var cut = Customers(encoder, all, Enumerable.Range(0, 5).Select(i => pool.Whole(i)).Select(s => s with { Begin = s.End - 10 }));
        Assert.All(Customers(encoder, all).Zip(cut), p => Close(p.First, p.Second, 1e-7));
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Causal_LaterEventsChangeNothingBefore(string kind)
    {
        var a = Some(1, 12, 12, 1);
        var b = a with { Codes = [.. a.Codes.Select(f => f.Select((c, e) => e < 7 ? c : (ushort)(c == 2 ? 3 : 2)).ToArray())] };
        using var encoder = Encoder(kind, a.Fields);
        float[] Hidden(CustomerSequences s, bool causal, int padding)
        {
            using var scope = NewDisposeScope();
            using var still = no_grad();
            // A longer customer beside it makes padding, and so the other kind of mask.
            var longer = Some(1, 16, 16);
            var pool = new SequencePool(padding > 0 ? [s, longer with { Fields = s.Fields }] : [s]);
            var batch = new SequenceBatch(pool, [.. Enumerable.Range(0, pool.Count).Select(pool.Whole)], encoder.Table, encoder.Length);
            // Ages say how far the end is: the law is about events.
            Array.Clear(batch.Times);
            return encoder.Encode(batch, causal).Events[0].data<float>().ToArray();
        }

        foreach (var padding in new[] { 0, 1 })
        {
            Close(Hidden(a, true, padding)[..(7 * 12)], Hidden(b, true, padding)[..(7 * 12)]);
            Assert.True(Hidden(a, false, padding)[..(7 * 12)].Zip(Hidden(b, false, padding)).Max(p => Math.Abs(p.First - p.Second)) > 1e-3);
        }
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Order_ChangesTheEmbedding(string kind)
    {
        var a = Some(1, 12, 12);
        var reversed = a with { Codes = [.. a.Codes.Select(f => f.Reverse().ToArray())] };
        using var encoder = Encoder(kind, a.Fields);
        Assert.True(Customers(encoder, a)[0].Zip(Customers(encoder, reversed)[0]).Max(p => Math.Abs(p.First - p.Second)) > 1e-3);
    }

    [Theory, MemberData(nameof(Encoders))]
    public void OneEvent_NoEvent_OneKind_AreFinite(string kind)
    {
        var all = Some(3, 1, 1);
        var none = all with { Offsets = [0, 1, 1, 3] };
        using var encoder = Encoder(kind, all.Fields);
        Assert.All(Customers(encoder, none), row => Assert.All(row, v => Assert.True(float.IsFinite(v))));
        var same = Some(4, 5, 9) with { };
        Assert.All(Customers(encoder, same with { Codes = [.. same.Codes.Select(f => f.Select(_ => SequenceField.Unknown).ToArray())] }), row => Assert.All(row, v => Assert.True(float.IsFinite(v))));
    }

    [Fact]
    public void AVocabularyOfOne_AndTheLargest_Work()
    {
        foreach (var codes in new[] { SequenceField.First + 1, ushort.MaxValue + 1 })
        {
            SequenceField[] fields = [new("product", "", codes, [])];
            var all = Some(4, 2, 6);
            var one = all with { Fields = fields, Codes = [[.. all.Codes[0].Select((_, e) => (ushort)(codes - 1))]] };
            using var encoder = Encoder("mean", fields);
            Assert.All(Customers(encoder, one), row => Assert.All(row, v => Assert.True(float.IsFinite(v))));
        }
    }

    [Fact]
    public void CodesThatTheModelDoesNotKnow_AreAnErrorThatNamesTheField()
    {
        var all = Some(2, 3, 3);
        using var encoder = Encoder("mean", all.Fields);
        all.Codes[1][0] = 40;
        Assert.Contains("Field rank holds code 40", Assert.Throws<InputException>(() => Customers(encoder, all)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EverythingTrainable_IsRegistered()
    {
        using var encoder = Encoder("both", Some(1, 1, 1).Fields);
        var names = encoder.named_parameters().Select(p => p.name).ToArray();
        // Two blocks of 12; events, time (4), norm (2), customer, the one before, last (2).
        Assert.Equal(2 * 12 + 11, names.Length);
        Assert.Contains("events.weight", names);
        Assert.Contains("blocks.1.queryKeyValue.weight", names);
    }

    // The plain twin: loops over customers, heads and events in double precision.
    [Theory, InlineData(false), InlineData(true)]
    public void ABlock_IsItsPlainTwin(bool after)
    {
        const int b = 2, l = 5, d = 8, heads = 2, wide = 12;
        Coterie.Learning.Native.LibTorch.Ready();
        using var scope = NewDisposeScope();
        using var still = no_grad();
        manual_seed(5);
        var block = new EncoderBlock(d, heads, wide, 0, after ? NormPlace.After : NormPlace.Before);
        block.eval();
        foreach (var p in block.parameters()) p.add_(randn(p.shape) * 0.2);
        var x = randn(b, l, d);
        var seen = tensor([true, true, true, true, true, true, true, true, false, false], [b, l]);
        var found = block.call(x, seen.unsqueeze(1).unsqueeze(1), false).data<float>().ToArray();
        var weights = block.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());
        var rows = x.data<float>().ToArray().Chunk(d).Select(r => r.Select(v => (double)v).ToArray()).ToArray();
        double[] Linear(string name, double[] v) => [.. weights[$"{name}.bias"].Select((bias, o) => bias + v.Select((w, i) => w * weights[$"{name}.weight"][o * v.Length + i]).Sum())];
        double[] Norm(string name, double[] v)
        {
            var mean = v.Average();
            var deviation = Math.Sqrt(v.Average(w => (w - mean) * (w - mean)) + 1e-5);
            return [.. v.Select((w, i) => (w - mean) / deviation * weights[$"{name}.weight"][i] + weights[$"{name}.bias"][i])];
        }

        double[][] Attend(double[][] v)
        {
            var qkv = v.Select(r => Linear("queryKeyValue", r)).ToArray();
            return [.. Enumerable.Range(0, l).Select(i =>
            {
                var joined = new double[d];
                for (var h = 0; h < heads; h++)
                {
                    const int size = d / heads;
                    var score = Enumerable.Range(0, l).Select(j => Enumerable.Range(h * size, size).Sum(c => qkv[i][c] * qkv[j][d + c]) / Math.Sqrt(size)).ToArray();
                    var power = score.Select((s, j) => seenAt[j] ? Math.Exp(s) : 0).ToArray();
                    for (var c = 0; c < size; c++) joined[h * size + c] = Enumerable.Range(0, l).Sum(j => power[j] * qkv[j][2 * d + h * size + c]) / power.Sum();
                }

                return Linear("output", joined);
            })];
        }

        double[] Transform(double[] v) => Linear("narrow", [.. Linear("widen", v).Select(w => Math.Max(0, w))]);
        static double[] Sum(double[] p, double[] q) => [.. p.Zip(q, (s, t) => s + t)];
        for (var c = 0; c < b; c++)
        {
            seenAt = [.. Enumerable.Range(0, l).Select(j => c == 0 || j < 3)];
            var v = rows[(c * l)..((c + 1) * l)];
            if (after)
            {
                v = [.. v.Zip(Attend(v), (p, q) => Norm("norm1", Sum(p, q)))];
                v = [.. v.Select(r => Norm("norm2", Sum(r, Transform(r))))];
            }
            else
            {
                v = [.. v.Zip(Attend([.. v.Select(r => Norm("norm1", r))]), Sum)];
                v = [.. v.Select(r => Sum(r, Transform(Norm("norm2", r))))];
            }

            Close([.. v.SelectMany(r => r).Select(w => (float)w)], found[(c * l * d)..((c + 1) * l * d)], 1e-4);
        }
    }

    bool[] seenAt = [];

    [Fact]
    public void Options_ListEveryProblem()
    {
        var options = new BehaviourTransformerOptions { Dim = 10, Heads = 3, Blocks = 0, Dropout = 1, Length = 0 };
        var message = Assert.Throws<ConfigurationException>(() => SequenceEncoder.Create(Some(1, 1, 1).Fields, options, new(1))).Message;
        Assert.Equal(4, message.Split('\n').Length);
    }
}
