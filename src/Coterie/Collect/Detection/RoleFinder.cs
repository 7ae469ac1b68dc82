namespace Coterie.Collect;

/// <summary>Finds what each column of an unknown log means: from its name first, held against its content; from content and structure
/// where names say nothing.</summary>
/// <remarks>No decision looks at the order of columns, so that the same table with its columns moved is understood in the same
/// way.</remarks>
sealed partial class RoleFinder
{
    // A name that fits this well decides alone, if the content does not speak against it.
    const double ClearName = 0.9;
    const double FairName = 0.5;

    static readonly string[] Ids = ["product_id", "order_id", "session_id", "message_id", "anonymous_id"];
    static readonly string[] Measures = ["price", "amount", "quantity", "list_price", "discount", "rating"];
    static readonly string[] Words = ["category", "brand", "currency", "text", "channel", "device", "country", "status", "cancelled"];

    readonly SourceTable table;
    readonly IReadOnlyList<Profile> profiles;
    readonly Assignments found = new();

    RoleFinder(SourceTable table, IReadOnlySet<string> given)
    {
        this.table = table;
        this.given = given;
        // By name, not by place: ties then fall in the same way whatever the order of columns.
        profiles = [.. table.Columns.Select(c => new Profile(c)).OrderBy(p => p.Column.Name, StringComparer.Ordinal)];
    }

    /// <summary>Targets that the operator filled: nothing is searched for them.</summary>
    readonly IReadOnlySet<string> given;

    /// <param name="given">What the operator mapped already.</param>
    /// <exception cref="InputException">No time, no customer, or two columns that may be the customer.</exception>
    public static Assignments Find(SourceTable table, IReadOnlyDictionary<string, Assignment> given)
    {
        var finder = new RoleFinder(table, given.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (var (target, assignment) in given) finder.found.Set(target, assignment.Column, assignment.Why, assignment.Constant);
        finder.FindTime();
        finder.FindKind();
        finder.FindByName();
        finder.FindCustomer();
        finder.FindByContent();
        finder.Settle();
        return finder.found;
    }

    IEnumerable<Profile> Free => profiles.Where(p => !found.IsTaken(p.Column));

    bool Open(string target) => !found.Has(target) && !given.Contains(target);

    void FindTime()
    {
        if (!Open("time")) return;
        var best = profiles
            .Where(p => p.IsTime && !found.IsTaken(p.Column) && (p.Distinct > 1 || p.Count < 3))
            .Select(p => (Profile: p, Score: TimeScore(p), Named: NameFit(p, "time")))
            .Where(c => c.Score > 0)
            .OrderByDescending(c => c.Score)
            .ToList();
        if (best.Count == 0) throw Problems.NoTime(table, profiles);

        // Of two that are equally good, the event is the earlier: orders come before deliveries.
        var top = best.Where(c => c.Score >= best[0].Score - 0.05).Select(c => c.Profile).ToList();
        var chosen = top.Count == 1 ? top[0] : top.MinBy(MedianTime)!;
        if (top.Count > 1)
        {
            found.Notes.Add($"Several columns hold times ({Shown.Names(top.Select(p => p.Column.Name))}); the earliest, "
                + $"'{Shown.Text(chosen.Column.Name)}', was taken as the event's. "
                + "Another one: --map time=COLUMN.");
        }

        found.Set("time", chosen.Column, NameFit(chosen, "time") >= FairName ? "name" : "content");
        FindClock(chosen);
    }

    static double NameFit(Profile p, string role) => Vocabulary.Fit(p.Column.Key, role);

    double TimeScore(Profile p)
    {
        var name = NameFit(p, "time");
        // Bare numbers may be ids or amounts: their name must speak for a time, or nothing else.
        var otherwise = Vocabulary.Roles.Where(r => r != "time").Max(r => NameFit(p, r));
        if (p.IsBareNumberTime && name < FairName && otherwise >= FairName) return 0;
        // An instant says more than a day.
        var clock = p.Column.Present.Any(v => TimeShape.Of(v) is { HasTime: true, Midnight: false }) ? 0.1 : 0;
        return name + (0.3 * p.TimeShare) + (p.IsBareNumberTime ? 0 : 0.1) + clock;
    }

    static double MedianTime(Profile p)
    {
        var instants = p.Column.Present.Select(Instants.Rough).Where(t => !double.IsNaN(t)).Order().ToList();
        return instants.Count == 0 ? double.MaxValue : instants[instants.Count / 2];
    }

    void FindClock(Profile time)
    {
        if (time.Column.Present.Any(v => TimeShape.Of(v) is { HasTime: true })) return;
        found.Clock = profiles.FirstOrDefault(p => p != time && p.IsClock && p.Distinct > 1 && !found.IsTaken(p.Column))?.Column;
    }

    void FindKind()
    {
        if (!Open("kind")) return;
        var candidates = Free
            .Where(p => p.Distinct is > 0 and <= 200 && !p.IsTime && !p.HasFractions && (p.Distinct < 0.5 * p.Count || p.Count < 10))
            .Select(p => (Profile: p, Name: NameFit(p, "kind"), Known: p.ShareOf(v => KindWords.KindOf(v) is not null),
                Telling: p.ShareOf(KindWords.IsTelling)))
            .ToList();
        var words = candidates
            .Where(c => !c.Profile.IsNumber
                && ((c.Known >= 0.8 && c.Telling > 0.2) || (c.Name >= ClearName && c.Known >= 0.3)
                    || (c.Name >= FairName && c.Telling >= 0.3)))
            .OrderByDescending(c => c.Name + c.Telling)
            .FirstOrDefault();
        if (words.Profile is not null)
        {
            found.Set("kind", words.Profile.Column, words.Name >= FairName ? "name" : "content");
            return;
        }

        foreach (var c in candidates.Where(c => c.Name >= ClearName))
        {
            if (c.Profile.IsNumber && KindCodes.For(c.Profile.Column.Key.Joined, c.Profile.Frequencies.Select(f => f.Value)) is { } codes)
            {
                found.Set("kind", c.Profile.Column, "name");
                found.KindCodes = codes.Meanings;
                found.Notes.Add(codes.Note);
                return;
            }

            if (!c.Profile.IsNumber && c.Profile.Distinct is > 1 and <= 60)
            {
                found.Set("kind", c.Profile.Column, "name");
                return;
            }

            found.Notes.Add($"Column '{Shown.Text(c.Profile.Column.Name)}' seems to hold the kind of event, but its values "
                + $"({Shown.Names(c.Profile.Frequencies.Take(5).Select(f => f.Value))}) "
                + "are not understood; it was left in the properties. Write words such as view, add_to_cart, purchase instead.");
        }
    }

    void FindByName()
    {
        var pairs = Ids.Concat(Measures).Concat(Words)
            .Where(Open)
            .SelectMany(role => Free
                .Select(p => (Role: role, Profile: p, Score: NameFit(p, role) >= FairName && Fits(p, role) ? NameFit(p, role)
                    + (0.1 * Preference(p, role)) : 0)))
            .Where(x => x.Score > 0)
            // A name may fit several roles: the customer's and the time's columns are not given to others.
            .Where(x => x.Score >= NameFit(x.Profile, "customer_id") - 0.05 || !CustomerMayBe(x.Profile))
            .OrderByDescending(x => x.Score)
            .ThenBy(x => x.Role, StringComparer.Ordinal)
            .ThenBy(x => x.Profile.Column.Name, StringComparer.Ordinal);
        foreach (var (role, profile, _) in pairs.ToList())
        {
            if (Open(role) && !found.IsTaken(profile.Column)) found.Set(role, profile.Column, "name");
        }
    }

    static double Preference(Profile p, string role) => role switch
    {
        // Names before codes: a category or brand is shown to people.
        "category" or "brand" or "text" => p.IsNumber ? 0 : p.Filled,
        // Products come again; a number of the line does not.
        "product_id" => p.IsUnique && p.Count > 20 ? 0 : p.Filled,
        _ => p.Filled,
    };

    /// <summary>Whether the content allows the role.</summary>
    static bool Fits(Profile p, string role)
    {
        if (p.Count == 0) return role is not ("session_id" or "anonymous_id" or "message_id");
        return role switch
        {
            "price" or "amount" or "list_price" or "discount" => p.IsNumber && !p.IsBareNumberTime,
            "quantity" => p.IsNumber && p.WholeShare > 0.3,
            "rating" => p.IsNumber && p.Numbers.Min() >= 0 && p.Numbers.Max() <= 100 && p.Distinct <= 101,
            "category" => !p.HasFractions && !(p.IsUnique && p.Count > 20),
            "brand" or "channel" or "device" => !p.HasFractions && (p.Count < 20 || p.Distinct < 0.7 * p.Count) && p.Words < 5,
            "currency" => p.ShareOf(v => v.Length is >= 1 and <= 4 && !v.Any(char.IsAsciiDigit)) > 0.9,
            "country" => !p.IsNumber && (p.Count < 20 || p.Distinct < 0.5 * p.Count),
            "status" => p.ShareOf(KnownValues.IsState) > 0.3,
            "cancelled" => p.ShareOf(v => Flags.Contains(v)) > 0.9,
            "text" => !p.IsNumber && !p.IsTime && !p.IsUuid,
            // A shop may sell one product, but not in one order; a number that never changes is neither.
            "product_id" or "order_id" => !p.HasFractions && (!p.IsTime || p.IsBareNumberTime) && !(p.IsConstant && p.Count > 50 && (role == "order_id" || p.IsNumber)),
            "message_id" => p.IsUnique || p.Distinct >= 0.95 * p.Count,
            _ => true,
        };
    }

    // An amount that is the same on all lines of an order is its total: a column of the lines is better, else the total is spread over
    // them.
    void SettleOrderTotals()
    {
        if (found["amount"] is not { } amount || found["order_id"] is not { } order || given.Contains("amount")
            || found.Has("price")) return;
        var orders = profiles.First(p => p.Column == order);
        if (orders.Distinct > 0.9 * orders.Count || Structure.Determines(order, amount) < Holds) return;
        var ofLine = Free.Where(p => p.IsNumber && !p.IsTime && p.Distinct > 2 && p.Numbers.Average() > 0
                && (NameFit(p, "price") > 0.4 || NameFit(p, "amount") > 0.4 || PricesOfLines.Any(w => p.Column.Key.Words.Contains(w)))
                && Structure.Determines(order, p.Column) < 0.9)
            .OrderByDescending(p => Math.Max(NameFit(p, "price"), NameFit(p, "amount"))).ThenBy(p => p.Column.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        if (ofLine is not null)
        {
            found.Remove("amount");
            found.Set(NameFit(ofLine, "amount") > NameFit(ofLine, "price") ? "amount" : "price", ofLine.Column, "content");
            found.Notes.Add($"'{Shown.Text(amount.Name)}' is the total of an order, repeated on its lines; "
                + $"'{Shown.Text(ofLine.Column.Name)}' of the line was taken. Otherwise: --map price=COLUMN.");
            return;
        }

        found.AmountIsOfOrder = true;
        found.Notes.Add($"'{Shown.Text(amount.Name)}' is the same on all lines of an order: it was taken as the order's total and "
            + $"divided by its number of lines. If it belongs to the line: --map amount={Shown.Text(amount.Name)}.");
    }

    static readonly string[] PricesOfLines = ["cost", "item", "line", "price"];

    static readonly HashSet<string> Flags = new(["0", "1", "true", "false", "yes", "no", "y", "n", "t", "f", "ja", "nein", "oui", "non",
        "si", "sí", "да", "нет", "是", "否", "sim", "não"], StringComparer.OrdinalIgnoreCase);

    /// <summary>What remains when all columns are given out: kinds of pairs that explain each other.</summary>
    void Settle()
    {
        // A unit price explains an amount, not the other way round; both are kept apart only where the unit price is there.
        if (found["price"] is not null && found["amount"] is not null && !given.Contains("amount")) found.Remove("amount");

        SettleOrderTotals();

        // Products known by their title only: the title is their id.
        if (Open("product_id") && !found.Has("rating") && found["text"] is { } title
            && profiles.First(p => p.Column == title) is { Words: < 8 } named && named.Distinct < 0.5 * named.Count)
            found.Set("product_id", title, "content");
    }
}
