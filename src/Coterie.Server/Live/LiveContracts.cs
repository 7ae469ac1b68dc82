using Coterie.Profiles;

namespace Coterie.Server.Live;

/// <summary>How memberships follow events.</summary>
public sealed record LiveOptions
{
    /// <summary>The shortest time from one batch of customers to the next: what a batch costs hardly depends on how many customers are in it.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMilliseconds(200);
    /// <summary>Customers that one batch places.</summary>
    public int MostInBatch { get; init; } = 500;
    /// <summary>Ids that may wait for a batch; those beyond are placed when somebody asks for them.</summary>
    public int MostWaiting { get; init; } = 5_000;
    /// <summary>Answers that are kept; older ones are computed again when somebody asks.</summary>
    public int MostAnswers { get; init; } = 100_000;
    /// <summary>Bytes of events that are kept until the workspace has them; with more, the rest waits for the load.</summary>
    public long MostTailBytes { get; init; } = 64L << 20;
    /// <summary>Threads for the store's answers; null takes those of the machine.</summary>
    public int? Threads { get; init; }
}

/// <summary>Where an answer is from.</summary>
public enum AnswerSource
{
    /// <summary>The newest run.</summary>
    Run,
    /// <summary>Computed since, by that run's model, with the events since.</summary>
    Live,
}

/// <summary>Where a customer belongs now.</summary>
/// <param name="Customer">As asked for.</param>
/// <param name="Segment">Id of the segment; null where no event of the customer was kept, or where the customer is another's now.</param>
/// <param name="Name">Its name.</param>
/// <param name="Second">Id of the second-best segment; null when there is only one.</param>
/// <param name="Confidence">In [0, 1]; null without a segment.</param>
/// <param name="Agreement">In [0, 1]: agreement of the two views; null with one view.</param>
/// <param name="AsOf">The instant of the features.</param>
/// <param name="Source">The run, or computed since.</param>
/// <param name="EventsSeen">How many events of the customer the answer rests on; null for answers of a run, which does not say.</param>
/// <param name="Pending">Events have come that the answer does not know yet; ask again in a second.</param>
public sealed record LiveAnswer(
    string Customer, string? Segment, Bilingual? Name, string? Second, double? Confidence, double? Agreement, DateTime AsOf, AnswerSource Source, long? EventsSeen, bool Pending)
{
    /// <summary>How many of these events happened after the run's instant; null for answers of a run.</summary>
    public long? EventsSince { get; init; }
    /// <summary>Whom the customer turned out to be; null for one who is still a customer.</summary>
    public string? MergedInto { get; init; }
    /// <summary>Why there is no segment, or why the answer stays behind; null where nothing is to be said.</summary>
    public Bilingual? Note { get; init; }
}
