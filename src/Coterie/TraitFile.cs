using System.Globalization;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>Columns that go along with customers, from a CSV file with a <c>customer_id</c>: what a decision wrote, or an export of the shop's own system.</summary>
/// <remarks>A column whose values are all plain numbers is one of numbers; codes with leading zeros, numbers with a plus, and anything else stay text. true and false are
/// truth values.</remarks>
sealed class TraitFile
{
    internal const string Id = "customer_id";

    readonly Dictionary<string, object?[]> rows;

    TraitFile(string path, string[] columns, Dictionary<string, object?[]> rows, string[] ignored)
    {
        Path = path;
        Columns = columns;
        this.rows = rows;
        Ignored = ignored;
    }

    internal string Path { get; }
    internal string[] Columns { get; }
    /// <summary>Columns of the file that have the name of one of ours.</summary>
    internal string[] Ignored { get; }

    /// <summary>A customer's values, or nulls for one that the file does not know.</summary>
    internal object?[] Of(string customer) => rows.GetValueOrDefault(customer) ?? new object?[Columns.Length];

    internal bool Knows(string customer) => rows.ContainsKey(customer);

    /// <param name="reserved">Names that stay ours.</param>
    /// <exception cref="InputException">It is missing, cannot be read, or lacks <c>customer_id</c>, or a customer is there twice.</exception>
    internal static TraitFile Read(string path, IReadOnlyCollection<string> reserved)
    {
        if (!File.Exists(path)) throw new InputException($"--traits: '{path}' is missing.");
        try
        {
            using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
            var from = $"read_csv({warehouse.Dialect.Text(path)}, all_varchar = true, header = true, sample_size = -1)";
            var names = warehouse.Rows(new Step("columns of the traits", $"DESCRIBE SELECT * FROM {from}"), r => r.GetString(0)).ToArray();
            var idAt = Array.IndexOf(names, Id);
            if (idAt < 0) throw new InputException($"--traits: '{path}' has no column '{Id}'; found: {string.Join(", ", names)}. Rename the one that holds the customers' ids.");
            var kept = Enumerable.Range(0, names.Length).Where(i => i != idAt && !reserved.Contains(names[i])).ToArray();
            var texts = new Dictionary<string, string?[]>(StringComparer.Ordinal);
            warehouse.Query(new Step("read the traits", $"SELECT * FROM {from}"), r =>
            {
                if (r.IsDBNull(idAt)) return;
                var id = SpreadsheetText.Restore(r.GetString(idAt));
                if (!texts.TryAdd(id, [.. kept.Select(i => r.IsDBNull(i) ? null : SpreadsheetText.Restore(r.GetString(i)))]))
                    throw new InputException($"--traits: '{path}' has the customer '{id}' twice; one row a customer is expected.");
            });
            return new TraitFile(path, [.. kept.Select(i => names[i])], Typed(texts, kept.Length), [.. names.Where(n => n != Id && reserved.Contains(n))]);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"--traits: '{path}' cannot be read as CSV in UTF-8 with a header: {e.InnerException?.Message.Split('\n')[0]}", e);
        }
    }

    static Dictionary<string, object?[]> Typed(Dictionary<string, string?[]> texts, int columns)
    {
        var (numbers, truths) = (new bool[columns], new bool[columns]);
        for (var j = 0; j < columns; j++)
        {
            var column = j;
            var values = texts.Values.Select(v => v[column]).OfType<string>();
            numbers[j] = values.Any() && values.All(IsNumber);
            truths[j] = values.Any() && values.All(v => v is "true" or "false");
        }

        return texts.ToDictionary(t => t.Key, t => t.Value.Select((v, j) => v is null ? null : numbers[j] ? double.Parse(v, CultureInfo.InvariantCulture) : truths[j] ? v == "true" : (object)v).ToArray(), StringComparer.Ordinal);
    }

    // 007 and +44 are names of something; 1e5 is a number that a decision wrote; more digits than a double holds are an id.
    static bool IsNumber(string text)
    {
        var digits = text.AsSpan().TrimStart('-');
        return digits.Length is > 0 and <= 25 && char.IsAsciiDigit(digits[0]) && !(digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]))
            && !(digits.Length > 15 && digits.IndexOfAnyExceptInRange('0', '9') < 0)
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
    }
}
