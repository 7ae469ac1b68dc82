namespace Coterie.Simulation;

/// <summary>The personas that are alike in their totals and differ in order only. Both members of a pair run the same code with the
/// same draws; one flag decides in which order the same things happen.</summary>
/// <remarks>So the two have the same law of sessions, their times and lengths, counts of every kind, products, spend, gaps between
/// orders and shares of categories: exactly, by construction, up to the few sessions that the ends of the period cut off.</remarks>
static class PairedLives
{
    /// <summary>Researchers and impulse buyers. An episode is about one product P and its rival R, and a side interest X and Y in
    /// the same category: up to two sessions before, one session of buying, up to two sessions after.
    /// Researchers look at P R P R before, compare once more and buy last, and look at X Y afterwards; impulse buyers look at X Y
    /// before, buy P at first sight, and look at P R P R in the rest of the session and afterwards.</summary>
    public static void Compare(Journey journey, bool buysFirst)
    {
        Lives.Background(journey, sessionsPerYear: 2.5, buys: 0.08);
        var draws = journey.Draws;
        var episodes = draws.Poisson(4 * journey.Traits.Activity * journey.Traits.Years);
        for (var i = 0; i < episodes; i++)
        {
            var first = draws.Chance(journey.Traits.Fidelity) == buysFirst;
            var leaf = journey.SomeLeaf();
            int wanted = journey.SomeProduct(leaf), rival = journey.Catalogue.Rival(draws, wanted);
            int side = journey.SomeProduct(leaf), other = journey.Catalogue.Rival(draws, side);
            var day = journey.SomeDay(Season.Everyday);
            int before = draws.Int(3), after = draws.Int(3);

            var when = day;
            for (var s = 0; s < before; s++) Alternate(journey, when -= 1 + draws.Int(3), first ? side : wanted, first ? other : rival);
            BuyingSession(journey, day, leaf, wanted, rival, first);
            when = day;
            for (var s = 0; s < after; s++) Alternate(journey, when += 1 + draws.Int(3), first ? wanted : side, first ? rival : other);
        }
    }

    static void Alternate(Journey journey, int day, int one, int two)
    {
        var views = 2 + journey.Draws.Poisson(0.9);
        journey.Open(day);
        for (var i = 0; i < views; i++) journey.View(i % 2 == 0 ? one : two);
    }

    static void BuyingSession(Journey journey, int day, int leaf, int wanted, int rival, bool first)
    {
        var draws = journey.Draws;
        var views = 3 + draws.Poisson(1.2);
        bool searches = draws.Chance(0.4), doubts = draws.Chance(0.15), checksOut = draws.Chance(0.5), buys = draws.Chance(0.9);
        var quantity = 1 + (draws.Chance(0.12) ? 1 : 0);
        var aftermath = journey.After(wanted);

        journey.Open(day);
        if (searches) journey.Search(leaf);
        journey.View(wanted);
        if (first) Take();
        for (var i = 1; i < views; i++) journey.View(i % 2 == 0 ? wanted : rival);
        if (doubts)
        {
            journey.Cart(rival);
            journey.Uncart(rival);
        }

        if (!first) Take();

        void Take()
        {
            journey.Cart(wanted, quantity);
            if (!buys) return;
            if (checksOut) journey.Checkout();
            journey.NewOrder();
            journey.Buy(wanted, quantity, aftermath);
        }
    }

    /// <summary>Replenishers and loyal high spenders. Both order dear consumables every so many days, each order for one of three or
    /// four needs. Replenishers go through their needs in rotation, A B C A B C; loyal customers have the same number of orders
    /// for every need, in any order.</summary>
    public static void Need(Journey journey, bool inRotation)
    {
        Lives.Background(journey, sessionsPerYear: 3, buys: 0.08);
        var draws = journey.Draws;
        var needs = SomeNeeds(journey);
        // Active customers order more often, but not in proportion: they also order more at once.
        var period = Math.Clamp(34 / Math.Sqrt(journey.Traits.Activity), 12, 90);
        var orders = new List<int>();
        var at = journey.Traits.Arrives + period * draws.Uniform();
        for (; at < journey.Traits.Leaves; at += period * Math.Max(0.3, 1 + 0.2 * draws.Normal())) orders.Add((int)at);

        var need = new int[orders.Count];
        for (var i = 0; i < need.Length; i++) need[i] = i % needs.Length;
        Disorder(journey, need, inRotation);
        for (var i = 0; i < need.Length; i++) OrderSession(journey, orders[i], needs[need[i]]);
    }

    // Three or four consumables of different categories and of nearly the same place in their price lists.
    static int[] SomeNeeds(Journey journey)
    {
        var draws = journey.Draws;
        var shelves = new int[12];
        for (var i = 0; i < shelves.Length; i++) shelves[i] = i;
        draws.Shuffle(shelves);
        var needs = new int[3 + draws.Int(2)];
        for (var i = 0; i < needs.Length; i++)
            needs[i] = journey.Catalogue.Near(draws, shelves[i], Math.Min(0.98, journey.Traits.Taste + 0.25));
        return needs;
    }

    // Replenishers stray now and then by one place; the others follow no order at all. Draws of its own: nothing else may shift.
    static void Disorder(Journey journey, int[] need, bool inRotation)
    {
        if (!inRotation)
        {
            journey.Own.Shuffle(need);
            return;
        }

        for (var i = 1; i < need.Length; i++)
            if (!journey.Own.Chance(journey.Traits.Fidelity)) (need[i - 1], need[i]) = (need[i], need[i - 1]);
    }

    static void OrderSession(Journey journey, int day, int product)
    {
        var draws = journey.Draws;
        var leaf = journey.Catalogue.LeafOf(product);
        var quantity = 1 + draws.Poisson(0.8);
        bool looksBefore = draws.Chance(0.3), searches = draws.Chance(0.2), more = draws.Chance(0.25), checksOut = draws.Chance(0.5);
        if (looksBefore)
        {
            journey.Open(day - 1 - draws.Int(2));
            journey.View(product);
            journey.View(journey.Catalogue.Rival(draws, product));
        }

        journey.Open(day);
        if (searches) journey.Search(leaf);
        journey.View(product);
        var second = journey.Catalogue.Rival(draws, product);
        if (more) journey.View(second);
        journey.Cart(product, quantity);
        if (more) journey.Cart(second);
        if (checksOut) journey.Checkout();
        journey.NewOrder();
        journey.Buy(product, quantity, journey.After(product));
        if (more) journey.Buy(second, 1, journey.After(second));
    }
}
