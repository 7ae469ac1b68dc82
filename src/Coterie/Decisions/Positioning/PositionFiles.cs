namespace Coterie.Decisions.Positioning;

/// <summary>The tables that positioning writes.</summary>
static class PositionFiles
{
    internal static IReadOnlyList<DecisionFile> Of(PositioningResult r) =>
    [
        new("positioning", ["kind", "id", "name", "name_zh", "mass", "x", "x_low", "x_high", "y", "y_low", "y_high", "quality", "contribution"],
            (r.Map?.Points ?? []).Select(p => (IReadOnlyList<object?>)
                [p.Kind, p.Id, p.Name.En, p.Name.Zh, p.Mass, p.X.Value, p.X.Low, p.X.High, p.Y.Value, p.Y.Low, p.Y.High, p.Quality, p.Contribution])),
        new("wallet", ["segment", "group", "share", "low", "high", "against_everybody", "against_low", "against_high"],
            r.Wallet.Select(w => (IReadOnlyList<object?>)[w.Segment, w.Group, w.Share.Value, w.Share.Low, w.Share.High, w.AgainstEverybody.Value, w.AgainstEverybody.Low, w.AgainstEverybody.High])),
        new("switching", ["from", "to", "pairs", "share", "expected", "residual"],
            r.Switching is not { } s ? [] : s.Groups.SelectMany((_, _) => s.Groups, (from, to) => (from, to)).Select(p => (p.from, p.to, i: Place(s, p.from), j: Place(s, p.to)))
                .Select(p => (IReadOnlyList<object?>)[p.from, p.to, s.Counts[p.i][p.j], s.Shares[p.i][p.j], s.Expected[p.i][p.j], s.Residuals[p.i][p.j]])),
        new("baskets", ["segment", "if", "if_names", "then", "then_name", "baskets", "support", "confidence", "lift", "lift_low", "lift_high", "adjusted_p", "later_lift"],
            r.Rules.Select(x => (IReadOnlyList<object?>)
            [
                x.Segment, string.Join(" + ", x.If), string.Join(" + ", x.IfNames), x.Then, x.ThenName, x.Baskets, x.Support, x.Confidence, x.Lift.Value, x.Lift.Low, x.Lift.High, x.Adjusted, x.LaterLift,
            ])),
    ];

    static int Place(SwitchingMatrix s, string name) => s.Groups.ToList().IndexOf(name);
}
