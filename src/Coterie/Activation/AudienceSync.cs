namespace Coterie.Activation;

/// <summary>Tells a receiver what changed in an audience since it last confirmed: everybody at first, later only who came, left or changed.</summary>
/// <remarks>A batch is put on the disk before it goes out and marked when it is confirmed, so that a sync which is cut anywhere goes on where it stopped. A batch whose
/// fate is unknown goes out again first, with the same key and the same bytes, even when the segment has changed since. So every batch reaches a
/// receiver that looks at keys exactly once, and one that does not at least once.</remarks>
public static class AudienceSync
{
    /// <summary>What <see cref="Run"/> would send; reads the state and changes nothing.</summary>
    /// <param name="preview">How many of the changes are shown.</param>
    public static AudienceOutcome Plan(Audience audience, IDestination destination, SyncOptions options, int preview = 0)
    {
        Check(audience, options);
        var state = SyncJournal.Read(SyncJournal.PathOf(options.State, destination.Facts, audience.Key)) ?? new JournalState();
        var former = state.Known.Count;
        var pending = options.Resend ? null : state.Pending;
        if (options.Resend)
        {
            foreach (var id in state.Known.Keys.Concat(state.Pending?.Changes.Select(c => c.Id) ?? []).ToArray()) state.Known[id] = Differences.Unknown;
        }
        else if (pending is not null)
        {
            Differences.Apply(state.Known, pending);
        }

        if (TooSmall(audience, options)) return Refusal(audience, former);
        var changes = Differences.Of(state.Known, audience);
        return Outcome(audience, former, changes, BatchSize(destination, options), pending) with { Preview = [.. changes.Take(preview)] };
    }

    /// <summary>Sends what changed.</summary>
    /// <exception cref="ConfigurationException">A wrong key, trait or option.</exception>
    /// <exception cref="InputException">The state is damaged or held by another sync, or customers cannot be told apart.</exception>
    /// <exception cref="DeliveryException">It stopped in the middle: says how far it came. Running it again goes on.</exception>
    public static async Task<AudienceOutcome> Run(Audience audience, IDestination destination, SyncOptions options, CancellationToken stop = default)
    {
        Check(audience, options);
        var path = SyncJournal.PathOf(options.State, destination.Facts, audience.Key);
        if (TooSmall(audience, options)) return Refusal(audience, SyncJournal.Read(path)?.Known.Count ?? 0);
        using var journal = SyncJournal.Open(path, destination.Facts, audience, options.At);
        var state = journal.State;
        var former = state.Known.Count;
        if (options.Resend) journal.Forget(options.Clock.GetUtcNow().ToUnixTimeSeconds());
        var pending = state.Pending;
        var confirmed = 0;
        if (pending is not null)
        {
            options.Say($"{audience.Key}: batch {pending.Number} of an earlier sync was not confirmed; it goes out again under the same key");
            await Deliver(pending, fresh: false, "the batch that an earlier sync left").ConfigureAwait(false);
        }

        var changes = Differences.Of(state.Known, audience);
        var size = BatchSize(destination, options);
        var outcome = Outcome(audience, former, changes, size, pending);
        confirmed = 0;
        foreach (var chunk in changes.Chunk(size))
        {
            var batch = BatchText.Keyed(new AudienceBatch
            {
                Key = "",
                Number = state.Number + 1,
                Audience = audience.Key,
                Segment = audience.Segment,
                Name = audience.Name,
                AsOf = audience.AsOf,
                Traits = audience.Traits,
                Changes = chunk,
            }, destination.Facts.Identity, state.Generation);
            stop.ThrowIfCancellationRequested();
            journal.Send(batch);
            await Deliver(batch, fresh: true, $"batch {confirmed + 1:N0} of {outcome.Batches:N0}").ConfigureAwait(false);
            confirmed++;
            if (outcome.Batches > 1) options.Say($"{audience.Key}: {confirmed:N0} of {outcome.Batches:N0} batches confirmed");
        }

        // What was sent is known now; who it was about need not be kept twice.
        if (pending is not null || changes.Count > 0) journal.Compact();
        return outcome;

        async Task Deliver(AudienceBatch batch, bool fresh, string which)
        {
            options.At("deliver");
            try
            {
                await destination.Deliver(batch, stop).ConfigureAwait(false);
            }
            catch (DeliveryException e)
            {
                // Only what certainly never arrived may be planned anew: an earlier sync's batch may have arrived long ago.
                var withdrawn = fresh && !e.MaybeDelivered;
                if (withdrawn) journal.Withdraw();
                throw new DeliveryException($"{destination.Facts.Shown}, audience {batch.Audience}: {which} was not confirmed: {e.Message}{Environment.NewLine}"
                    + Progress(confirmed, withdrawn), e.MaybeDelivered, e);
            }
            catch (OperationCanceledException e) when (stop.IsCancellationRequested)
            {
                throw new DeliveryException($"{destination.Facts.Shown}, audience {batch.Audience}: stopped while {which} was on its way.{Environment.NewLine}"
                    + Progress(confirmed, withdrawn: false), maybe: true, e);
            }

            options.At("delivered");
            journal.Sent();
        }
    }

    /// <summary>Audiences that a destination was told of and that are still there for it.</summary>
    /// <exception cref="InputException">A journal is damaged.</exception>
    public static IReadOnlyList<KnownAudience> KnownTo(DestinationFacts destination, string state)
    {
        if (!Directory.Exists(state)) return [];
        var known = new List<KnownAudience>();
        foreach (var path in Directory.EnumerateFiles(state, $"*.{SyncJournal.Fingerprint(destination)}.journal").Order(StringComparer.Ordinal))
        {
            if (SyncJournal.Read(path) is { } journal && (journal.Known.Count > 0 || journal.Pending is not null)) known.Add(new KnownAudience(journal.Audience, journal.Segment, journal.Known.Count));
        }

        return known;
    }

    static void Check(Audience audience, SyncOptions options)
    {
        audience.Check();
        if (options.Minimum < 1) throw new ConfigurationException($"The minimum is {options.Minimum}; it must be at least 1.");
        if (options.Batch is < 1) throw new ConfigurationException($"The batch is {options.Batch}; it must be at least 1.");
    }

    static bool TooSmall(Audience audience, SyncOptions options) => audience.Size > 0 && audience.Size < options.Minimum;

    static int BatchSize(IDestination destination, SyncOptions options) => Math.Min(options.Batch ?? int.MaxValue, destination.Facts.Batch);

    static AudienceOutcome Refusal(Audience audience, int former) =>
        new() { Audience = audience.Key, Segment = audience.Segment, Size = audience.Size, Former = former, Refused = true };

    static AudienceOutcome Outcome(Audience audience, int former, IReadOnlyList<AudienceChange> changes, int size, AudienceBatch? pending) => new()
    {
        Audience = audience.Key,
        Segment = audience.Segment,
        Size = audience.Size,
        Former = former,
        Entered = changes.Count(c => c.Kind == ChangeKind.Entered),
        Exited = changes.Count(c => c.Kind == ChangeKind.Exited),
        Changed = changes.Count(c => c.Kind == ChangeKind.Changed),
        Batches = (int)(((long)changes.Count + size - 1) / size),
        SentAgain = pending?.Changes.Count ?? 0,
    };

    static string Progress(int confirmed, bool withdrawn) =>
        (confirmed == 0 ? "No batch of this sync is confirmed. " : $"{confirmed:N0} {(confirmed == 1 ? "batch is" : "batches are")} confirmed. ")
        + (withdrawn
            ? "Nothing of the failed batch arrived; run the same command again to send what is left."
            : "Whether the failed batch arrived is not known; run the same command again: it goes out first, under the same key, so that it counts once.");
}

/// <summary>An audience that a destination knows.</summary>
/// <param name="Key">The audience's key.</param>
/// <param name="Segment">The segment it was made of.</param>
/// <param name="Members">Customers that were confirmed.</param>
public sealed record KnownAudience(string Key, string Segment, int Members);
