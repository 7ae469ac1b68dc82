namespace Coterie.Collect;

/// <summary>Numbers that stand for kinds of events in well-known data sets.</summary>
static class KindCodes
{
    /// <param name="Meanings">Code to kind.</param>
    /// <param name="Note">What was assumed, for the operator.</param>
    public sealed record Coding(IReadOnlyDictionary<string, string> Meanings, string Note);

    /// <summary>The coding that name and values belong to, or null.</summary>
    public static Coding? For(string joinedName, IEnumerable<string> values)
    {
        var seen = values.ToHashSet(StringComparer.Ordinal);
        // Tianchi mobile recommendation (tianchi_mobile_recommend_train_user.csv): behavior_type 1 click, 2 collect, 3 add to cart, 4
        // payment.
        if (joinedName is "behaviortype" or "behaviourtype" or "行为类型" or "用户行为类型" && seen.IsSubsetOf(["1", "2", "3", "4"]))
        {
            return new Coding(
                new Dictionary<string, string> { ["1"] = "view", ["2"] = "wishlist", ["3"] = "add_to_cart", ["4"] = "purchase" },
                "The behaviour codes 1 to 4 were read as in the Tianchi data: 1 view, 2 wishlist, 3 add_to_cart, 4 purchase.");
        }

        // IJCAI-15 Tmall (user_log_format1.csv): action_type 0 click, 1 add to cart, 2 purchase, 3 add to favourites.
        if (joinedName is "actiontype" && seen.IsSubsetOf(["0", "1", "2", "3"]))
        {
            return new Coding(
                new Dictionary<string, string> { ["0"] = "view", ["1"] = "add_to_cart", ["2"] = "purchase", ["3"] = "wishlist" },
                "The action codes 0 to 3 were read as in the IJCAI-15 Tmall data: 0 view, 1 add_to_cart, 2 purchase, 3 wishlist.");
        }

        return null;
    }
}
