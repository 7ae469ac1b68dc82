using Coterie.Numerics;

namespace Coterie.Simulation;

/// <summary>What follows a purchase, drawn before the events around it are put in order.</summary>
readonly record struct Aftermath(bool Reviews, int ReviewAfterDays, int Rating, bool Refunds, int RefundAfterDays, uint Bits);

/// <summary>One customer's events while they are made. Reused from customer to customer.</summary>
/// <remarks>Events of a session take slots: each slot costs one draw for its gap, whatever happens in it. So two personas that do
/// the same things in another order have the same sessions, at the same times, of the same length. An event outside the period
/// costs its draws and is dropped.</remarks>
sealed class Journey(Catalogue catalogue, Calendar calendar, Seed seed)
{
    // Streams of one customer: 2^3 of them.
    const ulong PersonaStream = 0, LifeStream = 1, OrderStream = 2, DirtStream = 3;

    // Seconds between two events of a session: middle and ends.
    const int MeanGap = 45, LeastGap = 3, LargestGap = 1_200;

    public readonly List<SimulatedEvent> Events = [];
    public readonly List<SimulatedSession> Sessions = [];
    public readonly Traits Traits = new();

    int clock;
    int orders;
    bool open;

    public Catalogue Catalogue => catalogue;
    public Calendar Calendar => calendar;
    /// <summary>Every choice that both members of a pair make alike.</summary>
    public Draws Draws { get; private set; } = null!;
    /// <summary>Choices that only the persona makes: kept apart so that they do not shift the others.</summary>
    public Draws Own { get; private set; } = null!;
    /// <summary>Noise, duplicates, anonymity.</summary>
    public Draws Dirt { get; private set; } = null!;

    /// <summary>The persona of a customer: depends on the seed and the number only.</summary>
    public static Persona PersonaOf(Seed seed, uint source) => Personas.At(seed.Stream(((ulong)source << 3) | PersonaStream).NextDouble());

    public void Begin(uint source)
    {
        Events.Clear();
        Sessions.Clear();
        orders = 0;
        open = false;
        Draws = new Draws(seed.Stream(((ulong)source << 3) | LifeStream));
        Own = new Draws(seed.Stream(((ulong)source << 3) | OrderStream));
        Dirt = new Draws(seed.Stream(((ulong)source << 3) | DirtStream));
        Traits.Draw(Draws, calendar.Days);
    }

    /// <summary>A day of this customer's time with the shop.</summary>
    public int SomeDay(Season season) => calendar.Day(Draws, season, Traits.Arrives, Traits.Leaves);

    /// <summary>A category: mostly a favourite.</summary>
    public int SomeLeaf()
    {
        int favourite = Traits.Favourites[Draws.Pick([4, 3, 2, 1])], other = Draws.Int(Catalogue.Leaves);
        return Draws.Chance(0.75) ? favourite : other;
    }

    public int SomeProduct(int leaf) => catalogue.Near(Draws, leaf, Traits.Taste);

    /// <summary>Opens a session on a day; outside the period it stays shut and swallows its events.</summary>
    public void Open(int day, bool fromEmail = false)
    {
        var peak = Traits.PeakHour + (int)Math.Floor(1.5 * Draws.Normal() + 0.5);
        var hour = Calendar.Hour(Draws);
        if (Draws.Chance(0.6)) hour = peak;
        var second = Draws.Int(3_600);
        byte device = Traits.SessionDevice(Draws), channel = Traits.SessionChannel(Draws);
        if (fromEmail) channel = Traits.Email;

        clock = day * 86_400 + (((hour - Traits.HoursEast) % 24 + 24) % 24) * 3_600 + second;
        open = day >= 0 && day < calendar.Days;
        if (!open) return;
        Sessions.Add(new SimulatedSession { Device = device, Channel = channel });
        if (channel == Traits.PaidSearch) Put(new SimulatedEvent { Second = clock - 1, Kind = EventKind.AdClick, Product = -1, Order = -1 });
    }

    public void Search(int leaf) => Put(Slot(EventKind.Search) with { Text = Phrases.Query(leaf, Draws.Bits()) });

    public void View(int product) => Put(Priced(Slot(EventKind.View), product));

    public void Wish(int product) => Put(Priced(Slot(EventKind.Wishlist), product));

    public void Cart(int product, int quantity = 1) => Put(Priced(Slot(EventKind.AddToCart), product) with { Quantity = quantity });

    public void Uncart(int product, int quantity = 1) => Put(Priced(Slot(EventKind.RemoveFromCart), product) with { Quantity = quantity });

    public void Checkout() => Put(Slot(EventKind.Checkout));

    /// <summary>Starts an order; its lines follow by <see cref="Buy"/>.</summary>
    public void NewOrder() => orders++;

    /// <summary>One line of the order, and what comes of it later.</summary>
    public void Buy(int product, int quantity, Aftermath after)
    {
        var line = Priced(Slot(EventKind.Purchase), product) with { Quantity = quantity, Order = orders };
        if (!Put(line)) return;
        var session = Sessions[^1];
        session.Bought = true;
        Sessions[^1] = session;

        if (after.Refunds)
            Later(line with { Kind = EventKind.Refund, Second = clock + after.RefundAfterDays * 86_400 + 3_600 });
        if (after.Refunds && (after.Bits >> 28) < 5)
        {
            Later(line with
            {
                Kind = EventKind.Message, Second = clock + after.RefundAfterDays * 86_400, Quantity = 0,
                Text = Phrases.Message(Traits.Chinese, after.Bits),
            });
        }

        if (after.Reviews)
        {
            Later(line with
            {
                Kind = EventKind.Review, Second = clock + after.ReviewAfterDays * 86_400 + (int)(after.Bits % 7_200),
                Cents = 0, ListCents = 0, Quantity = 0, Rating = (byte)after.Rating, Text = Phrases.Review(after.Rating, Traits.Chinese, after.Bits),
            });
        }
    }

    /// <summary>Draws what will come of buying this product: good products please, bad ones come back.</summary>
    public Aftermath After(int product)
    {
        var pleased = 1.5 + 3 * catalogue.Quality(product) + 0.8 * Draws.Normal();
        bool reviews = Draws.Chance(Traits.Reviews), refunds = Draws.Chance(pleased < 2.2 ? 0.15 : 0.02);
        return new Aftermath(reviews, 3 + Draws.Int(20), Math.Clamp((int)Math.Floor(pleased + 0.5), 1, 5), refunds, 4 + Draws.Int(20), Draws.Bits());
    }

    /// <summary>A campaign mail that the customer opens.</summary>
    public void OpenMail(int day)
    {
        var second = day * 86_400 + 6 * 3_600 + Draws.Int(14 * 3_600);
        var text = Phrases.Campaign(Draws.Bits());
        if (day >= 0 && day < calendar.Days)
            Events.Add(new SimulatedEvent { Second = second, Kind = EventKind.EmailOpen, Product = -1, Order = -1, Session = -1, Text = text });
    }

    /// <summary>One view at noon of the first day, for a life whose only session the end of the period cut off.</summary>
    public void Appear()
    {
        clock = Traits.Arrives * 86_400 + 43_200;
        Later(Priced(new SimulatedEvent { Second = clock, Kind = EventKind.View, Order = -1 }, Traits.Favourites[0] * catalogue.PerLeaf));
    }

    /// <summary>Puts the events in order, no two in the same second, and drops what lies beyond the period.</summary>
    public void Finish()
    {
        Events.Sort((a, b) => a.Second != b.Second ? a.Second.CompareTo(b.Second) : a.Kind.CompareTo(b.Kind));
        var last = -1;
        var kept = 0;
        for (var i = 0; i < Events.Count; i++)
        {
            var e = Events[i];
            if (e.Second <= last) e.Second = last + 1;
            if (e.Second < 0 || e.Second >= calendar.Seconds) continue;
            last = e.Second;
            Events[kept++] = e;
        }

        Events.RemoveRange(kept, Events.Count - kept);
    }

    // One slot of the open session.
    SimulatedEvent Slot(EventKind kind)
    {
        clock += Math.Clamp((int)(MeanGap * Draws.Exponential()), LeastGap, LargestGap);
        return new SimulatedEvent { Second = clock, Kind = kind, Product = -1, Order = -1 };
    }

    SimulatedEvent Priced(SimulatedEvent e, int product)
    {
        e.Product = product;
        e.ListCents = catalogue.ListCents(product);
        e.Cents = catalogue.Cents(product, Math.Clamp(clock / 86_400, 0, calendar.Days - 1));
        return e;
    }

    bool Put(SimulatedEvent e)
    {
        if (!open) return false;
        e.Session = Sessions.Count - 1;
        Events.Add(e);
        return true;
    }

    void Later(SimulatedEvent e)
    {
        e.Session = -1;
        Events.Add(e);
    }
}
