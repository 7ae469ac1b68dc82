namespace Coterie.Simulation;

/// <summary>What a real log has besides its customers' doings: sessions without a login, stray and broken rows, robots, strangers.</summary>
static class Dirt
{
    // Seven in ten browsers that were used without a login are recognised by one later.
    const double Identified = 0.7;

    /// <summary>Adds noise and anonymity to a finished life. Returns how many of its events are noise.</summary>
    public static int Soil(Journey journey, SimulationOptions options)
    {
        Anonymise(journey, options.AnonymousShare);
        var noise = AddNoise(journey, options.NoiseShare);
        journey.Finish();
        return noise;
    }

    static void Anonymise(Journey journey, double share)
    {
        if (share == 0) return;
        var draws = journey.Dirt;
        var events = journey.Events;
        var anonymous = new bool[journey.Sessions.Count];
        for (var i = 0; i < anonymous.Length; i++) anonymous[i] = draws.Chance(share) && !journey.Sessions[i].Bought;
        var identifies = draws.Chance(Identified);

        // Whoever is in the truth is also in the log: one event at least is under the customer's own name.
        var known = events.Exists(e => e.Session < 0 || !anonymous[e.Session]);
        if (!known && events.Count > 0) anonymous[events[0].Session] = false;
        if (!Array.Exists(anonymous, a => a)) return;

        var last = -1;
        var chosen = -1;
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (e.Session < 0 || !anonymous[e.Session]) continue;
            if (chosen < 0) chosen = e.Session;
            if (e.Session == chosen) last = e.Second;
            e.Identity = Identity.Anonymous;
            events[i] = e;
        }

        if (identifies && last >= 0)
            events.Add(Bare(EventKind.Identify, last + 5 + draws.Int(60)) with { Identity = Identity.Both, Session = chosen });
    }

    static int AddNoise(Journey journey, double share)
    {
        if (share == 0 || journey.Events.Count == 0) return 0;
        var draws = journey.Dirt;
        int first = journey.Events[0].Second, last = journey.Events[^1].Second;
        var count = draws.Poisson(share * journey.Events.Count);
        for (var i = 0; i < count; i++)
        {
            // Between the first and the last thing that the customer did, so that noise makes nobody more recent.
            var second = first + (int)(draws.Uniform() * (last - first));
            var product = draws.Int(journey.Catalogue.Count);
            var e = draws.Pick([4, 2, 1.5, 1.5, 1]) switch
            {
                0 => Priced(journey, Bare(EventKind.View, second), product),
                1 => Priced(journey, Bare(EventKind.Click, second), product),
                2 => Bare(EventKind.PageScroll, second),
                3 => Bare(EventKind.PopupClose, second),
                _ => Broken(journey, second, product),
            };
            e.Noise = true;
            journey.Events.Add(e);
        }

        return count;
    }

    // A row that no rule should let pass.
    static SimulatedEvent Broken(Journey journey, int second, int product)
    {
        var fault = (Fault)(1 + journey.Dirt.Int(6));
        var kind = fault is Fault.NoTime or Fault.FarFuture ? EventKind.View : EventKind.Purchase;
        var e = Priced(journey, Bare(kind, second), product);
        e.Fault = fault;
        e.Quantity = kind == EventKind.Purchase ? 1 : 0;
        return e;
    }

    /// <summary>A crawler: in one to three bursts through the catalogue, eight pages a second.</summary>
    public static Identity Crawl(Journey journey)
    {
        var draws = journey.Dirt;
        var bursts = 1 + draws.Int(3);
        for (var b = 0; b < bursts; b++)
        {
            var second = draws.Int(journey.Calendar.Seconds);
            var product = draws.Int(journey.Catalogue.Count);
            var pages = 300 + draws.Int(300);
            journey.Sessions.Add(new SimulatedSession { Device = 1, Channel = 0 });
            for (var i = 0; i < pages && second + i / 8 < journey.Calendar.Seconds; i++)
            {
                var page = Bare(EventKind.View, second + i / 8) with { Session = b };
                journey.Events.Add(Priced(journey, page, (product + i) % journey.Catalogue.Count));
            }
        }

        return draws.Chance(0.6) ? Identity.Customer : Identity.Anonymous;
    }

    /// <summary>A visitor of one to three sessions who never says who it is.</summary>
    public static Identity Visit(Journey journey)
    {
        for (var sessions = 1 + journey.Draws.Int(3); sessions > 0; sessions--)
            Lives.Ordinary(journey, journey.SomeDay(Season.Everyday), buys: 0);
        journey.Finish();
        return Identity.Anonymous;
    }

    static SimulatedEvent Bare(EventKind kind, int second)
        => new() { Second = second, Kind = kind, Product = -1, Order = -1, Session = -1 };

    static SimulatedEvent Priced(Journey journey, SimulatedEvent e, int product) => e with
    {
        Product = product,
        ListCents = journey.Catalogue.ListCents(product),
        Cents = journey.Catalogue.Cents(product, Math.Clamp(e.Second / 86_400, 0, journey.Calendar.Days - 1)),
    };
}
