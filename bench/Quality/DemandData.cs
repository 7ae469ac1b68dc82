using System.Globalization;
using System.IO.Compression;
using Coterie.Decisions.Demand;

namespace Coterie.Quality;

/// <summary>Public sets of demand series.</summary>
internal static class DemandData
{
    internal static DemandPanel Carparts(string data) => Read(Path.Combine(data, "demand_series", "carparts.csv.gz"), 12, c => c.StartsWith('1') || c.StartsWith('2'));

    internal static DemandPanel Jewelry(string data) => Read(Path.Combine(data, "demand_series", "jewelry.csv.gz"), 52, c => c.StartsWith('W'));

    internal static DemandPanel Weekly(string data) =>
        Read(Path.Combine(data, "weekly_product_sales", "Sales_Transactions_Dataset_Weekly.csv.gz"), 52, c => c.StartsWith('W'));

    // A series with an empty cell is left out, as in the literature on these parts (Hyndman, Koehler, Ord and Snyder 2008, chapter 16); a series begins
    // with its first sale.
    static DemandPanel Read(string file, int season, Func<string, bool> isStep)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var header = reader.ReadLine()!.Split(',').Select(c => c.Trim('"')).ToArray();
        int[] steps = [.. Enumerable.Range(1, header.Length - 1).Where(j => isStep(header[j]))];
        var (names, demand, starts) = (new List<string>(), new List<double[]>(), new List<int>());
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            if (steps.Any(j => cells[j].Length == 0)) continue;
            double[] series = [.. steps.Select(j => double.Parse(cells[j], CultureInfo.InvariantCulture))];
            if (Array.FindIndex(series, y => y > 0) is not (>= 0 and var start)) continue;
            names.Add(cells[0].Trim('"'));
            demand.Add(series);
            starts.Add(start);
        }

        return new()
        {
            Names = names, Demand = [.. demand], Starts = [.. starts], Sums = new bool[names.Count], Groups = new int[names.Count],
            Season = season, Whole = true,
        };
    }
}
