using System.Globalization;
using System.Text;
using Coterie.Numerics;

namespace Coterie.Tests.Collect;

/// <summary>Small invented logs that behave like real ones: people come in sittings, orders have lines, products have one price and one category.</summary>
static class Logs
{
    /// <summary>A line of an order.</summary>
    public sealed record Line(string Order, string Customer, DateTime Time, string Product, string Category, int Quantity, decimal Price, string Country);

    /// <summary>A click.</summary>
    public sealed record Click(string User, string Item, string Category, string Kind, DateTime Time);

    static readonly string[] Countries = ["Germany", "France", "Spain", "Italy"];

    public static List<Line> Orders(ulong seed, int customers = 60, int orders = 200)
    {
        var rng = new Seed(seed).Stream(0);
        var lines = new List<Line>();
        var time = new DateTime(2023, 1, 2, 8, 0, 0);
        for (var o = 0; o < orders; o++)
        {
            time = time.AddMinutes(30 + rng.NextInt(900));
            var customer = rng.NextInt(customers);
            foreach (var p in Enumerable.Range(0, 1 + rng.NextInt(4)).Select(_ => rng.NextInt(80)).Distinct())
            {
                lines.Add(new Line($"{70000 + o}", $"{1000 + (customer * 7)}", time, $"{20000 + (p * 3)}", $"g{p % 9}", rng.NextInt(5) == 0 ? 2 + rng.NextInt(3) : 1,
                    (500 + (p * 137 % 4000)) / 100m, Countries[customer % 4]));
            }
        }

        return lines;
    }

    public static List<Click> Clicks(ulong seed, int users = 80, int sittings = 250)
    {
        var rng = new Seed(seed).Stream(0);
        var clicks = new List<Click>();
        for (var s = 0; s < sittings; s++)
        {
            var user = rng.NextInt(users);
            var time = new DateTime(2017, 11, 25).AddMinutes(rng.NextInt(9 * 24 * 60));
            for (var i = 0; i < 3 + rng.NextInt(8); i++)
            {
                var item = rng.NextInt(150);
                time = time.AddSeconds(10 + rng.NextInt(120));
                var kind = rng.NextInt(20) switch { 0 => "buy", 1 or 2 => "cart", 3 => "fav", _ => "pv" };
                clicks.Add(new Click($"{100 + user}", $"{20000 + item}", $"{4000 + (item % 12)}", kind, time));
            }
        }

        return clicks;
    }

    /// <summary>A table as text. Columns are functions of a row.</summary>
    public static string Csv<T>(IEnumerable<T> rows, string delimiter, bool header, params (string Name, Func<T, string> Value)[] columns)
    {
        var text = new StringBuilder();
        if (header) text.AppendJoin(delimiter, columns.Select(c => Quoted(c.Name, delimiter))).Append('\n');
        foreach (var row in rows) text.AppendJoin(delimiter, columns.Select(c => Quoted(c.Value(row), delimiter))).Append('\n');
        return text.ToString();
    }

    public static string Quoted(string value, string delimiter) =>
        value.AsSpan().IndexOfAny("\"\r\n") >= 0 || value.Contains(delimiter, StringComparison.Ordinal) ? $"\"{value.Replace("\"", "\"\"")}\"" : value;

    public static string Plain(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Epoch(DateTime time) => ((long)(time - DateTime.UnixEpoch).TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
