namespace Coterie.Activation;

/// <summary>What a receiver has to be told so that it knows an audience as it is now.</summary>
static class Differences
{
    /// <summary>In place of a digest: the receiver is to be told again, whatever it knows.</summary>
    internal const string Unknown = "?";

    /// <summary>Those who left, then those who changed, then those who came; each in the order of their ids.</summary>
    /// <param name="known">Customer to digest, as the receiver confirmed.</param>
    /// <param name="audience">As it is now.</param>
    internal static IReadOnlyList<AudienceChange> Of(IReadOnlyDictionary<string, string> known, Audience audience)
    {
        var members = audience.Members.OrderBy(m => m.Id, StringComparer.Ordinal).ToArray();
        var now = members.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        List<AudienceChange> changed = [], entered = [];
        foreach (var member in members)
        {
            if (!known.TryGetValue(member.Id, out var digest) || digest == Unknown) entered.Add(new AudienceChange(ChangeKind.Entered, member.Id, member.Traits));
            else if (digest != BatchText.Digest(audience.Traits, member.Traits)) changed.Add(new AudienceChange(ChangeKind.Changed, member.Id, member.Traits));
        }

        // Leaving comes first: whoever must no longer be approached is taken out before anybody is added.
        var exited = known.Keys.Where(id => !now.Contains(id)).Order(StringComparer.Ordinal).Select(id => new AudienceChange(ChangeKind.Exited, id, []));
        return [.. exited, .. changed, .. entered];
    }

    /// <summary>What is known once a batch is confirmed.</summary>
    internal static void Apply(Dictionary<string, string> known, AudienceBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Kind == ChangeKind.Exited) known.Remove(change.Id);
            else known[change.Id] = BatchText.Digest(batch.Traits, change.Traits);
        }
    }
}
