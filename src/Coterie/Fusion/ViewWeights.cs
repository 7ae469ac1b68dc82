namespace Coterie.Fusion;

/// <summary>How much each view counts: stability times predictive validity, relative to the strongest; nothing for a view that agrees with
/// no other better than chance.</summary>
static class ViewWeights
{
    public static ViewWeight[] Of(IReadOnlyList<FusionView> views, IReadOnlyList<AgreementReport> agreements, ConsensusOptions options, List<string> notes)
    {
        var stability = Factors(views, v => v.Stability, options.StabilityPower, "stability", notes);
        var validity = Factors(views, v => v.Validity, options.ValidityPower, "predictive validity", notes);
        double[] raw = [.. views.Select((v, i) => Agrees(v.Name, agreements) ? stability[i] * validity[i] : 0)];
        var most = raw.Max();
        return [.. views.Select((v, i) => new ViewWeight(v.Name, v.Stability, v.Validity, most > 0 ? raw[i] / most : 0, null,
            !Agrees(v.Name, agreements) ? "left out: it agrees with no other view better than chance"
            : raw[i] == 0 ? $"left out: its {(stability[i] == 0 ? "stability" : "predictive validity")} is 0 beside that of the others"
            : options is { StabilityPower: 0, ValidityPower: 0 } ? "all views count alike, as asked for" : "stability and predictive validity, relative to the strongest view"))];
    }

    static bool Agrees(string view, IReadOnlyList<AgreementReport> agreements) =>
        agreements.Any(a => a.BetterThanChance && (a.First == view || a.Second == view));

    // One for each view. A measure that only some views have would punish or favour those without it.
    static double[] Factors(IReadOnlyList<FusionView> views, Func<FusionView, double?> of, double power, string name, List<string> notes)
    {
        double[] same = [.. views.Select(_ => 1.0)];
        if (power == 0) return same;
        var known = views.Count(v => of(v) is not null);
        if (known < views.Count)
        {
            notes.Add(known == 0 ? $"No view has a {name}; it does not enter the weights."
                : $"{views.Count - known} of {views.Count} views have no {name}; it does not enter the weights.");
            return same;
        }

        foreach (var view in views.Where(v => of(v) < 0)) notes.Add($"{view.Name} has a {name} of {of(view):0.###}, which counts as 0.");
        double[] values = [.. views.Select(v => Math.Max(of(v)!.Value, 0))];
        if (values.All(x => x == 0))
        {
            notes.Add($"No view has any {name}; it does not enter the weights.");
            return same;
        }

        return [.. values.Select(x => Math.Pow(x / values.Max(), power))];
    }
}
