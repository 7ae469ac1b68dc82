using System.Globalization;
using Coterie.Features;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Features;

/// <summary>One event of a generated log.</summary>
public sealed record LogEvent(string Customer, DateTime Time, string Kind)
{
    public string? Product { get; init; }
    public string? Category { get; init; }
    public string? Brand { get; init; }
    public double? Price { get; init; }
    public double? Quantity { get; init; }
    public double? ListPrice { get; init; }
    public string? Order { get; init; }
    public string? Session { get; init; }
    public double? Rating { get; init; }
    public string? Text { get; init; }
    public string? Channel { get; init; }
    public string? Device { get; init; }
    public string? Country { get; init; }
}

/// <summary>Small logs: generated, written into a warehouse, asked for their features.</summary>
static class EventLog
{
    public static readonly DateTime Start = new(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static readonly DateTime AsOf = Start.AddDays(400).AddHours(12);

    static readonly string[] Kinds = ["view", "view", "view", "add_to_cart", "remove_from_cart", "purchase", "purchase", "refund", "search", "review", "email_open"];

    /// <summary>Times crowd on a few days and on half-hour borders, so that pauses of exactly thirty minutes occur.</summary>
    static readonly Gen<DateTime> Times = Gen.Select(Gen.OneOf(Gen.Int[0, 4], Gen.Int[300, 400]), Gen.Int[0, 143], Gen.Int[-1, 1])
        .Select((day, slot, jitter) => Start.AddDays(day).AddSeconds(slot * 600 + jitter + 1));

    static readonly Gen<LogEvent> Event =
        Gen.Select(Gen.Int[0, 5], Times, Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i]), Gen.Int[0, 6], Gen.Int[0, 9999], Gen.Int[1, 5], Gen.Int[0, 3], Gen.Int[0, 7])
            .Select((customer, time, kind, product, cents, quantity, order, choice) => new LogEvent($"c{customer}", time, kind)
            {
                Product = product == 6 ? null : $"p{product}",
                Category = product switch { 6 => null, < 2 => "a/b", < 5 => "a", _ => "\"x'; DROP TABLE events; --" },
                Brand = product % 3 == 0 ? null : $"b{product % 3}",
                Price = choice == 7 ? null : cents / 100.0,
                Quantity = choice == 6 ? null : quantity,
                ListPrice = choice < 4 ? (cents + 100 * (choice % 2)) / 100.0 : null,
                Order = order == 0 ? null : $"o{order}",
                Rating = kind == "review" ? choice % 5 + 1 : null,
                Text = kind == "review" ? new string('好', choice) : null,
                Device = choice switch { 0 => null, 1 => "iPhone", 2 => "Android phone", _ => "desktop" },
                Channel = choice switch { 0 => null, 1 => "Paid Search", 2 => "email", _ => "direct" },
                Country = choice switch { 0 => null, 1 => "France", _ => "United Kingdom" },
            });

    public static readonly Gen<LogEvent[]> Some = Event.Array[1, 60];

    /// <summary>The same with sent sessions on some of the events.</summary>
    public static readonly Gen<LogEvent[]> SomeWithSessions = Gen.Select(Event, Gen.Int[0, 3])
        .Select((e, session) => e with { Session = session == 0 ? null : $"s{session}" }).Array[1, 60];

    public static FeatureRequest Request(IEnumerable<LogEvent> log, bool sessions = false) => new()
    {
        AsOf = AsOf,
        Present = Events.Columns.Select(c => c.Name).Where(n => sessions || n != "session_id").ToHashSet(),
        Kinds = log.Select(e => e.Kind).ToHashSet(),
    };

    public static DuckDbWarehouse Warehouse(int threads = 2)
    {
        var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = threads });
        var columns = Events.Columns.Select(c => $"{warehouse.Dialect.Name(c.Name)} {c.Type}");
        warehouse.Execute(new Step("make events", $"CREATE TABLE events ({string.Join(", ", columns)})"));
        return warehouse;
    }

    public static void Put(DuckDbWarehouse warehouse, IReadOnlyList<LogEvent> log)
    {
        warehouse.Execute(new Step("empty events", "DELETE FROM events"));
        if (log.Count == 0) return;
        string T(string? s) => s is null ? "NULL" : warehouse.Dialect.Text(s);
        static string N(double? x) => x is null ? "NULL" : x.Value.ToString("R", CultureInfo.InvariantCulture);
        var rows = log.Select((e, i) => $"({T($"e{i}")}, {T(e.Customer)}, TIMESTAMP {T(e.Time.ToString("yyyy-MM-dd HH:mm:ss.ffffff"))}, {T(e.Kind)}, "
            + $"{T(e.Product)}, {T(e.Category)}, {T(e.Brand)}, {N(e.Price)}, {N(e.Quantity)}, {N(e.ListPrice)}, NULL, {T(e.Order)}, {T(e.Session)}, "
            + $"{N(e.Rating)}, {T(e.Text)}, {T(e.Channel)}, {T(e.Device)}, {T(e.Country)}, NULL)");
        warehouse.Execute(new Step("put events", $"INSERT INTO events VALUES {string.Join(",\n", rows)}"));
    }

    public static FeatureTable Features(DuckDbWarehouse warehouse, IReadOnlyList<LogEvent> log, FeatureRequest request)
    {
        Put(warehouse, log);
        return FeatureComputation.Compute(warehouse, request);
    }

    /// <summary>Equal names, customers and bits.</summary>
    public static bool Same(FeatureTable a, FeatureTable b) =>
        a.Customers.SequenceEqual(b.Customers)
        && a.Features.Select(f => f.Name).SequenceEqual(b.Features.Select(f => f.Name))
        && Enumerable.Range(0, a.Features.Count).All(j => Bits(a.Columns[j]).SequenceEqual(Bits(b.Columns[j])));

    public static IEnumerable<long> Bits(IEnumerable<double> values) => values.Select(BitConverter.DoubleToInt64Bits);
}
