namespace Coterie.Server.Collector;

/// <summary>What became of a refused event.</summary>
public enum InboxState { Waiting, Replayed, Discarded }

/// <summary>How events are mended before they are judged again.</summary>
public enum InboxFix
{
    /// <summary>As they were sent: the judgement may have changed since.</summary>
    None,
    /// <summary>Without a timestamp that cannot be read: they count as having happened when they were sent or received.</summary>
    ReceivedTime,
}

/// <summary>A refused event, without its content.</summary>
/// <param name="Id">Number of its frame and place in it.</param>
/// <param name="Source">Id of the source.</param>
/// <param name="Code">snake_case.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record InboxItem(string Id, string Source, DateTime Received, string Code, string Message, string? MessageId, InboxState State);

/// <summary>A refused event as it was sent.</summary>
/// <param name="Event">JSON.</param>
/// <param name="Type">What the path said it is; null where only the event itself says.</param>
public sealed record InboxDetail(InboxItem Item, string Event, string? Type);

/// <summary>How many refused events of a source wait for one reason.</summary>
public sealed record InboxCount(string Source, string Code, long Waiting);

/// <summary>Which refused events to list.</summary>
public sealed record InboxQuery
{
    public string? Source { get; init; }
    public string? Code { get; init; }
    public InboxState State { get; init; } = InboxState.Waiting;
    /// <summary>The last id of the page before; null for the newest.</summary>
    public string? Before { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>A page of refused events, newest first.</summary>
/// <param name="Next">For <see cref="InboxQuery.Before"/>; null on the last page.</param>
public sealed record InboxListing(IReadOnlyList<InboxItem> Items, string? Next);

/// <summary>What judging again led to.</summary>
/// <param name="Taken">Now in the log.</param>
/// <param name="Known">Were in the log already, under the same message id.</param>
/// <param name="Refused">Are refused still, and wait.</param>
/// <param name="Why">Of the first that is refused still.</param>
/// <param name="Code">The same for programs, as of a refused event.</param>
public sealed record InboxReplay(int Taken, int Known, int Refused, string? Why, string? Code);
