using System.Buffers.Binary;
using System.Text;

namespace Coterie.Tables;

/// <summary>Types of numbers that a .npy file may hold here.</summary>
enum NpyType { Float32, Float64, Float16, Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Boolean }

/// <summary>What stands before the numbers of a .npy file (NumPy enhancement proposal 1 and its versions 2 and 3).</summary>
/// <param name="Bytes">Where the numbers begin.</param>
sealed record NpyHeader(NpyType Type, int ItemBytes, bool Fortran, long Rows, long Columns, int Bytes)
{
    // Real headers have some 120 bytes; a header of megabytes describes a record type.
    const int MostBytes = 65_536;

    /// <summary>Reads the header; the stream then stands at the first number. The Python literal is parsed by this grammar alone:
    /// a dictionary of exactly descr, fortran_order and shape.</summary>
    public static NpyHeader Read(Stream stream, string path)
    {
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start[..8], 8, throwOnEndOfStream: false) < 8 || start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
            throw new InputException($"{path} does not begin as a .npy file does. Expected an array written by numpy.save.");
        var (major, minor) = (start[6], start[7]);
        if (major is < 1 or > 3 || minor != 0) throw new InputException($"{path} is .npy version {major}.{minor}; versions 1.0, 2.0 and 3.0 are read.");
        var sizeBytes = major == 1 ? 2 : 4;
        if (stream.ReadAtLeast(start.Slice(8, sizeBytes), sizeBytes, throwOnEndOfStream: false) < sizeBytes) throw Cut(path);
        long size = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (size > MostBytes) throw new InputException($"{path} has a header of {size} bytes; expected a plain array of numbers, not records.");
        var bytes = new byte[size];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Cut(path);
        var parser = new Parser(Encoding.UTF8.GetString(bytes), path);
        var (descr, fortran, shape) = parser.Dictionary();
        var (type, item) = TypeOf(descr, path);
        if (shape.Count is 0 or > 2)
            throw new InputException($"{path} holds an array of {shape.Count} dimensions; expected rows x columns, or one column.");
        return new(type, item, fortran, shape[0], shape.Count == 2 ? shape[1] : 1, 8 + sizeBytes + (int)size);
    }

    static InputException Cut(string path) => new($"{path} ends inside its header; the file was cut off. Copy it again.");

    static (NpyType Type, int Bytes) TypeOf(string descr, string path) => descr switch
    {
        "<f4" => (NpyType.Float32, 4),
        "<f8" => (NpyType.Float64, 8),
        "<f2" => (NpyType.Float16, 2),
        "|i1" or "<i1" => (NpyType.Int8, 1),
        "|u1" or "<u1" => (NpyType.UInt8, 1),
        "<i2" => (NpyType.Int16, 2),
        "<u2" => (NpyType.UInt16, 2),
        "<i4" => (NpyType.Int32, 4),
        "<u4" => (NpyType.UInt32, 4),
        "<i8" => (NpyType.Int64, 8),
        "<u8" => (NpyType.UInt64, 8),
        "|b1" => (NpyType.Boolean, 1),
        ['>', ..] => throw new InputException($"{path} holds big-endian numbers ({descr}). Expected little-endian: save x.astype('<f4')."),
        "|O" or "O" => throw new InputException($"{path} holds Python objects, which are a program and are never read. Expected numbers: save x.astype('float32')."),
        _ => throw new InputException($"{path} holds values of type {descr}. Expected float, integer or boolean numbers: save x.astype('float32')."),
    };

    // {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } and nothing else.
    sealed class Parser(string text, string path)
    {
        int at;

        public (string Descr, bool Fortran, List<long> Shape) Dictionary()
        {
            string? descr = null;
            bool? fortran = null;
            List<long>? shape = null;
            Expect('{');
            while (!Taken('}'))
            {
                var key = Quoted();
                Expect(':');
                switch (key)
                {
                    case "descr" when descr is null:
                        if (Peek() == '[') throw new InputException($"{path} holds records with named fields. Expected a plain array of numbers.");
                        descr = Quoted();
                        break;
                    case "fortran_order" when fortran is null: fortran = Truth(); break;
                    case "shape" when shape is null: shape = Shape(); break;
                    default: throw Wrong($"the key '{key}'");
                }

                if (Taken(',')) continue;
                Expect('}');
                break;
            }

            if (text[at..].Trim().Length > 0) throw Wrong("text after the description");
            if (descr is null || fortran is null || shape is null) throw Wrong("a missing key");
            return (descr, fortran.Value, shape);
        }

        List<long> Shape()
        {
            var shape = new List<long>();
            Expect('(');
            while (!Taken(')'))
            {
                Peek();
                var start = at;
                while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
                if (at == start || at - start > 15) throw Wrong("a shape");
                shape.Add(long.Parse(text.AsSpan(start, at - start)));
                if (Taken(',')) continue;
                Expect(')');
                break;
            }

            return shape;
        }

        bool Truth()
        {
            Peek();
            foreach (var (word, value) in new[] { ("False", false), ("True", true) })
            {
                if (!text.AsSpan(at).StartsWith(word)) continue;
                at += word.Length;
                return value;
            }

            throw Wrong("fortran_order");
        }

        string Quoted()
        {
            var quote = Peek();
            if (quote is not ('\'' or '"')) throw Wrong("an unquoted word");
            var end = text.IndexOf(quote, at + 1);
            if (end < 0) throw Wrong("an open quote");
            var word = text[(at + 1)..end];
            at = end + 1;
            return word;
        }

        char Peek()
        {
            while (at < text.Length && (text[at] is ' ' or '\n')) at++;
            return at < text.Length ? text[at] : '\0';
        }

        bool Taken(char c)
        {
            if (Peek() != c) return false;
            at++;
            return true;
        }

        void Expect(char c)
        {
            if (!Taken(c)) throw Wrong($"no '{c}' at place {at}");
        }

        InputException Wrong(string what) =>
            new($"{path} has a header that numpy.save does not write: {what}. Expected descr, fortran_order and shape of a plain array.");
    }
}
