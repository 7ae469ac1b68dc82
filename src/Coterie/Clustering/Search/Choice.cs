namespace Coterie.Clustering.Search;

/// <summary>What a candidate must reach.</summary>
/// <param name="MinShare">Share of customers in the smallest cluster.</param>
/// <param name="Churn">Share of customers that may change cluster on a refit, on average.</param>
readonly record struct Bars(double MinShare, double Churn)
{
    /// <summary>The same in nine of ten refits: solutions that a refit now and then replaces by quite another one pass the average but not this.</summary>
    public double ChurnHigh => 2.5 * Churn;

    /// <summary>The average for a finer answer when only two or three groups are steady.</summary>
    public double ChurnNearly => 3 * Churn;
}

/// <summary>Which candidate is chosen, and in words why each other one is not. The numbers and what else was tried are in
/// docs/decisions/0004-how-k-is-chosen.md.</summary>
static class Choice
{
    /// <summary>A cluster below this Jaccard is not a valid pattern (Hennig 2007: 0.75 to 0.85 valid, above highly stable).</summary>
    public const double ValidJaccard = 0.75;
    /// <summary>Two or three groups seldom differ in what one would do for them.</summary>
    public const int Useful = 4;
    /// <summary>A finer answer must keep this share of the best silhouette.</summary>
    public const double KeptSeparation = 0.65;
    /// <summary>A finer answer that is only nearly steady must keep more of it.</summary>
    public const double KeptNearly = 0.8;
    /// <summary>By how much another method's score must exceed that of the earlier, simpler one.</summary>
    public const double ClearlyBetter = 0.05;

    /// <summary>A partition separates at most this share of neighbours if its borders run through empty space.</summary>
    public const double Valley = 0.01;

    /// <summary>Whether more replicates could still make the candidate eligible; the bounds close in as replicates come.</summary>
    public static bool Hopeful(Candidate c, Bars bars) => c.MinShare >= bars.MinShare && c.Replicates switch
    {
        <= 2 => c.MinJaccard >= 0.45 && c.Churn <= 0.25,
        <= 4 => c.MinJaccard >= 0.55 && c.Churn <= 0.18,
        _ => c.MinJaccard >= 0.68 && c.Churn <= 0.08,
    };

    static bool Valid(Candidate c, Bars bars) => c.MinShare >= bars.MinShare && c.MinJaccard >= ValidJaccard;

    static bool IsSteady(Candidate c, Bars bars) => Valid(c, bars) && c.Churn <= bars.Churn && c.ChurnHigh <= bars.ChurnHigh;

    /// <summary>Whether the candidate misses steadiness by so little that more replicates may decide otherwise.</summary>
    public static bool NarrowlyMisses(Candidate c, Bars bars) => !IsSteady(c, bars) && Valid(c, bars) && c.Churn <= 1.5 * bars.Churn;

    static bool IsNearlySteady(Candidate c, Bars bars) => Valid(c, bars) && c.Churn <= bars.ChurnNearly;

    /// <summary>The chosen contender, or null when there is none. Contenders are in order of simplicity.</summary>
    public static Contender? Of(IReadOnlyList<Contender> contenders, Bars bars, List<string> notes)
    {
        Contender? chosen = null;
        foreach (var family in contenders.GroupBy(c => (c.View.Index, c.Method, c.Distance)))
        {
            var pick = Finest([.. family], bars);
            if (pick is null) continue;
            if (chosen is null || (pick.Clusters >= chosen.Clusters - 1 && pick.Candidate.Score > chosen.Candidate.Score + ClearlyBetter)
                || FollowsValleys(pick.Candidate, chosen.Candidate)) chosen = pick;
        }

        if (chosen is not null || contenders.Count == 0) return chosen;
        var allowed = contenders.Where(c => c.Candidate.MinShare >= bars.MinShare).ToList();
        if (allowed.Count == 0) allowed = [.. contenders];
        chosen = allowed.MaxBy(c => c.Candidate.Score)!;
        notes.Add($"No candidate is stable under resampling; {Name(chosen.Candidate)} has the best sum of agreement and separation "
            + $"({Share(chosen.Candidate.Churn)} of customers change segment on a refit). Read its segments with care.");
        return chosen;
    }

    // Whether Genie's borders run through empty space where those of the simpler answer cut dense regions, whatever their shape, in pieces. Two or three
    // groups that stand apart are not taken for a division into more.
    static bool FollowsValleys(Candidate genie, Candidate simpler) => genie.Method == "genie" && genie.Clusters >= Math.Min(Useful, simpler.Clusters - 1)
        && genie.Cut <= Valley && simpler.Cut > Valley && genie.Cut <= simpler.Cut / 2;

    // Of one method: the largest number of clusters that still holds, unless separation clearly says otherwise.
    static Contender? Finest(List<Contender> family, Bars bars)
    {
        var steady = family.Where(c => IsSteady(c.Candidate, bars)).ToList();
        var pick = Separated(steady, KeptSeparation);
        if (pick is not null && pick.Clusters >= Useful) return pick;
        var nearly = family.Where(c => IsNearlySteady(c.Candidate, bars)).ToList();
        return Separated(nearly, pick is null ? KeptSeparation : KeptNearly) is { } finer && (pick is null || finer.Clusters > pick.Clusters) ? finer : pick;
    }

    static Contender? Separated(List<Contender> among, double kept)
    {
        if (among.Count == 0) return null;
        var best = among.Max(c => c.Candidate.Silhouette);
        return among.Where(c => c.Candidate.Silhouette >= kept * best).MaxBy(c => c.Clusters);
    }

    public static string Verdict(Contender contender, Contender? chosen, IReadOnlyList<Contender> all, Bars bars)
    {
        var c = contender.Candidate;
        if (chosen is null) return "not chosen: there is no structure beyond a continuum";
        if (ReferenceEquals(contender, chosen)) return "chosen";
        var winner = chosen.Candidate;
        if (c.MinShare < bars.MinShare) return $"its smallest segment holds {Share(c.MinShare)} of customers; at least {Share(bars.MinShare)} is asked for";
        if (c.MinJaccard < ValidJaccard)
            return $"unstable: its weakest segment keeps a Jaccard of {c.MinJaccard:F2} under resampling; {ValidJaccard:F2} is needed";
        var steady = IsSteady(c, bars);
        if (!steady && (c.Churn > bars.ChurnNearly || IsSteady(winner, bars)))
        {
            return c.Churn > bars.Churn
                ? $"unstable: {Share(c.Churn)} of customers change segment on a refit; at most {Share(bars.Churn)} is asked for"
                : $"unstable: one refit in ten moves {Share(c.ChurnHigh)} of customers or more; at most {Share(bars.ChurnHigh)} is asked for";
        }

        var best = all.Where(o => o.View == contender.View && o.Method == contender.Method && o.Distance == contender.Distance
            && (steady ? IsSteady(o.Candidate, bars) : IsNearlySteady(o.Candidate, bars))).MaxBy(o => o.Candidate.Silhouette);
        if (best is not null && c.Clusters > winner.Clusters && c.Silhouette < KeptSeparation * best.Candidate.Silhouette)
            return $"stable, but it splits groups: silhouette {c.Silhouette:F2} against {best.Candidate.Silhouette:F2} with {best.Clusters} clusters";
        if (c.Method == winner.Method && c.Distance == winner.Distance && c.View == winner.View)
        {
            return c.Clusters < winner.Clusters
                ? $"stable, but coarser than {winner.Clusters} clusters, which are stable too"
                : $"less stable than {winner.Clusters} clusters, and no better separated";
        }

        return c.Clusters < winner.Clusters - 1
            ? $"stable, but coarser than {Name(winner)}"
            : $"stable, but not clearly better than {Name(winner)}: score {c.Score:F2} against {winner.Score:F2}";
    }

    public static string Name(Candidate c) =>
        $"{c.Method}{(c.Distance == Distance.Cosine ? " (cosine)" : "")} with {c.Clusters} clusters{(c.View == "portrait" ? "" : $" on {c.View}")}";

    static string Share(double share) => $"{100 * share:0.#} %";
}
