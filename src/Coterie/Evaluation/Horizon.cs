namespace Coterie.Evaluation;

/// <summary>The period that is held back for the proof: (FrozenAt, AsOf].</summary>
public sealed record Horizon(DateTime AsOf, int Days)
{
    /// <summary>A quarter of the history at most, and a season at most: longer horizons leave too little to learn from.</summary>
    const int MaxDays = 90, MinDays = 7;

    public DateTime FrozenAt => AsOf.AddDays(-Days);

    /// <summary>One horizon before the freeze: what was known when the outlook of the frozen portrait could be learned.</summary>
    public DateTime LearnedAt => AsOf.AddDays(-2 * Days);

    /// <summary>Chooses from the data's length: a quarter of it, between a week and 90 days; null, with the reason, when the history is
    /// too short.</summary>
    /// <exception cref="ConfigurationException">The asked horizon does not leave as much history before it as it takes.</exception>
    public static Horizon? Choose(DateTime first, DateTime asOf, int? asked, out string why)
    {
        var history = (asOf - first).TotalDays;
        if (asked is { } days)
        {
            if (days < 1 || days > history / 2)
                throw new ConfigurationException($"--horizon {days}: the history has {history:0.#} days, so the horizon can be 1 to {Math.Floor(history / 2):0} days.");
            why = $"The horizon of {days} days was asked for.";
            return new Horizon(asOf, days);
        }

        var chosen = (int)Math.Min(MaxDays, history / 4);
        if (chosen < MinDays)
        {
            why = $"The history of {history:0.#} days is too short to hold back a horizon of at least {MinDays} days (a quarter of it): predictive validity was not judged.";
            return null;
        }

        why = $"The last {chosen} of {history:0} days were held back for the proof.";
        return new Horizon(asOf, chosen);
    }
}
