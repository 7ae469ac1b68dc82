using System.Buffers.Binary;
using System.Text;
using Coterie.Learning.Native;
using Coterie.Numerics;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class ElfVersionsTests
{
    // A dynamic library with nothing but what the edit reads: headers, dynamic entries, one need with two versions, strings.
    static byte[] Library(string[] versions, string symbol)
    {
        var strings = new List<byte> { 0 };
        int Name(string text)
        {
            var at = strings.Count;
            strings.AddRange(Encoding.ASCII.GetBytes(text + "\0"));
            return at;
        }

        var file = new byte[1024];
        void W16(int at, int v) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)v);
        void W32(int at, uint v) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), v);
        void W64(int at, ulong v) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), v);
        const ulong address = 0x1000;
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        W64(32, 64);
        W16(54, 56);
        W16(56, 2);
        W32(64, 1); // loaded: the whole file at the address
        W64(64 + 16, address);
        W64(64 + 32, (ulong)file.Length);
        W32(120, 2); // dynamic
        W64(120 + 8, 200);
        W64(120 + 16, address + 200);
        W64(120 + 32, 80);
        const int needs = 300, table = 500;
        W16(needs, 1);
        W16(needs + 2, versions.Length);
        W32(needs + 4, (uint)Name("libstdc++.so.6"));
        W32(needs + 8, 16);
        for (var v = 0; v < versions.Length; v++)
        {
            var at = needs + 16 + 16 * v;
            W32(at, ElfVersions.Hash(versions[v]));
            W16(at + 6, 7 + v);
            W32(at + 8, (uint)Name(versions[v]));
            W32(at + 12, v + 1 < versions.Length ? 16u : 0);
        }

        Name(symbol);
        strings.CopyTo(file, table);
        (ulong Tag, ulong Value)[] dynamic = [(5, address + table), (10, (ulong)strings.Count), (0x6ffffffe, address + needs), (0x6fffffff, 1), (0, 0)];
        for (var i = 0; i < dynamic.Length; i++)
        {
            W64(200 + 16 * i, dynamic[i].Tag);
            W64(208 + 16 * i, dynamic[i].Value);
        }

        return file;
    }

    static byte[] Usual() => Library([ElfVersions.Present, ElfVersions.Needed], ElfVersions.NeededSymbol);

    [Fact]
    public void OnlyTheNeedAndTheSymbol_Change()
    {
        var before = Usual();
        var after = ElfVersions.Lowered(before);
        Assert.Equal(before.Length, after.Length);
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToArray();
        // Second version entry: hash and name. Then the symbol's text.
        Assert.All(changed, i => Assert.True(i is >= 332 and < 336 or >= 340 and < 344 or >= 500, $"byte {i}"));
        Assert.Equal(ElfVersions.Hash(ElfVersions.Present), BinaryPrimitives.ReadUInt32LittleEndian(after.AsSpan(332)));
        Assert.Equal(after.AsSpan(324, 4), after.AsSpan(340, 4));
        var text = Encoding.ASCII.GetString(after);
        Assert.Contains($"\0{ElfVersions.PresentSymbol}\0", text, StringComparison.Ordinal);
        Assert.DoesNotContain(ElfVersions.NeededSymbol, text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSourceIsNotTouched()
    {
        var file = Usual();
        ElfVersions.Lowered(file);
        Assert.Equal(Usual(), file);
    }

    // The hash of the ABI, as `readelf --version-info` and the C++ library's own entries show it.
    [Theory]
    [InlineData("GLIBC_2.2.5", 0x09691a75)]
    [InlineData("GLIBCXX_3.4", 0x08922974)]
    public void Hash_IsTheAbis(string name, uint hash) => Assert.Equal(hash, ElfVersions.Hash(name));

    [Fact]
    public void WhatItDoesNotKnow_IsRefusedWithTheReason()
    {
        string Said(byte[] file) => Assert.Throws<InputException>(() => ElfVersions.Lowered(file)).Message;
        Assert.Contains("not a 64-bit", Said("MZ..."u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("not a 64-bit", Said([]), StringComparison.Ordinal);
        Assert.Contains($"does not need {ElfVersions.Needed}", Said(Library([ElfVersions.Present], ElfVersions.NeededSymbol)), StringComparison.Ordinal);
        Assert.Contains(ElfVersions.Present, Said(Library([ElfVersions.Needed], ElfVersions.NeededSymbol)), StringComparison.Ordinal);
        Assert.Contains(ElfVersions.NeededSymbol, Said(Library([ElfVersions.Present, ElfVersions.Needed], "_ZSt4cout")), StringComparison.Ordinal);
        Assert.Contains("does not need", Said(ElfVersions.Lowered(Usual())), StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFiles_AreRefusedOrEdited_NeverACrash()
    {
        var whole = Usual();
        var rng = new Rng(11, 1);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = rng.NextInt(4) == 0 ? whole[..rng.NextInt(whole.Length)] : (byte[])whole.Clone();
            for (var k = rng.NextInt(4); k >= 0 && damaged.Length > 0; k--) damaged[rng.NextInt(Math.Min(damaged.Length, 700))] = (byte)(rng.NextInt(3) == 0 ? 255 : rng.Next());
            try
            {
                Assert.Equal(damaged.Length, ElfVersions.Lowered(damaged).Length);
            }
            catch (InputException e)
            {
                Assert.Contains("libstdc++", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void LibTorch_Loads_AndASecondTimeToo()
    {
        Assert.Equal(LibTorch.Ready(), LibTorch.Ready());
        using var sum = TorchSharp.torch.ones(3).sum();
        Assert.Equal(3f, TorchSharp.TensorExtensionMethods.ToSingle(sum));
    }
}
