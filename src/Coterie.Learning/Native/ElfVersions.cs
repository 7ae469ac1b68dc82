using System.Buffers.Binary;
using System.Text;

namespace Coterie.Learning.Native;

/// <summary>Lets a library that was linked with a newer C++ run-time library load beside an older one, when all it needs of the newer one is
/// <c>std::ios_base_library_init()</c>.</summary>
/// <remarks>A compiler from gcc 13 on refers to that symbol in every file that includes iostream. Before gcc 13 the streams were set up by each file itself, and
/// an older libstdc++ sets them up when it is loaded: nothing is lost without the call. The reference becomes <c>std::uncaught_exception()</c>, which takes
/// nothing, changes nothing and is as old as the library. Layout: System V ABI, chapter 5; Linux Standard Base 5.0, "Symbol Versioning".</remarks>
static class ElfVersions
{
    internal const string Needed = "GLIBCXX_3.4.32", Present = "GLIBCXX_3.4";
    internal const string NeededSymbol = "_ZSt21ios_base_library_initv", PresentSymbol = "_ZSt18uncaught_exceptionv";
    const int MostNeeds = 10_000;
    const int LoadSegment = 1, DynamicSegment = 2;
    const ulong StringTable = 5, StringTableSize = 10, VersionNeeds = 0x6ffffffe, VersionNeedCount = 0x6fffffff;

    /// <summary>A copy of a 64-bit little-endian ELF file with the version need replaced. The length stays.</summary>
    /// <exception cref="InputException">The file is not what this edit was made for.</exception>
    public static byte[] Lowered(ReadOnlySpan<byte> file)
    {
        var copy = file.ToArray();
        try
        {
            Lower(copy);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Unknown("a table in it leads outside the file");
        }

        return copy;
    }

    static void Lower(byte[] file)
    {
        if (file.Length < 64 || !file.AsSpan(0, 6).SequenceEqual(new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 })) throw Unknown("it is not a 64-bit little-endian ELF file");
        var dynamic = Dynamic(file);
        var strings = Bytes(file, Offset(file, Tag(dynamic, StringTable)), Tag(dynamic, StringTableSize));
        var entry = -1;
        uint present = 0;
        foreach (var at in Needs(file, Offset(file, Tag(dynamic, VersionNeeds)), Tag(dynamic, VersionNeedCount)))
        {
            var name = Word(file, at + 8);
            var text = Text(strings, name);
            if (text == Needed) entry = entry < 0 ? at : throw Unknown($"it needs {Needed} of two libraries");
            if (text == Present) present = name;
        }

        if (entry < 0) throw Unknown($"it does not need {Needed}");
        if (present == 0) throw Unknown($"it does not need {Present}, whose name the edit uses");
        var symbol = strings.IndexOf(Encoding.ASCII.GetBytes($"\0{NeededSymbol}\0"));
        if (symbol < 0) throw Unknown($"it does not refer to {NeededSymbol}");

        // Vernaux: hash, flags, version number, name, next.
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry), Hash(Present));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry + 8), present);
        Encoding.ASCII.GetBytes($"{PresentSymbol}\0").CopyTo(strings[(symbol + 1)..]);
    }

    /// <summary>Places of all Vernaux entries.</summary>
    static List<int> Needs(byte[] file, int at, ulong count)
    {
        var places = new List<int>();
        // Each may name no version at all, so the places do not bound them.
        if (count > MostNeeds) throw Unknown("it has more version needs than any library");
        for (ulong i = 0; i < count; i++)
        {
            int entries = BinaryPrimitives.ReadUInt16LittleEndian(Bytes(file, at + 2, 2)), entry = Further(at, Word(file, at + 8));
            for (var j = 0; j < entries; j++)
            {
                places.Add(entry);
                if (places.Count > MostNeeds) throw Unknown("it has more version needs than any library");
                Bytes(file, entry, 16);
                entry = Further(entry, Word(file, entry + 12));
            }

            at = Further(at, Word(file, at + 12));
        }

        return places;
    }

    static int Further(int at, uint step) => step > int.MaxValue - at ? throw Unknown("a table in it leads outside the file") : at + (int)step;

    static Dictionary<ulong, ulong> Dynamic(byte[] file)
    {
        foreach (var header in Headers(file))
        {
            if (Word(file, header) != DynamicSegment) continue;
            var values = new Dictionary<ulong, ulong>();
            var part = Bytes(file, Int(Long(file, header + 8)), Long(file, header + 32));
            for (var i = 0; i + 16 <= part.Length; i += 16)
            {
                var tag = BinaryPrimitives.ReadUInt64LittleEndian(part[i..]);
                if (tag == 0) break;
                values.TryAdd(tag, BinaryPrimitives.ReadUInt64LittleEndian(part[(i + 8)..]));
            }

            return values;
        }

        throw Unknown("it is not a dynamic library");
    }

    static IEnumerable<int> Headers(byte[] file)
    {
        var start = Int(Long(file, 32));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(Bytes(file, 54, 2)), count = BinaryPrimitives.ReadUInt16LittleEndian(Bytes(file, 56, 2));
        for (var i = 0; i < count; i++)
        {
            Bytes(file, Further(start, (uint)(i * size)), 56);
            yield return start + i * size;
        }
    }

    /// <summary>Where a memory address lies in the file.</summary>
    static int Offset(byte[] file, ulong address)
    {
        foreach (var header in Headers(file))
        {
            ulong offset = Long(file, header + 8), from = Long(file, header + 16), size = Long(file, header + 32);
            if (Word(file, header) == LoadSegment && address >= from && address - from < size) return Int(unchecked(address - from + offset));
        }

        throw Unknown("a table in it leads outside the file");
    }

    static ulong Tag(Dictionary<ulong, ulong> dynamic, ulong tag) =>
        dynamic.TryGetValue(tag, out var value) ? value : throw Unknown($"it has no dynamic entry {tag:x}");

    static string Text(ReadOnlySpan<byte> strings, uint at)
    {
        var rest = at < strings.Length ? strings[(int)at..] : throw Unknown("a name in it leads outside the file");
        var end = rest.IndexOf((byte)0);
        return end < 0 ? throw Unknown("a name in it does not end") : Encoding.ASCII.GetString(rest[..end]);
    }

    /// <summary>The hash of the System V ABI.</summary>
    internal static uint Hash(string name)
    {
        uint hash = 0;
        foreach (var c in name)
        {
            hash = (hash << 4) + c;
            var high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    static Span<byte> Bytes(byte[] file, int at, ulong length) =>
        at < 0 || at > file.Length || length > (ulong)(file.Length - at) ? throw Unknown("a table in it leads outside the file") : file.AsSpan(at, (int)length);

    static uint Word(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(file, at, 4));

    static ulong Long(byte[] file, int at) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(file, at, 8));

    static int Int(ulong value) => value <= int.MaxValue ? (int)value : throw Unknown("a table in it leads outside the file");

    static InputException Unknown(string found) => new(
        $"TorchSharp's native library cannot be made to load beside this system's C++ library: {found}. "
        + "Use a system with libstdc++ of gcc 13 or later (Debian 13, Ubuntu 24.04), or the version of TorchSharp that Coterie was built with.");
}
