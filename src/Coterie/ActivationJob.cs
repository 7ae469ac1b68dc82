using Coterie.Activation;
using Coterie.Activation.Rules;
using Coterie.Decisions;
using Coterie.Profiles;

namespace Coterie;

/// <summary>What a job of sending audiences is told.</summary>
public sealed record ActivationOptions
{
    public required AudienceSet Set { get; init; }
    public required IDestination Destination { get; init; }
    public required SyncOptions Sync { get; init; }
    /// <summary>Audiences of this destination whose segment the run no longer has are emptied.</summary>
    public bool All { get; init; }
    /// <summary>Only says what would be sent.</summary>
    public bool DryRun { get; init; }
    /// <summary>How many changes of each audience are shown; only with <see cref="DryRun"/>.</summary>
    public int Preview { get; init; }
    /// <summary>For a list of an advertising platform: makes it of an audience. Null for other destinations.</summary>
    public Func<Audience, AdList>? List { get; init; }
}

/// <summary>Sends a run's audiences to one destination, one after the other.</summary>
public static class ActivationJob
{
    /// <returns>An <see cref="ActivationResult"/> and its page.</returns>
    /// <exception cref="InputException">Every audience is too small, or the state cannot be used.</exception>
    /// <exception cref="DeliveryException">An audience could not be sent; those before it were.</exception>
    public static async Task<Decided> Run(ActivationOptions options, CancellationToken stop = default)
    {
        var (facts, sync) = (options.Destination.Facts, options.Sync);
        var notes = options.Set.Notes.ToList();
        var audiences = options.Set.Audiences.Select(a => Listed(options, a, notes)).ToList();
        if (options.All)
        {
            var known = AudienceSync.KnownTo(facts, sync.State).Where(k => audiences.All(a => a.Key != k.Key) && !SavedAudiences.IsId(k.Segment));
            audiences.AddRange(known.Select(k => new Audience { Key = k.Key, Segment = k.Segment, Name = new("(no longer in the run)", "（本次运行已无此分群）"), AsOf = options.Set.AsOf }));
        }

        var outcomes = new List<AudienceOutcome>();
        foreach (var audience in audiences)
        {
            try
            {
                outcomes.Add(options.DryRun
                    ? AudienceSync.Plan(audience, options.Destination, sync, options.Preview)
                    : await AudienceSync.Run(audience, options.Destination, sync, stop).ConfigureAwait(false));
            }
            catch (DeliveryException e) when (outcomes.Any(o => !o.Refused))
            {
                throw new DeliveryException($"{e.Message}{Environment.NewLine}Before it, {string.Join(", ", outcomes.Where(o => !o.Refused).Select(o => o.Audience))} went out whole.", e.MaybeDelivered, e);
            }
        }

        if (!options.DryRun && outcomes.Count > 0 && outcomes.All(o => o.Refused))
        {
            throw new InputException(string.Join(Environment.NewLine, outcomes.Select(o =>
                $"{o.Segment} has {o.Size:N0} {(options.List is null ? "customers" : "people that the platform could match")}; at least {sync.Minimum:N0} are asked for, and nothing was sent. A short list tells of persons, not of a group; --minimum sets the limit.")));
        }

        var result = new ActivationResult(facts.Kind, facts.Shown, options.DryRun, options.Set.AsOf, sync.State, sync.Minimum, outcomes, [.. notes.Select(n => n.En)]);
        return new Decided(result, ActivationPage.Of(result, audiences, notes), []);
    }

    static Audience Listed(ActivationOptions options, Audience audience, List<Bilingual> notes)
    {
        if (options.List is null) return audience;
        var list = options.List(audience);
        if (list.WithoutAny > 0)
        {
            notes.Add(new($"{audience.Segment}: {list.WithoutAny:N0} of {audience.Members.Count:N0} customers have no usable identifier ({list.BadEmails:N0} e-mail addresses and {list.BadPhones:N0} phone numbers could not be used)",
                $"{audience.Segment}：{audience.Members.Count:N0} 位客户中有 {list.WithoutAny:N0} 位没有可用的标识（{list.BadEmails:N0} 个邮箱、{list.BadPhones:N0} 个电话无法使用）"));
        }

        return list.Audience;
    }
}
