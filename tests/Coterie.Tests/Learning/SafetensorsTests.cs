using System.Buffers.Binary;
using System.Text;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Learning;

public class SafetensorsTests
{
    static readonly Gen<StoredTensor> Tensors =
        from shape in Gen.Long[0, 4].Array[0, 3]
        from values in Gen.Float.Array[(int)shape.Aggregate(1L, (a, b) => a * b)]
        select new StoredTensor(shape, values);

    static byte[] File(string header, int data) => FileOf(Encoding.UTF8.GetBytes(header), data);

    static byte[] FileOf(byte[] header, int data)
    {
        var file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    static string Said(byte[] file)
    {
        var message = Assert.Throws<InputException>(() => Safetensors.Read(file, "w.safetensors")).Message;
        Assert.Contains("w.safetensors", message, StringComparison.Ordinal);
        return message;
    }

    [Fact]
    public void WhatIsWritten_IsRead() =>
        Gen.Select(Gen.String[0, 12].Where(s => s != "__metadata__" && !s.Any(char.IsSurrogate)), Tensors).Array[0, 5].Sample(pairs =>
        {
            var tensors = pairs.GroupBy(p => p.Item1).ToDictionary(g => g.Key, g => g.First().Item2);
            var read = Safetensors.Read(Safetensors.Write(tensors), "x");
            Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), read.Keys);
            foreach (var (name, tensor) in tensors)
            {
                Assert.Equal(tensor.Shape, read[name].Shape);
                Assert.Equal(tensor.Values.Select(BitConverter.SingleToInt32Bits), read[name].Values.Select(BitConverter.SingleToInt32Bits));
            }
        }, iter: 200);

    [Fact]
    public void TheBytes_AreTheFormats()
    {
        // By the format's description: length, header padded with spaces to a multiple of eight, little-endian numbers.
        var file = Safetensors.Write(new Dictionary<string, StoredTensor> { ["b"] = new([2], [1, -2]), ["a"] = new([], [0.5f]) });
        var header = """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""";
        header = header.PadRight((header.Length + 7) / 8 * 8);
        byte[] expected = [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.ASCII.GetBytes(header), 0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
        Assert.Equal(expected, file);
    }

    [Fact]
    public void Metadata_IsAllowedAndIgnored() =>
        Assert.Equal("a", Assert.Single(Safetensors.Read(File("""{"__metadata__":{"x":"y"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4), "x")).Key);

    [Theory]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8, "\"F32\"")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "more than the file holds|expected 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlap or leave gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "overlap or leave gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "end at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}}""", 4, "the data has 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "more than the file holds")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"run":"me"}}""", 4, "exactly dtype, shape and data_offsets")]
    [InlineData("""{"a":[[[[[[[[[[[]]]]]]]]]]]}""", 0, "not JSON")]
    [InlineData("""[1]""", 0, "begin with")]
    [InlineData("""{"a" """, 0, "not JSON")]
    public void BadHeaders_AreNamed(string header, int data, string expected)
    {
        var message = Said(File(header, data));
        Assert.Contains(expected.Split('|'), e => message.Contains(e, StringComparison.Ordinal));
    }

    [Fact]
    public void FormatsThatCanRunCode_AreNeverOpened()
    {
        Assert.Contains("pickle", Said([0x80, 2, .. new byte[40]]), StringComparison.Ordinal);
        Assert.Contains("zip", Said([.. "PK\u0003\u0004"u8, .. new byte[40]]), StringComparison.Ordinal);
    }

    [Fact]
    public void LongHeadersAndShortFiles_AreRefusedBeforeAnythingIsRead()
    {
        Assert.Contains("header claims", Said([.. BitConverter.GetBytes(ulong.MaxValue), (byte)'{', (byte)'}']), StringComparison.Ordinal);
        Assert.Contains("header claims", Said([.. BitConverter.GetBytes(100UL), (byte)'{', (byte)'}']), StringComparison.Ordinal);
        Assert.Contains("expected 1048576 or fewer", Said(FileOf(new byte[Safetensors.LongestHeader + 1], 0)), StringComparison.Ordinal);
        Assert.Contains("expected 10 or more", Said([1, 2, 3]), StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFiles_AreReadOrRefused_NeverACrash()
    {
        var whole = Safetensors.Write(new Dictionary<string, StoredTensor> { ["block.weight"] = new([2, 3], [1, 2, 3, 4, 5, 6]), ["norm"] = new([2], [1, 1]) });
        const string letters = "0123456789{}[]\",:-.eE \\u";
        var rng = new Rng(3, 1);
        for (var i = 0; i < 10_000; i++)
        {
            var damaged = rng.NextInt(5) == 0 ? whole[..rng.NextInt(whole.Length)] : (byte[])whole.Clone();
            for (var k = rng.NextInt(3); k >= 0 && damaged.Length > 0; k--)
                damaged[rng.NextInt(damaged.Length)] = rng.NextInt(3) > 0 ? (byte)letters[rng.NextInt(letters.Length)] : (byte)rng.Next();
            try
            {
                Assert.All(Safetensors.Read(damaged, "x").Values, t => Assert.True(t.Values.Length <= 8));
            }
            catch (InputException)
            {
            }
        }
    }
}
