using System.IO.Hashing;
using System.Text;

namespace Coterie.Server.Customers;

/// <summary>A table of a decision, in which rows are found by their customer: sixteen bytes a row are held, and one row is read.</summary>
sealed class CustomerCsv
{
    const int Longest = 1 << 20;
    readonly string path;
    readonly string[] header;
    readonly int key;
    readonly ulong[] hashes;
    readonly long[] offsets;

    CustomerCsv(string path, string[] header, int key, ulong[] hashes, long[] offsets) => (this.path, this.header, this.key, this.hashes, this.offsets) = (path, header, key, hashes, offsets);

    /// <summary>Goes through the file once.</summary>
    /// <exception cref="InputException">No column of it names customers.</exception>
    public static CustomerCsv Open(string path)
    {
        var (hashes, offsets) = (new List<ulong>(), new List<long>());
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        var header = Fields(file, 0);
        var key = Math.Max(Array.IndexOf(header, "customer_id"), Array.IndexOf(header, "customer"));
        if (key < 0) throw new InputException($"{Path.GetFileName(path)} has no column customer_id or customer.");
        file.Position = 0;
        var buffer = new byte[1 << 20];
        var id = new List<byte>();
        var (quoted, column, start, at) = (false, 0, 0L, 0L);
        while (file.Read(buffer) is var n and > 0)
        {
            for (var i = 0; i < n; i++, at++)
            {
                var b = buffer[i];
                if (b == '"') quoted = !quoted;
                if (!quoted && b == '\n')
                {
                    Row();
                    (start, column) = (at + 1, 0);
                    id.Clear();
                }
                else if (!quoted && b == ',') column++;
                else if (column == key) id.Add(b);
            }
        }

        if (at > start) Row();
        var (h, o) = (hashes.ToArray(), offsets.ToArray());
        Array.Sort(h, o);
        return new(path, header, key, h, o);

        void Row()
        {
            // The first row is the header.
            if (start == 0) return;
            hashes.Add(Hash(SpreadsheetText.Restore(Unquoted(id))));
            offsets.Add(start);
        }
    }

    /// <summary>A customer's rows, column to value, in the order of the file.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Of(string customer)
    {
        var hash = Hash(customer);
        var at = Array.BinarySearch(hashes, hash);
        if (at < 0) return [];
        while (at > 0 && hashes[at - 1] == hash) at--;
        var places = new List<long>();
        for (; at < hashes.Length && hashes[at] == hash; at++) places.Add(offsets[at]);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        return [.. places.Order().Select(p => Fields(file, p)).Where(f => f.Length == header.Length && SpreadsheetText.Restore(f[key]) == customer)
            .Select(f => header.Select((name, i) => KeyValuePair.Create(name, SpreadsheetText.Restore(f[i]))).ToDictionary(StringComparer.Ordinal))];
    }

    static ulong Hash(string id) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id));

    static string Unquoted(List<byte> field)
    {
        var text = Encoding.UTF8.GetString([.. field]).TrimEnd('\r');
        return text is ['"', .., '"'] ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    static string[] Fields(FileStream file, long offset)
    {
        file.Position = offset;
        var fields = new List<string>();
        var field = new List<byte>();
        var buffer = new byte[4096];
        var (quoted, read) = (false, 0);
        while (read < Longest && file.Read(buffer) is var n and > 0)
        {
            for (var i = 0; i < n; i++, read++)
            {
                var b = buffer[i];
                if (b == '"') quoted = !quoted;
                if (!quoted && b is (byte)',' or (byte)'\n' && !quoted)
                {
                    fields.Add(Unquoted(field));
                    field.Clear();
                    if (b == '\n') return [.. fields];
                }
                else field.Add(b);
            }
        }

        fields.Add(Unquoted(field));
        return [.. fields];
    }
}
