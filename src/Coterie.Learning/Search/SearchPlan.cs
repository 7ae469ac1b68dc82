using Coterie.Numerics;

namespace Coterie.Learning.Search;

/// <summary>One bracket of Hyperband (Li et al. 2018, algorithm 1, lines 3 to 10), which is successive halving (Jamieson and Talwalkar 2016): rungs whose number of
/// trials falls by eta while their length grows by it.</summary>
static class SearchPlan
{
    /// <summary>Rungs up to the last epoch. Validated.</summary>
    /// <param name="trials">n of the paper.</param>
    /// <param name="least">r of the paper.</param>
    /// <param name="epochs">R of the paper.</param>
    public static SearchRung[] Rungs(int trials, int eta, int least, int epochs)
    {
        // n_i = floor(n / eta^i), but somebody always goes on; r_i = r eta^i.
        if (eta == 1) return [new(trials, epochs)];
        var rungs = new List<SearchRung>();
        long until = least;
        for (var n = trials; ; n = Math.Max(1, n / eta), until *= eta)
        {
            rungs.Add(new(n, (int)Math.Min(until, epochs)));
            if (until >= epochs) return [.. rungs];
        }
    }

    /// <summary>Epochs of all trials together.</summary>
    public static long Epochs(IReadOnlyList<SearchRung> rungs)
    {
        long sum = 0;
        for (var i = 0; i < rungs.Count; i++) sum += (long)rungs[i].Trials * (rungs[i].Until - (i == 0 ? 0 : rungs[i - 1].Until));
        return sum;
    }

    /// <summary>The most trials, up to the options', whose plan fits the budget; 0 when none does.</summary>
    public static int Affordable(SearchOptions options, int epochs)
    {
        var trials = options.Trials;
        if (options.EpochBudget is { } budget)
            while (trials > 0 && Epochs(Rungs(trials, options.Eta, options.LeastEpochs, epochs)) > budget) trials--;
        return trials;
    }

    /// <summary>Different settings, at most so many: a small space does not hold more.</summary>
    public static TrialSettings[] Settings(SearchOptions options, int trials, Seed seed)
    {
        // Draws that find nothing new, one after the other, before a space counts as used up.
        const int Patience = 1000;
        var seen = new HashSet<TrialSettings>();
        var settings = new List<TrialSettings>();
        if (options.TryStart) settings.Add(new());
        for (int draw = 0, vain = 0; settings.Count < trials && vain < Patience; draw++)
        {
            var drawn = options.Space.Draw(seed, draw);
            if (!seen.Add(drawn)) vain++;
            else
            {
                settings.Add(drawn);
                vain = 0;
            }
        }

        return [.. settings];
    }
}
