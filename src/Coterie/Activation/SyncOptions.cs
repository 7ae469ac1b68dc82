namespace Coterie.Activation;

/// <summary>How audiences are sent.</summary>
public sealed record SyncOptions
{
    /// <summary>Directory of the journals that say what each receiver knows.</summary>
    public required string State { get; init; }
    /// <summary>An audience of fewer customers is refused: a short list tells of a person and not of a group. 50 is what aggregate reports of ad platforms ask for;
    /// their lists ask for more. An audience that is empty may be sent: nobody is named in it.</summary>
    public int Minimum { get; init; } = 50;
    /// <summary>Most customers in a batch; null is what the destination advises.</summary>
    public int? Batch { get; init; }
    /// <summary>Sends everybody again under new keys, although the receiver confirmed them.</summary>
    public bool Resend { get; init; }
    /// <summary>What the time is, for the keys of a <see cref="Resend"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    /// <summary>Told what is being done.</summary>
    public Action<string> Say { get; init; } = _ => { };
    /// <summary>Called before and after each thing that is put on the disk or sent; tests stop there.</summary>
    internal Action<string> At { get; init; } = _ => { };
}

/// <summary>What is to be sent of an audience, or was.</summary>
public sealed record AudienceOutcome
{
    /// <summary>The audience's key.</summary>
    public required string Audience { get; init; }
    public required string Segment { get; init; }
    /// <summary>Customers in it now.</summary>
    public required int Size { get; init; }
    /// <summary>Customers that the receiver had confirmed before.</summary>
    public int Former { get; init; }
    public int Entered { get; init; }
    public int Exited { get; init; }
    public int Changed { get; init; }
    public int Batches { get; init; }
    /// <summary>Customers of a batch of an earlier sync that was not confirmed, and that goes out first under its old key.</summary>
    public int SentAgain { get; init; }
    /// <summary>True: too small, nothing is sent.</summary>
    public bool Refused { get; init; }
    /// <summary>The first changes, where a preview was asked for.</summary>
    public IReadOnlyList<AudienceChange> Preview { get; init; } = [];
}
