namespace Coterie.Collect;

/// <content>The customer, and what is found from content and structure alone.</content>
sealed partial class RoleFinder
{
    // Dependencies hold in real logs up to mistakes.
    const double Holds = 0.97;

    Structure? structure;

    Structure Shape => structure ??= new Structure(
        [.. (found["time"]?.Values ?? []).Select(v => v is null ? double.NaN : Instants.Rough(v))], table.PieceStarts);

    bool CustomerMayBe(Profile p) => (NameFit(p, "customer_id") >= FairName || p.IsEmail) && FitsCustomer(p);

    static bool FitsCustomer(Profile p) =>
        p.Count > 0 && !p.HasFractions && (!p.IsTime || p.IsBareNumberTime) && p.Words <= 4 && !(p.IsConstant && p.Rows > 50);

    void FindCustomer()
    {
        if (!Open("customer_id")) return;
        var named = profiles.Where(p => CustomerMayBe(p) && !found.IsTaken(p.Column))
            .Select(p => (Profile: p, Name: Math.Max(NameFit(p, "customer_id"), p.IsEmail ? 0.75 : 0)))
            .OrderByDescending(c => c.Name)
            .ToList();
        if (named.Count > 0 && named[0].Name >= 0.7)
        {
            found.Set("customer_id", ByName([.. named.Where(c => c.Name >= named[0].Name - 0.05).Select(c => c.Profile)]).Column, "name");
            return;
        }

        // Visitor, device or cookie ids: where nobody is known by name, they are the customers.
        foreach (var stand in new[] { "anonymous_id" })
        {
            if (found[stand] is not { } column || given.Contains(stand)) continue;
            found.Remove(stand);
            found.Set("customer_id", column, "name");
            found.Notes.Add($"No column names known customers; '{Shown.Text(column.Name)}' was taken for the customer.");
            return;
        }

        ByStructure(named.Select(c => c.Profile).ToList());
    }

    /// <summary>One of several columns whose names fit equally well, where one is clearly better filled or they say the same.</summary>
    Profile ByName(List<Profile> equal)
    {
        if (equal.Count == 1) return equal[0];
        var usable = equal.Where(p => !p.IsConstant).ToList();
        if (usable.Count == 1) return usable[0];
        if (usable.Count == 0) usable = equal;

        // The same people under two ids: the shorter, plainer one.
        var first = usable.OrderBy(p => p.Column.Key.Joined.Length).ThenBy(p => p.Column.Name, StringComparer.Ordinal).First();
        if (usable.All(p => p == first || Structure.SameGroups(first.Column, p.Column))) return first;

        // A fuller column next to one that is empty for many rows holds ids of visitors who are not logged in.
        var fullest = usable.OrderByDescending(p => p.Filled).ToList();
        if (fullest[0].Filled >= 0.99 && fullest[^1].Filled <= 0.9 && usable.Count == 2 && Open("anonymous_id")
            && fullest[0].Column.Key.Stem is "client" or "device" or "visitor" or "profile")
        {
            found.Set("anonymous_id", fullest[0].Column, "name");
            return fullest[^1];
        }

        // Values that are unique in every row identify rows, not people.
        var repeating = usable.Where(p => p.Distinct < 0.98 * p.Count).ToList();
        if (repeating.Count == 1 && usable.Exists(p => p.IsUnique && p.Count >= 50)) return repeating[0];
        throw Problems.TwoCustomers(table, [.. usable.Select(p => p.Column)]);
    }

    /// <summary>The customer from structure: orders belong to one customer; people act in sittings; products have a category and a
    /// price.</summary>
    void ByStructure(List<Profile> hinted)
    {
        var ids = Free.Where(IsEntity).ToList();
        if (hinted.Count == 1 && ids.Contains(hinted[0]))
        {
            found.Set("customer_id", hinted[0].Column, "name");
            return;
        }

        // Lines of one order share their time, or nearly so.
        var order = found["order_id"] ?? ids
            .Where(p => Shape.Brief(p.Column) >= 0.9 && p.Distinct < 0.9 * p.Count
                && ids.Exists(y => y != p && Structure.Determines(p.Column, y.Column) >= Holds && y.Distinct < 0.9 * p.Distinct))
            .OrderByDescending(p => p.Distinct).ThenBy(p => p.Column.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Column;
        if (order is not null && ids.Exists(p => p.Column != order && Structure.Determines(order, p.Column) >= Holds))
        {
            if (found["order_id"] is null) found.Set("order_id", order, "content");
            ids.RemoveAll(p => p.Column == order);
            // What the order determines and is finest: its customer, not the customer's city.
            var people = ids.Where(p => Structure.Determines(order, p.Column) >= Holds && Structure.Determines(p.Column, order) < 0.9)
                .OrderByDescending(p => p.Distinct).ToList();
            if (people.Count > 1 && people[1].Distinct > 0.9 * people[0].Distinct
                && !Structure.SameGroups(people[0].Column, people[1].Column))
                throw Problems.TwoCustomers(table, [people[0].Column, people[1].Column]);
            if (people.Count > 0)
            {
                found.Set("customer_id", people[0].Column, "content");
                return;
            }
        }

        // What another id determines and is much coarser is an attribute: the category of a product, the city of a person.
        var attributes = ids.Where(y => ids.Any(x => x != y && y.Distinct < 0.5 * x.Distinct
            && Structure.Determines(x.Column, y.Column) >= Holds)).ToList();
        var sessions = ids.Where(x => ids.Any(y => y != x && !attributes.Contains(y) && x.Distinct > y.Distinct
            && Structure.Determines(x.Column, y.Column) >= Holds)).ToList();
        var entities = ids.Except(attributes).Except(sessions).ToList();
        if (entities.Count == 0) entities = [.. ids.Except(attributes)];
        if (entities.Count == 0) throw Problems.NoCustomer(table);
        var scored = entities
            .Select(p => (Profile: p, Score: Shape.Togetherness(p.Column) - (0.6 * ProductLikeness(p, ids))))
            .OrderByDescending(c => c.Score).ThenBy(c => c.Profile.Column.Name, StringComparer.Ordinal)
            .ToList();
        // The margin below which togetherness is noise in a sample of a few thousand rows.
        if (scored.Count > 1 && scored[0].Score < scored[1].Score + 0.05)
            throw Problems.TwoCustomers(table, [.. scored.TakeWhile(c => c.Score > scored[0].Score - 0.05).Select(c => c.Profile.Column)]);
        found.Set("customer_id", scored[0].Profile.Column, "content");
        var session = sessions.Where(p => Structure.Determines(p.Column, scored[0].Profile.Column) >= Holds).MaxBy(p => p.Distinct);
        if (session is not null && Open("session_id")) found.Set("session_id", session.Column, "content");
    }

    /// <summary>Ids that repeat: neither constant nor unique, no measures, no words of other known kinds, no prose.</summary>
    bool IsEntity(Profile p) =>
        p.Count > 0 && p.Filled > 0.3 && p.Distinct >= 3 && p.Distinct < 0.98 * p.Count && !p.HasFractions
            && (!p.IsTime || p.IsBareNumberTime) && p.Words < 3
        && !LooksLikeKnownWords(p) && !LooksLikeCount(p) && !LooksLikeMoney(p)
            && !Measures.Any(m => NameFit(p, m) >= FairName && Vocabulary.Fit(p.Column.Key, "customer_id") < FairName) && !p.IsClock
                && p.ShareOf(Flags.Contains) < 0.9;

    /// <summary>Whole numbers that end in 0 or 9 far more often than ids do: prices in currencies without cents.</summary>
    static bool LooksLikeMoney(Profile p) =>
        p.IsNumber && p.Distinct > 5 && p.Numbers.Max() >= 100 && p.Numbers.Min() >= 0
            && p.Numbers.Count(n => n % 10 is 0 or 9) > 0.8 * p.Count;

    static bool LooksLikeKnownWords(Profile p) => p.Distinct < 300
        && (p.ShareOf(KnownValues.IsCountry) > 0.8 || p.ShareOf(KnownValues.IsCurrency) > 0.8 || p.ShareOf(KnownValues.IsDevice) > 0.8
            || p.ShareOf(KnownValues.IsChannel) > 0.8 || p.ShareOf(KnownValues.IsState) > 0.8);

    /// <summary>Small whole numbers, mostly small: units or stars rather than ids.</summary>
    static bool LooksLikeCount(Profile p) =>
        p.IsNumber && p.WholeShare > 0.99 && p.Distinct <= 100 && p.Distinct < 0.2 * p.Count && p.Numbers.Max() <= 1000
            && p.Numbers.Average() < 30
        && p.Frequencies.Take(3).Sum(f => f.Count) > 0.3 * p.Count;

    /// <summary>Evidence that a column is of products: 1 when it fixes a price, a title or a known category; a little when it fixes
    /// anything coarser,
    /// since a person fixes a city as a product fixes a category.</summary>
    double ProductLikeness(Profile p, List<Profile> ids)
    {
        var described = profiles.Where(d => d != p && d.Distinct > 1 && d.Column != found["time"] && d.Column != found["kind"]
            && (!ids.Contains(d) || d.Distinct < 0.5 * p.Distinct)
            && (d.HasFractions || LooksLikeMoney(d) || d.Words > 2 || found["category"] == d.Column || found["brand"] == d.Column
                || found["text"] == d.Column || found["price"] == d.Column || ids.Contains(d))).ToList();
        var fixes = described.Where(d => Structure.Determines(p.Column, d.Column) >= 0.9).ToList();
        return fixes.Count == 0 ? 0 : fixes.TrueForAll(ids.Contains) ? 0.25 : 1;
    }

    void FindByContent()
    {
        Known("currency", p => p.Distinct <= 60 && p.ShareOf(KnownValues.IsCurrency) >= 0.9);
        Known("country", p => p.Distinct > 1 && p.ShareOf(KnownValues.IsCountry) >= 0.9);
        Known("status", p => p.Distinct is > 1 and <= 20 && p.ShareOf(KnownValues.IsState) >= 0.9);
        Known("device", p => p.Distinct is > 1 and <= 20 && p.ShareOf(KnownValues.IsDevice) >= 0.9);
        Known("channel", p => p.Distinct is > 1 and <= 30 && p.ShareOf(KnownValues.IsChannel) >= 0.9);
        FindProduct();
        FindMoney();
        FindCounts();
        Known("session_id", p => p.Distinct < p.Count && p.IsUuid && found["customer_id"] is { } customer
            && Structure.Determines(p.Column, customer) >= Holds);
        Known("text", p => p.Words >= 2.5 && !p.IsNumber && !p.IsTime);
    }

    /// <summary>Gives a target the one free column that passes a test and has no meaning by name.</summary>
    void Known(string target, Func<Profile, bool> test)
    {
        if (!Open(target)) return;
        var fitting = Free.Where(p => p.Count > 0 && !HasOtherName(p, target) && test(p)).ToList();
        if (fitting.Count > 0) found.Set(target, fitting.OrderByDescending(p => p.Filled)
            .ThenBy(p => p.Column.Name, StringComparer.Ordinal).First().Column, "content");
    }

    // A column that names itself clearly as something else is left alone.
    static bool HasOtherName(Profile p, string target) => Vocabulary.Roles.Any(r => r != target && NameFit(p, r) >= 0.7);

    void FindProduct()
    {
        if (!Open("product_id")) return;
        var ids = Free.Where(p => IsEntity(p) && !HasOtherName(p, "product_id")).ToList();
        var customer = found["customer_id"];
        ids.RemoveAll(p => customer is not null && Structure.Determines(customer, p.Column) >= Holds);
        if (found["order_id"] is { } order) ids.RemoveAll(p => Structure.Determines(order, p.Column) >= Holds);
        var product = ids.Where(p => !p.IsUuid).OrderByDescending(p => p.Distinct).ThenBy(p => p.Column.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        if (product is null) return;
        found.Set("product_id", product.Column, "content");
        foreach (var target in new[] { "category", "brand" })
        {
            if (!Open(target)) continue;
            var attribute = Free.Where(p => IsEntity(p) && !HasOtherName(p, target) && p.Distinct < product.Distinct
                && Structure.Determines(product.Column, p.Column) >= 0.95)
                .OrderBy(p => p.Distinct).ThenBy(p => p.Column.Name, StringComparer.Ordinal).FirstOrDefault();
            if (attribute is not null) found.Set(target, attribute.Column, "content");
        }
    }

    void FindMoney()
    {
        if (!Open("price") || !Open("amount")) return;
        var money = Free.Where(p => p.IsNumber && !p.IsTime && p.Distinct > 5
            && (p.HasFractions || LooksLikeMoney(p) || p.Format is { Decorated: true }) && !HasOtherName(p, "price")
                && p.Numbers.Count(n => n < 0) < 0.5 * p.Count).ToList();
        if (money.Count == 0) return;
        var product = found["product_id"];
        if (product is not null)
        {
            // A product has its price; a total changes with the units.
            var fixedByProduct = money.Where(p => Structure.Determines(product, p.Column) >= 0.6)
                .OrderByDescending(p => Structure.Determines(product, p.Column)).FirstOrDefault();
            if (fixedByProduct is not null)
            {
                found.Set("price", fixedByProduct.Column, "content");
                return;
            }
        }

        var chosen = money.OrderByDescending(p => p.Filled).ThenByDescending(p => p.Distinct)
            .ThenBy(p => p.Column.Name, StringComparer.Ordinal).First();
        found.Set(product is null ? "amount" : "price", chosen.Column, "content");
        if (money.Count > 1)
        {
            found.Notes.Add($"Several columns look like money ({Shown.Names(money.Select(p => p.Column.Name))}); "
                + $"'{Shown.Text(chosen.Column.Name)}' was taken. Another one: --map price=COLUMN or --map amount=COLUMN.");
        }
    }

    void FindCounts()
    {
        // From a handful of rows any column of small numbers could be units.
        var counts = Free.Where(p => p.IsNumber && p.Count >= 20 && p.Distinct > 1 && !p.IsTime && !HasOtherName(p, "quantity")
            && !HasOtherName(p, "rating") && p.Numbers.Max() <= 10_000).ToList();
        if (Open("rating") && found["price"] is null && found["amount"] is null)
        {
            // One to five stars (or half stars, or ten points), seldom the lowest: units are mostly one.
            var stars = counts.FirstOrDefault(p => p.Distinct is >= 3 and <= 11 && p.Numbers.Min() >= 0 && p.Numbers.Max() is 5 or 10
                && p.Numbers.Average() > 0.5 * p.Numbers.Max()
                && p.Numbers.All(n => n * 2 == Math.Floor(n * 2)));
            if (stars is not null)
            {
                found.Set("rating", stars.Column, "content");
                counts.Remove(stars);
            }
        }

        if (!Open("quantity") || (found["price"] is null && found["amount"] is null)) return;
        var units = counts.Where(p => p.WholeShare > 0.99 && (LooksLikeCount(p) || p.Numbers.Average() < 100)
            && p.Frequencies[0].Count > 0.1 * p.Count && p.Numbers.Average() > 0)
            .OrderByDescending(p => p.Frequencies[0].Count).ThenBy(p => p.Column.Name, StringComparer.Ordinal).FirstOrDefault();
        if (units is not null) found.Set("quantity", units.Column, "content");
    }
}
