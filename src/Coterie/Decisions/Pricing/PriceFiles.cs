namespace Coterie.Decisions.Pricing;

/// <summary>The tables that pricing writes.</summary>
static class PriceFiles
{
    internal static IReadOnlyList<DecisionFile> Of(PricingResult r) =>
    [
        new("pricing", ["group", "segment", "answered", "reason", "elasticity", "low", "high", "own_elasticity", "own_low", "own_high", "own_share", "products", "products_moved", "units",
            "price_spread", "price_spread_needed", "action", "price_ratio", "gain_share", "gain_share_low", "gain_share_high"],
            r.Elasticities.Select(e => (IReadOnlyList<object?>)
            [
                e.Group, e.Segment ?? "all", e.Answered, e.Reason, e.Shrunk?.Value, e.Shrunk?.Low, e.Shrunk?.High, e.Own?.Value, e.Own?.Low, e.Own?.High, e.OwnShare, e.Products, e.Moved, e.Units,
                e.Spread, e.SpreadNeeded, e.Proposal?.Action, e.Proposal?.Ratio, e.Proposal?.GainShare.Value, e.Proposal?.GainShare.Low, e.Proposal?.GainShare.High,
            ])),
        new("price_proposals", ["product_id", "name", "group", "price_now", "unit_cost", "units_per_week", "action", "price", "lowest_seen", "highest_seen", "at_the_edge", "gain_per_week", "gain_low", "gain_high"],
            r.Proposals.Select(p => (IReadOnlyList<object?>)
            [
                p.Product, p.Name, p.Group, p.PriceNow, p.Cost, p.UnitsPerWeek, p.Proposal.Action, p.Price, p.Proposal.LowestRatio * p.PriceNow, p.Proposal.HighestRatio * p.PriceNow,
                p.Proposal.AtTheEdge, p.GainPerWeek.Value, p.GainPerWeek.Low, p.GainPerWeek.High,
            ])),
    ];
}
