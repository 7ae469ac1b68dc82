namespace Coterie.Simulation;

/// <summary>What each persona does in its time with the shop. The two pairs that differ in order only are in <see cref="PairedLives"/>.</summary>
static class Lives
{
    public static void Live(Journey journey, Persona persona)
    {
        switch (persona)
        {
            case Persona.Researcher: PairedLives.Compare(journey, buysFirst: false); break;
            case Persona.Impulse: PairedLives.Compare(journey, buysFirst: true); break;
            case Persona.Replenisher: PairedLives.Need(journey, inRotation: true); break;
            case Persona.Loyal: PairedLives.Need(journey, inRotation: false); break;
            case Persona.DealHunter: HuntDeals(journey); break;
            case Persona.GiftGiver: GiveGifts(journey); break;
            case Persona.WindowShopper: LookAround(journey); break;
            case Persona.Lapsing: Fade(journey); break;
            default: throw new ArgumentOutOfRangeException(nameof(persona), persona, null);
        }

        // Whoever did nothing else came by once: a customer of whom nothing is known could not be in the log.
        if (journey.Events.Count == 0) Ordinary(journey, journey.SomeDay(Season.Everyday), buys: 0);
    }

    /// <summary>A session as anybody has it: a search or not, some views in one category, now and then a cart or a purchase.</summary>
    public static void Ordinary(Journey journey, int day, double buys, bool fromEmail = false)
    {
        var draws = journey.Draws;
        var leaf = journey.SomeLeaf();
        var views = 1 + draws.Poisson(1.7);
        journey.Open(day, fromEmail);
        if (draws.Chance(0.3)) journey.Search(leaf);
        var product = journey.SomeProduct(leaf);
        journey.View(product);
        for (var i = 1; i < views; i++) journey.View(product = journey.SomeProduct(leaf));
        if (draws.Chance(buys)) Order(journey, product, 1 + (draws.Chance(0.15) ? 1 : 0));
        else if (draws.Chance(0.08)) Abandon(journey, product);
        else if (draws.Chance(0.04)) journey.Wish(product);
    }

    /// <summary>Background that all personas have in common: ordinary sessions and mails.</summary>
    public static void Background(Journey journey, double sessionsPerYear, double buys, double mails = 1)
    {
        var draws = journey.Draws;
        var sessions = draws.Poisson(sessionsPerYear * journey.Traits.Activity * journey.Traits.Years);
        for (var i = 0; i < sessions; i++) Ordinary(journey, journey.SomeDay(Season.Everyday), buys);
        var opened = draws.Poisson(mails * journey.Traits.Mails * journey.Traits.Years);
        for (var i = 0; i < opened; i++) journey.OpenMail(journey.SomeDay(Season.Everyday));
    }

    static void Order(Journey journey, int product, int quantity)
    {
        var after = journey.After(product);
        journey.Cart(product, quantity);
        if (journey.Draws.Chance(0.5)) journey.Checkout();
        journey.NewOrder();
        journey.Buy(product, quantity, after);
    }

    static void Abandon(Journey journey, int product)
    {
        journey.Cart(product);
        if (journey.Draws.Chance(0.5)) journey.Uncart(product);
    }

    // Wishes at full price, comes back in a sale or by a mail, takes the deepest of several offers or leaves it in the cart.
    static void HuntDeals(Journey journey)
    {
        Background(journey, sessionsPerYear: 3, buys: 0.08, mails: 1.8);
        var draws = journey.Draws;
        var hunts = draws.Poisson(6.2 * journey.Traits.Activity * journey.Traits.Years);
        for (var i = 0; i < hunts; i++)
        {
            var typical = draws.Chance(journey.Traits.Fidelity);
            var day = journey.SomeDay(typical ? Season.Sales : Season.Everyday);
            var leaf = journey.SomeLeaf();
            var best = journey.SomeProduct(leaf);
            for (var k = 0; k < (typical ? 4 : 0); k++)
            {
                var other = journey.SomeProduct(leaf);
                if (Depth(journey, other, day) > Depth(journey, best, day)) best = other;
            }

            if (draws.Chance(0.35))
            {
                journey.Open(day - 4 - draws.Int(25));
                journey.View(best);
                journey.Wish(best);
            }

            var fromEmail = draws.Chance(0.3);
            if (fromEmail) journey.OpenMail(day);
            journey.Open(day, fromEmail);
            if (draws.Chance(0.3)) journey.Search(leaf);
            for (var views = 1 + draws.Poisson(1.5); views > 0; views--) journey.View(journey.SomeProduct(leaf));
            journey.View(best);
            if (draws.Chance(Depth(journey, best, day) > 0.15 ? 0.75 : 0.25)) Order(journey, best, 1 + draws.Poisson(0.3));
            else Abandon(journey, best);
        }
    }

    static double Depth(Journey journey, int product, int day)
        => 1 - journey.Catalogue.Cents(product, day) / (double)journey.Catalogue.ListCents(product);

    // Before the days of giving, from the gift shelves, dearer than for oneself, sometimes several presents in one order.
    static void GiveGifts(Journey journey)
    {
        Background(journey, sessionsPerYear: 3.5, buys: 0.08);
        var draws = journey.Draws;
        var occasions = draws.Poisson(4.2 * journey.Traits.Activity * journey.Traits.Years);
        for (var i = 0; i < occasions; i++)
        {
            var typical = draws.Chance(journey.Traits.Fidelity);
            var day = journey.SomeDay(typical ? Season.Gifts : Season.Everyday);
            var presents = 1 + (draws.Chance(0.35) ? 1 + draws.Int(2) : 0);
            journey.Open(day);
            journey.NewOrder();
            var chosen = new int[presents];
            for (var p = 0; p < presents; p++)
            {
                var leaf = draws.Chance(typical ? 0.7 : 0.3) ? 12 + draws.Int(5) : journey.SomeLeaf();
                for (var views = 2 + draws.Poisson(1.6); views > 0; views--)
                    journey.View(chosen[p] = journey.Catalogue.Near(draws, leaf, Math.Min(0.98, journey.Traits.Taste + 0.2)));
                journey.Cart(chosen[p]);
            }

            if (draws.Chance(0.15)) continue;
            if (draws.Chance(0.6)) journey.Checkout();
            foreach (var present in chosen) journey.Buy(present, 1, journey.After(present));
        }
    }

    // Many sessions, many views, a wish here and there, hardly a purchase.
    static void LookAround(Journey journey)
    {
        Background(journey, sessionsPerYear: 3, buys: 0.05);
        var draws = journey.Draws;
        var visits = draws.Poisson(12 * journey.Traits.Activity * journey.Traits.Years);
        for (var i = 0; i < visits; i++)
        {
            var leaf = journey.SomeLeaf();
            journey.Open(journey.SomeDay(Season.Everyday));
            if (draws.Chance(0.3)) journey.Search(leaf);
            var product = 0;
            for (var views = 1 + draws.Poisson(2.4); views > 0; views--)
            {
                journey.View(product = journey.SomeProduct(leaf));
                if (draws.Chance(0.05)) journey.Wish(product);
                if (draws.Chance(0.15)) leaf = journey.SomeLeaf();
            }

            if (draws.Chance(0.025)) Order(journey, product, 1);
            else if (draws.Chance(0.1)) Abandon(journey, product);
        }
    }

    // Ordinary sessions with ordinary purchases, thinned by half in every half-life after the day on which interest begins to fade.
    static void Fade(Journey journey)
    {
        var draws = journey.Draws;
        var fades = journey.Traits.Arrives + (int)(draws.Uniform() * 0.7 * journey.Traits.Span);
        var halfLife = 20 + 50 * draws.Uniform();
        var sessions = draws.Poisson(26 * journey.Traits.Activity * journey.Traits.Years);
        for (var i = 0; i < sessions; i++)
        {
            var day = journey.SomeDay(Season.Everyday);
            var left = day <= fades ? 1 : Portable.Exp(-0.6931471805599453 * (day - fades) / halfLife);
            if (draws.Chance(left)) Ordinary(journey, day, buys: 0.22);
        }

        var opened = draws.Poisson(0.7 * journey.Traits.Mails * journey.Traits.Years);
        for (var i = 0; i < opened; i++) journey.OpenMail(journey.SomeDay(Season.Everyday));
    }
}
