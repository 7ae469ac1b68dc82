using Coterie.Sequences;
using Coterie.Tests.Features;

namespace Coterie.Tests.Sequences;

/// <summary>The plain twin of the coder: every field of every event from its definition, by looking at the whole list before it.</summary>
sealed class PlainSequences(IReadOnlyList<LogEvent> log, SequenceRequest request, SequenceSchema schema)
{
    static readonly string[] Kinds =
        ["email_open", "ad_click", "search", "view", "click", "wishlist", "add_to_cart", "remove_from_cart", "checkout", "purchase", "refund", "review", "message"];

    public IEnumerable<string> Customers => log.Where(e => e.Time <= request.AsOf).Select(e => e.Customer).Distinct().Order(StringComparer.Ordinal);

    /// <summary>All of a customer's events that the request sees, in order.</summary>
    public List<LogEvent> Ordered(string customer) =>
    [
        .. log.Where(e => e.Customer == customer && e.Time <= request.AsOf)
            .OrderBy(e => e.Time).ThenBy(e => Array.IndexOf(Kinds, e.Kind) is var i and >= 0 ? i : Kinds.Length).ThenBy(e => e.Kind, StringComparer.Ordinal)
            .ThenBy(e => e.Product is null).ThenBy(e => e.Product, StringComparer.Ordinal)
            .ThenBy(e => e.Category is null).ThenBy(e => e.Category, StringComparer.Ordinal)
            .ThenBy(e => e.Brand is null).ThenBy(e => e.Brand, StringComparer.Ordinal)
            .ThenBy(e => e.Price ?? double.PositiveInfinity).ThenBy(e => e.Quantity ?? double.PositiveInfinity).ThenBy(e => e.ListPrice ?? double.PositiveInfinity)
            .ThenBy(e => e.Order is null).ThenBy(e => e.Order, StringComparer.Ordinal)
            .ThenBy(e => e.Session is null).ThenBy(e => e.Session, StringComparer.Ordinal)
            .ThenBy(e => e.Channel is null).ThenBy(e => e.Channel, StringComparer.Ordinal)
            .ThenBy(e => e.Device is null).ThenBy(e => e.Device, StringComparer.Ordinal),
    ];

    /// <summary>The words of the fields of event <paramref name="at"/> of the list; null is unknown.</summary>
    public Dictionary<string, string?> Words(IReadOnlyList<LogEvent> all, int from, int at)
    {
        var seen = all.Skip(from).Take(at - from).ToList();
        var e = all[at];
        var before = seen.LastOrDefault();
        var same = e.Product is null ? [] : seen.Where(p => p.Product == e.Product).ToList();
        var orders = Orders([.. seen, e]);
        var boughtIn = seen.Select((p, i) => (p, i)).Where(p => p.p.Kind == "purchase" && p.p.Product == e.Product && e.Product is not null)
            .Select(p => orders[p.i]).LastOrDefault();
        var next = e.Kind == "purchase" ? orders[^1] : orders.Take(seen.Count).DefaultIfEmpty(0).Max() + 1;
        var brands = seen.Where(p => p.Brand is not null).Select(p => p.Brand).ToList();
        var usual = e.Category is not null && schema.Categories.FirstOrDefault(c => c.Name == e.Category)?.Price is { } price ? price : schema.UsualPrice;
        var off = 1 - e.Price / e.ListPrice;
        var second = Second(e);
        var bought = seen.Where(p => p.Kind == "purchase" && p.Product is not null).Select(p => p.Product!).ToList();
        return new()
        {
            ["kind"] = Kinds.Contains(e.Kind) ? e.Kind : "other",
            ["category"] = e.Category is null ? null
                : schema.Categories.Take(schema.Options.Categories).Any(c => c.Name == e.Category) ? e.Category
                : schema.Categories.Any(c => c.Name == e.Category) ? "other" : null,
            ["product_rank"] = Rank([.. seen.Where(p => p.Product is not null).Select(p => p.Product!)], e.Product, "new"),
            ["bought_rank"] = Rank(bought, e.Product, "never bought"),
            ["orders_ago"] = e.Product is null ? null : boughtIn == 0 ? "never bought" : next == boughtIn ? "this order" : next - boughtIn > 8 ? "further back" : $"{next - boughtIn}",
            ["order_beat"] = Beat([.. seen, e], orders),
            ["touches"] = e.Product is null ? null : same.Count switch { <= 3 => $"{same.Count}", <= 6 => "4 to 6", _ => "7 or more" },
            ["product_gap"] = e.Product is null ? null : same.Count == 0 ? "never" : Gap(second - Second(same[^1])),
            ["category_rank"] = Rank([.. seen.Where(p => p.Category is not null).Select(p => p.Category!)], e.Category, "new"),
            ["brand"] = e.Brand is null ? null : brands.LastOrDefault() == e.Brand ? "same" : brands.Contains(e.Brand) ? "known" : "new",
            ["price"] = usual is null || !(e.Price > 0) ? null : $"{1 + schema.PriceEdges.Count(edge => e.Price / usual >= edge)}",
            ["quantity"] = e.Quantity switch { null => null, < 1 => "under 1", < 2 => "1", < 3 => "2", < 5 => "3 or 4", < 10 => "5 to 9", _ => "10 or more" },
            ["discount"] = e.Price is null || !(e.ListPrice > 0) ? null : off switch
            {
                < 0.005 => "none", < 0.1 => "under 10 %", < 0.2 => "under 20 %", < 0.3 => "under 30 %", < 0.5 => "under 50 %", _ => "50 % or more",
            },
            ["gap"] = before is not null ? Gap(second - Second(before)) : from == 0 ? "first event" : null,
            ["position"] = Position([.. seen, e]) switch { <= 4 and var p => $"{p}", <= 6 => "5 or 6", <= 9 => "7 to 9", <= 14 => "10 to 14", _ => "15 or later" },
            ["hour"] = request.HasTimeOfDay ? $"{e.Time.Hour}" : null,
            ["weekday"] = $"{e.Time.DayOfWeek}",
            ["channel"] = e.Channel is not null && schema.Channels.Contains(e.Channel) ? e.Channel : null,
            ["device"] = e.Device is not null && schema.Devices.Contains(e.Device) ? e.Device : null,
        };
    }

    static string? Rank(List<string> past, string? item, string never)
    {
        if (item is null) return null;
        past.Reverse();
        var rank = past.Distinct().ToList().IndexOf(item);
        return rank < 0 ? never : rank < 8 ? $"{rank + 1}" : "further back";
    }

    static string? Beat(List<LogEvent> events, List<int> orders)
    {
        int? Ago(int at)
        {
            if (events[at].Kind != "purchase" || events[at].Product is null) return null;
            var before = Enumerable.Range(0, at).Where(i => orders[i] > 0 && events[i].Product == events[at].Product).Select(i => orders[i]).LastOrDefault();
            return before == 0 || before == orders[at] ? null : Math.Min(orders[at] - before, 9);
        }

        var agos = Enumerable.Range(0, events.Count).Select(Ago).ToList();
        if (agos[^1] is not { } last) return null;
        var earlier = agos.SkipLast(1).LastOrDefault(a => a is not null);
        return earlier is null ? "first repeat" : Math.Abs(last - earlier.Value) switch { 0 => "same", 1 => "one off", _ => "other" };
    }

    // The number of each event's order; 0 for what is no purchase.
    static List<int> Orders(List<LogEvent> events)
    {
        var numbers = new List<int>();
        LogEvent? last = null;
        var orders = 0;
        foreach (var e in events)
        {
            if (e.Kind != "purchase")
            {
                numbers.Add(0);
                continue;
            }

            if (last is null || last.Order != e.Order || (e.Order is null && last.Time.Date != e.Time.Date)) orders++;
            last = e;
            numbers.Add(orders);
        }

        return numbers;
    }

    static int Position(List<LogEvent> events)
    {
        var position = 1;
        for (var i = events.Count - 1; i > 0; i--, position++)
        {
            var (a, b) = (events[i - 1], events[i]);
            if (a.Session is not null && b.Session is not null ? a.Session != b.Session : Second(b) - Second(a) > 1800) break;
        }

        return position;
    }

    static string Gap(long seconds) => seconds switch
    {
        < 1 => "same second", < 30 => "under 30 s", < 120 => "under 2 min", < 600 => "under 10 min", <= 1800 => "within 30 min", < 7200 => "under 2 h",
        < 43200 => "under 12 h", < 129600 => "under 1.5 days", < 4 * 86400 => "under 4 days", < 10 * 86400 => "under 10 days",
        < 30 * 86400 => "under 30 days", < 90 * 86400 => "under 90 days", < 180 * 86400 => "under 180 days", _ => "longer",
    };

    public static long Second(LogEvent e) => (long)Math.Floor((e.Time - DateTime.UnixEpoch).TotalSeconds);
}
