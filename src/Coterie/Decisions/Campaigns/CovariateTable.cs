using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>What was known of customers before a campaign, as standardised columns.</summary>
/// <param name="Rows">n x d.</param>
/// <param name="Names">d.</param>
internal sealed record CovariateTable(Matrix Rows, IReadOnlyList<string> Names)
{
    // More kinds than this are told apart too thinly.
    const int MostLevels = 20;
    // Money and counts: beyond this skewness the few large values would carry the whole line.
    const double Skewed = 1.5;

    /// <summary>Numbers stay numbers, with their logarithm beside them where they are skewed and with a mark where they are missing; words become a column for
    /// each but the most common one.</summary>
    /// <exception cref="InputException">A column of words with nearly as many kinds as customers.</exception>
    public static CovariateTable Of(string path, IReadOnlyList<string> names, IReadOnlyList<string[]> texts)
    {
        var columns = new List<Column>();
        for (var c = 0; c < names.Count; c++)
        {
            var numbers = Array.ConvertAll(texts[c], ResultColumns.Number);
            if (numbers.All(v => v is not null)) columns.AddRange(Numeric(names[c], Array.ConvertAll(numbers, v => v!.Value)));
            else columns.AddRange(Words(path, names[c], texts[c]));
        }

        return Of(columns);
    }

    /// <summary>Of numeric columns; NaN is missing.</summary>
    public static CovariateTable Of(IReadOnlyList<string> names, IReadOnlyList<double[]> numbers) =>
        Of([.. names.SelectMany((name, c) => Numeric(name, numbers[c]))]);

    sealed record Column(string Name, double[] Values);

    static CovariateTable Of(List<Column> columns)
    {
        var n = columns.Count == 0 ? 0 : columns[0].Values.Length;
        columns.RemoveAll(c => c.Values.All(v => v == c.Values[0]));
        var rows = new Matrix(n, columns.Count);
        for (var j = 0; j < columns.Count; j++)
            for (var i = 0; i < n; i++) rows[i, j] = (float)columns[j].Values[i];
        Standardisation.Of(rows, 1).Apply(rows, 1);
        return new(rows, [.. columns.Select(c => c.Name)]);
    }

    static IEnumerable<Column> Numeric(string name, double[] values)
    {
        double[] known = [.. values.Where(v => !double.IsNaN(v))];
        if (known.Length == 0) yield break;
        var mean = known.Average();
        double[] filled = Array.ConvertAll(values, v => double.IsNaN(v) ? mean : v);
        yield return new(name, filled);
        if (known.Length < values.Length) yield return new($"{name} missing", Array.ConvertAll(values, v => double.IsNaN(v) ? 1.0 : 0));
        var spread = Math.Sqrt(known.Average(v => (v - mean) * (v - mean)));
        if (spread > 0 && known.Min() >= 0 && known.Average(v => Math.Pow((v - mean) / spread, 3)) > Skewed && known.Distinct().Take(11).Count() > 10)
            yield return new($"log {name}", Array.ConvertAll(filled, v => Math.Log(1 + v)));
    }

    static IEnumerable<Column> Words(string path, string name, string[] texts)
    {
        var levels = texts.GroupBy(t => t, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).ToArray();
        if (levels.Length > MostLevels && levels.Length > texts.Length / 2)
            throw new InputException($"{path}, column '{name}' has {levels.Length} different texts for {texts.Length} customers: it names customers and cannot describe them. Leave it out of --covariates.");
        return levels.Skip(1).Take(MostLevels - 1).Select(l => new Column($"{name} = {(l.Key.Length == 0 ? "(empty)" : l.Key)}", Array.ConvertAll(texts, t => t == l.Key ? 1.0 : 0)));
    }
}
