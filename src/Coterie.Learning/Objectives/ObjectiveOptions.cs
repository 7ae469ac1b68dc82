namespace Coterie.Learning.Objectives;

/// <summary>How sub-sequences of one customer are pulled together and those of others pushed away.</summary>
public enum Contrast
{
    /// <summary>Cross-entropy over similarities (van den Oord et al. 2018, InfoNCE; several positives as Khosla et al. 2020, equation 2).</summary>
    Softmax,
    /// <summary>Squared distances with a margin, nearest strangers only (Hadsell et al. 2006; Babaev et al. 2022).</summary>
    Margin,
}

/// <summary>What an encoder learns from histories without labels. Weights of 0 leave an objective out.</summary>
public sealed record ObjectiveOptions
{
    /// <summary>Weight of guessing hidden events from those around them.</summary>
    public double Masked { get; init; } = 1;
    /// <summary>Weight of telling sub-sequences of one customer from those of others.</summary>
    public double Contrastive { get; init; } = 1;
    /// <summary>Weight of guessing each event from those before it.</summary>
    public double Next { get; init; }

    /// <summary>Share of events to guess; of these 80 % are hidden, 10 % replaced, 10 % left (Devlin et al. 2019, section 3.1).</summary>
    public double MaskShare { get; init; } = 0.15;
    /// <summary>Names of the fields to guess; empty takes all.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    public Contrast Contrast { get; init; } = Contrast.Softmax;
    /// <summary>Sub-sequences of each customer.</summary>
    public int Slices { get; init; } = 2;
    /// <summary>Shortest and longest sub-sequence as shares of the history.</summary>
    public double SliceLeast { get; init; } = 0.3;
    public double SliceMost { get; init; } = 0.8;
    /// <summary>Softmax: similarities are divided by it.</summary>
    public double Temperature { get; init; } = 0.1;
    /// <summary>Margin: strangers farther than this are left alone. On unit vectors, whose distances are 0 to 2 (0.5 in Babaev et al. 2022).</summary>
    public double Margin { get; init; } = 0.5;
    /// <summary>Margin: nearest strangers that count for each sub-sequence.</summary>
    public int HardNegatives { get; init; } = 5;

    internal IEnumerable<string> Problems(IReadOnlyList<string> fields)
    {
        if (!(Masked >= 0 && Contrastive >= 0 && Next >= 0 && double.IsFinite(Masked + Contrastive + Next)))
            yield return $"objectives: weights are {Masked}, {Contrastive}, {Next}; expected 0 or more.";
        else if (Masked + Contrastive + Next == 0) yield return "objectives: all weights are 0; expected one above 0.";
        if (!(MaskShare is > 0 and <= 1)) yield return $"objectives: mask-share is {MaskShare}; expected above 0, at most 1.";
        foreach (var name in Fields)
            if (!fields.Contains(name)) yield return $"objectives: the sequences have no field {name}; expected one of {string.Join(", ", fields)}.";
        if (Slices < 2) yield return $"objectives: slices is {Slices}; expected 2 or more.";
        if (!(SliceLeast > 0 && SliceLeast <= SliceMost && SliceMost <= 1)) yield return $"objectives: slices are {SliceLeast} to {SliceMost} of a history; expected 0 < least <= most <= 1.";
        if (!(Temperature > 0)) yield return $"objectives: temperature is {Temperature}; expected more than 0.";
        if (!(Margin > 0)) yield return $"objectives: margin is {Margin}; expected more than 0.";
        if (HardNegatives < 1) yield return $"objectives: hard-negatives is {HardNegatives}; expected 1 or more.";
    }
}
