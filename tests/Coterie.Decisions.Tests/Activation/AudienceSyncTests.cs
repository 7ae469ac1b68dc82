using Coterie.Activation;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Activation;

/// <summary>Nothing twice by key, nothing lost: the sync against a plain model, cut and failed at every step.</summary>
public class AudienceSyncTests
{
    static readonly string[] Steps = ["send", "send written", "send kept", "deliver", "delivered", "sent", "sent written", "sent kept", "withdrawn", "withdrawn written", "withdrawn kept", "compact", "compacted"];

    /// <summary>One call of the sync: what the audience is then, what befalls each delivery, and where the process is killed (or nowhere).</summary>
    sealed record Call(IReadOnlyDictionary<string, int> Audience, Fate[] Fates, int KillAfter, int Torn, bool Resend);

    static readonly Gen<Call> Calls =
        from members in Gen.Dictionary(Gen.Int[0, 11].Select(i => $"C{i:00}"), Gen.Int[0, 2])[0, 12]
        from fates in Gen.Int[0, 5].Select(i => new[] { Fate.Arrives, Fate.Arrives, Fate.Arrives, Fate.ArrivesUnconfirmed, Fate.Lost, Fate.Refused }[i]).Array[1, 6]
        from kill in Gen.Int[-12, 40]
        from torn in Gen.Int[0, 60]
        from resend in Gen.Int[0, 9]
        select new Call(members, fates, kill, torn, resend == 0);

    [Fact]
    public void WhateverFails_TheReceiverKnowsTheAudience_AndNoKeyCountsTwice() => Calls.List[1, 8].Sample(calls =>
    {
        using var folder = new QuickFolder();
        var receiver = new Receiver();
        foreach (var call in calls)
        {
            var fates = 0;
            var destination = new Told(batch => call.Fates[fates++ % call.Fates.Length]) { Facts = receiver.Facts };
            try
            {
                Sync(folder, destination, call);
                receiver.Take(destination.Arrived);
                Assert.Equal(call.Audience.OrderBy(m => m.Key), receiver.Members.OrderBy(m => m.Key));
            }
            catch (Exception e) when (e is DeliveryException or Killed)
            {
                receiver.Take(destination.Arrived);
            }
        }

        var last = new Told(_ => Fate.Arrives) { Facts = receiver.Facts };
        Sync(folder, last, calls[^1] with { KillAfter = -1, Resend = false });
        receiver.Take(last.Arrived);
        Assert.Equal(calls[^1].Audience.OrderBy(m => m.Key), receiver.Members.OrderBy(m => m.Key));

        // Once all is confirmed there is nothing to send.
        var again = new Told(_ => Fate.Arrives) { Facts = receiver.Facts };
        Sync(folder, again, calls[^1] with { KillAfter = -1, Resend = false });
        Assert.Equal(0, again.Asked);
    }, iter: 400);

    static void Sync(QuickFolder folder, IDestination destination, Call call)
    {
        var steps = 0;
        var options = new SyncOptions
        {
            State = folder.Path, Minimum = 1, Resend = call.Resend,
            At = step =>
            {
                Assert.Contains(step, Steps);
                if (call.KillAfter < 0 || steps++ < call.KillAfter) return;
                // What a power cut does to a line that was written and not yet kept.
                if (step.EndsWith("written", StringComparison.Ordinal)) Tear(Directory.GetFiles(folder.Path, "*.journal").Single(), call.Torn);
                throw new Killed();
            },
        };
        AudienceSync.Run(Some.Valued(call.Audience), destination, options, CancellationToken.None).GetAwaiter().GetResult();
    }

    static void Tear(string path, int bytes)
    {
        var whole = File.ReadAllBytes(path);
        var line = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        File.WriteAllBytes(path, whole[..Math.Max(line, whole.Length - bytes)]);
    }

    sealed class Killed() : InvalidOperationException("killed");

    /// <summary>A receiver that looks at keys: the simple model of what ought to be known.</summary>
    sealed class Receiver
    {
        readonly Dictionary<string, byte[]> seen = [];

        internal DestinationFacts Facts { get; } = new("told", "told", "told", Batch: 3);
        internal Dictionary<string, int> Members { get; } = [];

        internal void Take(IEnumerable<AudienceBatch> batches)
        {
            foreach (var batch in batches)
            {
                var bytes = WebhookDestination.Body(batch);
                if (!seen.TryAdd(batch.Key, bytes))
                {
                    Assert.Equal(seen[batch.Key], bytes);
                    continue;
                }

                foreach (var change in batch.Changes)
                {
                    if (change.Kind == ChangeKind.Exited) Members.Remove(change.Id);
                    else Members[change.Id] = (int)(double)change.Traits[1]!;
                }
            }
        }
    }

    static SyncOptions In(TemporaryFolder folder) => new() { State = folder.Path, Minimum = 1 };

    [Fact]
    public async Task EverybodyAtFirst_ThenOnlyWhatChanged()
    {
        using var folder = new TemporaryFolder();
        var destination = new Told(_ => Fate.Arrives);
        var first = await AudienceSync.Run(Some.Valued(new Dictionary<string, int> { ["A"] = 1, ["B"] = 1, ["C"] = 1 }), destination, In(folder), TestContext.Current.CancellationToken);
        Assert.Equal((3, 0, 0), (first.Entered, first.Exited, first.Changed));
        destination.Arrived.Clear();
        var second = await AudienceSync.Run(Some.Valued(new Dictionary<string, int> { ["B"] = 2, ["C"] = 1, ["D"] = 1 }), destination, In(folder), TestContext.Current.CancellationToken);
        Assert.Equal((1, 1, 1), (second.Entered, second.Exited, second.Changed));
        Assert.Equal(["A Exited", "B Changed", "D Entered"], destination.Arrived.SelectMany(b => b.Changes).Select(c => $"{c.Id} {c.Kind}"));
    }

    [Fact]
    public async Task AConfidenceAlone_IsNoChange()
    {
        using var folder = new TemporaryFolder();
        var destination = new Told(_ => Fate.Arrives);
        var audience = Some.Valued(new Dictionary<string, int> { ["A"] = 1 });
        await AudienceSync.Run(audience, destination, In(folder), TestContext.Current.CancellationToken);
        var moved = audience with { Members = [new AudienceMember("A", [0.7, 1.0])] };
        Assert.Equal(0, (await AudienceSync.Run(moved, destination, In(folder), TestContext.Current.CancellationToken)).Batches);
    }

    [Fact]
    public async Task ABatchWhoseFateIsUnknown_GoesOutFirst_WithItsKeyAndBytes_AlthoughTheAudienceChanged()
    {
        using var folder = new TemporaryFolder();
        var lost = new Told(_ => Fate.ArrivesUnconfirmed);
        var e = await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(Some.Audience("A", "B"), lost, In(folder), TestContext.Current.CancellationToken));
        Assert.Contains("No batch of this sync is confirmed", e.Message, StringComparison.Ordinal);
        Assert.Contains("counts once", e.Message, StringComparison.Ordinal);
        var then = new Told(_ => Fate.Arrives);
        var outcome = await AudienceSync.Run(Some.Audience("B"), then, In(folder), TestContext.Current.CancellationToken);
        Assert.Equal(2, outcome.SentAgain);
        Assert.Equal(lost.Arrived[0].Key, then.Arrived[0].Key);
        Assert.Equal(WebhookDestination.Body(lost.Arrived[0]), WebhookDestination.Body(then.Arrived[0]));
        Assert.Equal(["A"], then.Arrived[1].Changes.Where(c => c.Kind == ChangeKind.Exited).Select(c => c.Id));
    }

    [Fact]
    public async Task ARefusedBatch_IsPlannedAnew()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(Some.Audience("A", "B"), new Told(_ => Fate.Refused), In(folder), TestContext.Current.CancellationToken));
        var then = new Told(_ => Fate.Arrives);
        var outcome = await AudienceSync.Run(Some.Audience("B"), then, In(folder), TestContext.Current.CancellationToken);
        Assert.Equal((0, 1), (outcome.SentAgain, outcome.Entered));
        Assert.Equal(["B"], then.Arrived.Single().Changes.Select(c => c.Id));
    }

    [Fact]
    public async Task ASmallAudience_IsRefused_AndAnEmptyOneIsNot()
    {
        using var folder = new TemporaryFolder();
        var options = In(folder) with { Minimum = 3 };
        var destination = new Told(_ => Fate.Arrives);
        Assert.True((await AudienceSync.Run(Some.Audience("A", "B"), destination, options, TestContext.Current.CancellationToken)).Refused);
        Assert.Equal(0, destination.Asked);
        await AudienceSync.Run(Some.Audience("A", "B", "C"), destination, options, TestContext.Current.CancellationToken);
        Assert.Equal(3, (await AudienceSync.Run(Some.Audience(), destination, options, TestContext.Current.CancellationToken)).Exited);
        Assert.Equal(50, new SyncOptions { State = "" }.Minimum);
    }

    [Fact]
    public async Task APlan_ChangesNothing_AndSaysWhatRunDoes()
    {
        using var folder = new TemporaryFolder();
        var state = folder.File("state");
        var destination = new Told(_ => Fate.Arrives);
        var options = new SyncOptions { State = state, Minimum = 1 };
        var plan = AudienceSync.Plan(Some.Audience(Some.Ids(7)), destination, options, preview: 2);
        Assert.False(Directory.Exists(state));
        Assert.Equal(0, destination.Asked);
        Assert.Equal((7, 3), (plan.Entered, plan.Batches));
        Assert.Equal(["C000", "C001"], plan.Preview.Select(c => c.Id));
        Assert.Equal(plan with { Preview = [] }, await AudienceSync.Run(Some.Audience(Some.Ids(7)), destination, options, TestContext.Current.CancellationToken) with { Preview = [] });
    }

    [Fact]
    public async Task Resending_TellsEverybodyAgain_UnderNewKeys_AndLeaversToo()
    {
        using var folder = new TemporaryFolder();
        var destination = new Told(_ => Fate.Arrives);
        await AudienceSync.Run(Some.Audience("A", "B"), destination, In(folder), TestContext.Current.CancellationToken);
        var outcome = await AudienceSync.Run(Some.Audience("B"), destination, In(folder) with { Resend = true }, TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (outcome.Entered, outcome.Exited));
        Assert.Equal(destination.Arrived.Count, destination.Arrived.Select(b => b.Key).Distinct().Count());
    }

    [Fact]
    public async Task TwoSyncsOfOneAudience_DoNotRunAtOnce()
    {
        using var folder = new TemporaryFolder();
        var second = new Within(() => AudienceSync.Run(Some.Audience("A"), new Told(_ => Fate.Arrives), In(folder), TestContext.Current.CancellationToken));
        var e = await Assert.ThrowsAsync<InputException>(() => AudienceSync.Run(Some.Audience("A"), second, In(folder), TestContext.Current.CancellationToken));
        Assert.Contains("another command", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_KeepsWhatIsOnItsWay()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var destination = new Waiting(stop);
        var e = await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(Some.Audience("A"), destination, In(folder), stop.Token));
        Assert.Contains("stopped while", e.Message, StringComparison.Ordinal);
        var then = new Told(_ => Fate.Arrives);
        Assert.Equal(1, (await AudienceSync.Run(Some.Audience("A"), then, In(folder), TestContext.Current.CancellationToken)).SentAgain);
    }

    [Fact]
    public void CustomersThatCannotBeToldApart_AreRefused()
    {
        var options = new SyncOptions { State = "nowhere", Minimum = 1 };
        var destination = new Told(_ => Fate.Arrives);
        Assert.Throws<InputException>(() => AudienceSync.Plan(Some.Audience("A", "A"), destination, options));
        Assert.Throws<InputException>(() => AudienceSync.Plan(Some.Audience(""), destination, options));
        Assert.Throws<ConfigurationException>(() => AudienceSync.Plan(Some.Audience("A") with { Key = "Coterie S1" }, destination, options));
        Assert.Throws<ConfigurationException>(() => AudienceSync.Plan(Some.Audience() with { Traits = [new("segment")] }, destination, options));
    }

    /// <summary>Does something else while it delivers.</summary>
    sealed class Within(Func<Task> other) : IDestination
    {
        public DestinationFacts Facts { get; } = new("told", "told", "told", Batch: 3);

        public Task Deliver(AudienceBatch batch, CancellationToken token) => other();
    }

    /// <summary>Is stopped while it waits for an answer.</summary>
    sealed class Waiting(CancellationTokenSource stop) : IDestination
    {
        public DestinationFacts Facts { get; } = new("told", "told", "told", Batch: 3);

        public async Task Deliver(AudienceBatch batch, CancellationToken token)
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
        }
    }
}
