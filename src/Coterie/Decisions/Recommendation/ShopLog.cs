using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>Who took what and when, with what is known of products and segments: the whole log up to an instant, from which every earlier state is cut.</summary>
sealed record ShopLog
{
    internal required string Kind { get; init; }
    internal required IReadOnlyList<string> Customers { get; init; }
    /// <summary>The catalogue: every product that any event is about.</summary>
    internal required IReadOnlyList<string> Products { get; init; }
    /// <summary>What each customer took, oldest first.</summary>
    internal required IReadOnlyList<int[]> Taken { get; init; }
    /// <summary>When, in days since <see cref="Start"/>.</summary>
    internal required IReadOnlyList<double[]> Days { get; init; }
    internal required DateTime Start { get; init; }
    internal required double End { get; init; }
    /// <summary>One a product, in days: it could be on no list before.</summary>
    internal required double[] FirstSeen { get; init; }
    internal required ProductFacts Facts { get; init; }
    /// <summary>One a customer; -1 for none.</summary>
    internal required int[] Segments { get; init; }
    internal required Membership? Membership { get; init; }

    /// <exception cref="InputException">No event of the log is about a product, or none of the kind asked.</exception>
    internal static ShopLog Read(DecisionInput input, string? kind)
    {
        var kinds = input.Warehouse.Rows(ShopLogSteps.Kinds(input.AsOf), r => r.GetString(0));
        if (kinds.Count == 0)
            throw new InputException("No event names a product, so there is nothing to recommend. Map the column that holds product ids: --map product_id=COLUMN.");
        if (kind is not null && !kinds.Contains(kind))
            throw new InputException($"No event of the kind '{kind}' is about a product; the log has {string.Join(", ", kinds)}.");
        // Taking back is no taste.
        var chosen = kind ?? (kinds.Contains("purchase") ? "purchase" : kinds.FirstOrDefault(k => k is not ("refund" or "remove_from_cart")) ?? kinds[0]);

        var start = input.Quality.FirstEvent ?? DateTime.UnixEpoch;
        double Day(DateTime time) => (time - start).TotalDays;
        var (products, seen, prices) = (new List<string>(), new List<double>(), new List<double>());
        input.Warehouse.Query(ShopLogSteps.Products(input.AsOf), r =>
        {
            products.Add(r.GetString(0));
            seen.Add(Day(r.GetDateTime(1)));
            prices.Add(r.IsDBNull(2) ? double.NaN : r.GetDouble(2));
        });
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var product in products) places.Add(product, places.Count);

        var (customers, taken, days) = (new List<string>(), new List<int[]>(), new List<double[]>());
        var (items, times) = (new List<int>(), new List<double>());
        void Close()
        {
            if (items.Count == 0) return;
            taken.Add([.. items]);
            days.Add([.. times]);
            items.Clear();
            times.Clear();
        }

        input.Warehouse.Query(ShopLogSteps.Taken(input.AsOf, chosen), r =>
        {
            var customer = r.GetString(0);
            if (customers.Count == 0 || customers[^1] != customer)
            {
                Close();
                customers.Add(customer);
            }

            items.Add(places[r.GetString(2)]);
            times.Add(Day(r.GetDateTime(1)));
        });
        Close();

        string?[] Texts(string column)
        {
            var texts = new string?[products.Count];
            input.Warehouse.Query(ShopLogSteps.Texts(input.AsOf, column), r => texts[places[r.GetString(0)]] = r.GetString(1));
            return texts;
        }

        return new ShopLog
        {
            Kind = chosen, Customers = customers, Products = products, Taken = taken, Days = days, Start = start, End = Day(input.AsOf), FirstSeen = [.. seen],
            Facts = new ProductFacts { Titles = Texts("text"), Categories = Texts("category"), Brands = Texts("brand"), Prices = prices },
            Segments = [.. customers.Select(c => input.Segments?.Of(c) ?? -1)],
            Membership = input.Segments,
        };
    }

    internal long Events => Taken.Sum(t => (long)t.Length);

    /// <summary>The day of a customer's first event that is not before an instant, as a place in their history.</summary>
    int Cut(int customer, double day)
    {
        var at = Array.BinarySearch(Days[customer], day);
        if (at < 0) return ~at;
        while (at > 0 && Days[customer][at - 1] == day) at--;
        return at;
    }

    internal int[] Before(int customer, double day) => Taken[customer][..Cut(customer, day)];

    /// <summary>What a customer took in [from, to), or up to the end where to is the end.</summary>
    internal int[] Between(int customer, double from, double to) => Taken[customer][Cut(customer, from)..(to >= End ? Taken[customer].Length : Cut(customer, to))];

    /// <summary>What could be learned from before an instant.</summary>
    /// <param name="segments">Whether segments may be known: they may not where they were made later.</param>
    internal LearningTable LearnedBefore(double day, bool segments, bool again, DecisionInput input)
    {
        var whole = day > End;
        var cuts = Enumerable.Range(0, Customers.Count).Select(c => whole ? Taken[c].Length : Cut(c, day)).ToArray();
        return new LearningTable
        {
            Histories = new ItemHistories { Customers = Customers, Products = Products, Histories = [.. Taken.Select((t, c) => t[..cuts[c]])] },
            Days = [.. Days.Select((d, c) => d[..cuts[c]])],
            Until = Math.Min(day, End),
            Segments = segments ? Segments : [.. Enumerable.Repeat(-1, Customers.Count)],
            SegmentCount = segments ? Membership?.Segments.Count ?? 0 : 0,
            Facts = Facts, Again = again, Threads = input.Threads, Seed = input.Seed.Child(41),
        };
    }

    /// <summary>The instant in the calendar.</summary>
    internal DateTime At(double day) => Start.AddDays(day);

    /// <summary>Title of a product, or its id.</summary>
    internal string Title(int product) => Facts.Titles[product] is { Length: > 0 } title ? title : Products[product];
}
