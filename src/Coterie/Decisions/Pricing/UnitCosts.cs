using System.Globalization;

namespace Coterie.Decisions.Pricing;

/// <summary>What a unit of each product costs, from a file with the columns product_id and cost.</summary>
static class UnitCosts
{
    /// <exception cref="InputException">The file is not there or not of this form: says the line.</exception>
    internal static Dictionary<string, double> Read(string path)
    {
        if (!File.Exists(path)) throw new InputException($"--cost: '{path}' does not exist. Expected a CSV file with the columns product_id and cost.");
        Dictionary<string, double> costs = new(StringComparer.Ordinal);
        var (line, id, cost) = (0, -1, -1);
        foreach (var text in File.ReadLines(path))
        {
            line++;
            if (text.Length == 0) continue;
            var fields = text.Split(',').Select(f => f.Trim().Trim('"', '\uFEFF')).ToArray();
            if (id < 0)
            {
                (id, cost) = (Array.IndexOf(fields, "product_id"), Array.IndexOf(fields, "cost"));
                if (id < 0 || cost < 0) throw new InputException($"--cost: the first line of '{path}' is '{text}'; expected the columns product_id and cost.");
                continue;
            }

            if (fields.Length <= Math.Max(id, cost) || !double.TryParse(fields[cost], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(value >= 0 && double.IsFinite(value)))
                throw new InputException($"--cost: line {line} of '{path}' is '{text}'; expected a product and its cost, a number of at least 0.");
            if (!costs.TryAdd(fields[id], value)) throw new InputException($"--cost: line {line} of '{path}' gives product '{fields[id]}' a second time; expected each product once.");
        }

        return costs.Count > 0 ? costs : throw new InputException($"--cost: '{path}' names no product. Expected product_id and cost, one product a line.");
    }
}
