using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Coterie.Learning.Weights;

/// <summary>Reads and writes safetensors: eight bytes of header length, a JSON header, then plain numbers. Nothing in it can run.</summary>
/// <remarks>Format: huggingface/safetensors, README. We are stricter: a header of at most 1 MB, single precision only, every byte of the data claimed by
/// exactly one tensor. All sizes are checked against the length of the file before anything is allocated.</remarks>
static class Safetensors
{
    public const int LongestHeader = 1 << 20;
    const int MostTensors = 10_000, MostDimensions = 8;
    const string Metadata = "__metadata__";

    public static byte[] Write(IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            long at = 0;
            foreach (var name in names)
            {
                var tensor = tensors[name];
                if (tensor.Values.Length != Count(tensor.Shape)) throw new ArgumentException($"{name}: {tensor.Values.Length} numbers are not of shape {tensor.ShapeText}.", nameof(tensors));
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += 4L * tensor.Values.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces fill the header so that the numbers begin at a multiple of eight.
        while (text.Length % 8 != 0) text.WriteByte((byte)' ');
        var header = text.ToArray();
        var file = new byte[checked(8 + header.Length + 4 * names.Sum(n => tensors[n].Values.Length))];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        var place = 8 + header.Length;
        foreach (var name in names)
        {
            var bytes = MemoryMarshal.AsBytes<float>(tensors[name].Values);
            bytes.CopyTo(file.AsSpan(place));
            place += bytes.Length;
        }

        return file;
    }

    /// <summary>All tensors of a file's bytes.</summary>
    /// <param name="source">Names the file in messages.</param>
    /// <exception cref="InputException">The bytes are not such a file: truncated, tampered with, or of a format that can run code.</exception>
    public static SortedDictionary<string, StoredTensor> Read(ReadOnlySpan<byte> file, string source)
    {
        InputException Bad(string found) => new($"{source} is not a usable safetensors file: {found}. Take the file from the run that made it, or train again.");
        if (file.Length < 10) throw Bad($"it has {file.Length} bytes; expected 10 or more");
        if (file.StartsWith("PK"u8)) throw Bad("it is a zip archive (the format of torch.save), which can carry code and is never opened");
        if (file[0] == 0x80 && file[1] is >= 1 and <= 5) throw Bad("it is a Python pickle, which can carry code and is never opened");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length > LongestHeader) throw Bad($"its header claims {length} bytes; expected {LongestHeader} or fewer");
        if (length > (ulong)(file.Length - 8)) throw Bad($"its header claims {length} bytes and the file ends after {file.Length - 8}");
        var places = Header(file.Slice(8, (int)length), file.Length - 8 - (long)length, Bad);
        var tensors = new SortedDictionary<string, StoredTensor>(StringComparer.Ordinal);
        var data = file[(8 + (int)length)..];
        foreach (var (name, place) in places) tensors.Add(name, new(place.Shape, MemoryMarshal.Cast<byte, float>(data[(int)place.Begin..(int)place.End]).ToArray()));
        return tensors;
    }

    readonly record struct Place(long[] Shape, long Begin, long End);

    static Dictionary<string, Place> Header(ReadOnlySpan<byte> header, long bytes, Func<string, InputException> bad)
    {
        if (header.Length == 0 || header[0] != '{') throw bad("its header does not begin with '{'");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(Encoding.UTF8.GetString(header), new() { MaxDepth = 8 });
        }
        catch (JsonException e)
        {
            throw bad($"its header is not JSON ({e.Message})");
        }

        using (document)
        {
            var places = new Dictionary<string, Place>(StringComparer.Ordinal);
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == Metadata) continue;
                if (!places.TryAdd(entry.Name, Of(entry, bytes, bad))) throw bad($"'{entry.Name}' stands in it twice");
                if (places.Count > MostTensors) throw bad($"it has more than {MostTensors} tensors");
            }

            long reached = 0;
            foreach (var (name, place) in places.OrderBy(p => p.Value.Begin).ThenBy(p => p.Value.End))
            {
                if (place.Begin != reached) throw bad($"'{name}' begins at byte {place.Begin} of the data; expected {reached}: tensors overlap or leave gaps");
                reached = place.End;
            }

            return reached == bytes ? places : throw bad($"its tensors end at byte {reached} of the data and the file at {bytes}");
        }
    }

    static Place Of(JsonProperty entry, long bytes, Func<string, InputException> bad)
    {
        var name = entry.Name;
        var value = entry.Value;
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() != 3 || !value.TryGetProperty("dtype", out var dtype)
            || !value.TryGetProperty("shape", out var shape) || !value.TryGetProperty("data_offsets", out var offsets))
            throw bad($"'{name}' does not have exactly dtype, shape and data_offsets");
        if (dtype.ValueKind != JsonValueKind.String || dtype.GetString() != "F32") throw bad($"'{name}' holds {dtype.GetRawText()}; expected \"F32\"");
        var sizes = Numbers(shape, name, MostDimensions, bad);
        var ends = Numbers(offsets, name, 2, bad);
        if (ends.Length != 2 || ends[0] > ends[1] || ends[1] > bytes) throw bad($"'{name}' lies at {offsets.GetRawText()}; the data has {bytes} bytes");
        long count = sizes.Contains(0) ? 0 : 1;
        foreach (var size in sizes)
        {
            if (count > 0 && count > bytes / 4 / size) throw bad($"'{name}' has shape {shape.GetRawText()}, more than the file holds");
            count *= size;
        }

        return count * 4 == ends[1] - ends[0] ? new(sizes, ends[0], ends[1]) : throw bad($"'{name}' has shape {shape.GetRawText()} and {ends[1] - ends[0]} bytes; expected {count * 4}");
    }

    static long[] Numbers(JsonElement element, string name, int most, Func<string, InputException> bad)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > most) throw bad($"'{name}' has {element.GetRawText()}; expected a list of at most {most} numbers");
        var numbers = new List<long>();
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0) throw bad($"'{name}' has {item.GetRawText()}; expected a whole number of 0 or more");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => checked(product * size));
}
