using System.Text.RegularExpressions;
using Coterie.Profiles;

namespace Coterie.Activation;

/// <summary>Something that is sent along with a customer.</summary>
/// <param name="Name">As the receiver sees it; snake_case.</param>
/// <param name="Compared">Whether a customer is sent again when it alone changed. A confidence moves a little in every run, and is not compared.</param>
public sealed record AudienceTrait(string Name, bool Compared = true);

/// <summary>A customer in an audience.</summary>
/// <param name="Id">The customer's id; in a list for an ad platform, the hashed identifiers.</param>
/// <param name="Traits">As many as the audience has traits: text, a number, a truth value, or null.</param>
public sealed record AudienceMember(string Id, IReadOnlyList<object?> Traits);

/// <summary>A segment's customers as they are to be known to a receiver.</summary>
public sealed partial record Audience
{
    /// <summary>snake_case, fixed for life, never used again for something else: "coterie_s1".</summary>
    public required string Key { get; init; }
    /// <summary>The segment's stable id.</summary>
    public required string Segment { get; init; }
    public required Bilingual Name { get; init; }
    /// <summary>The instant as of which customers were placed.</summary>
    public required DateTime AsOf { get; init; }
    public IReadOnlyList<AudienceTrait> Traits { get; init; } = [];
    public IReadOnlyList<AudienceMember> Members { get; init; } = [];
    /// <summary>How many people the members are, where a member is an identifier of a person and not a person; null: as many as members.</summary>
    public int? People { get; init; }

    /// <summary>What destinations call their own columns; no trait may have these names.</summary>
    public static readonly IReadOnlyList<string> ReservedTraits = ["change", "audience", "segment", "name", "customer_id"];

    /// <summary>People in it.</summary>
    internal int Size => People ?? Members.Count;

    /// <summary>"S1" to "coterie_s1".</summary>
    public static string KeyOf(string prefix, string segment) => $"{prefix}_{segment.ToLowerInvariant()}";

    /// <summary>Refuses what no receiver could tell apart.</summary>
    /// <exception cref="ConfigurationException">The key is not snake_case of at most 63 characters, or a trait has no name or the name of another.</exception>
    /// <exception cref="InputException">A customer has no id, or stands there twice.</exception>
    internal void Check()
    {
        if (!SnakeCase().IsMatch(Key)) throw new ConfigurationException($"The audience key '{Key}' must be snake_case: a letter, then at most 62 of a-z, 0-9 and _.");
        if (Traits.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Key.Length == 0 || g.Count() > 1) is { } trait)
            throw new ConfigurationException(trait.Key.Length == 0 ? "A trait has no name." : $"The trait '{trait.Key}' is there twice; rename one of the columns.");
        if (Traits.FirstOrDefault(t => ReservedTraits.Contains(t.Name)) is { } taken)
            throw new ConfigurationException($"The trait '{taken.Name}' has the name of a column of ours ({string.Join(", ", ReservedTraits)}); rename it.");
        var seen = new HashSet<string>(Members.Count, StringComparer.Ordinal);
        foreach (var member in Members)
        {
            if (member.Id.Length == 0) throw new InputException($"A customer of the audience {Key} has an empty id.");
            if (!seen.Add(member.Id)) throw new InputException($"The customer '{member.Id}' is in the audience {Key} twice.");
            if (member.Traits.Count != Traits.Count) throw new ArgumentException($"The customer '{member.Id}' has {member.Traits.Count} traits; the audience {Key} has {Traits.Count}.");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,62}$")]
    private static partial Regex SnakeCase();
}

/// <summary>What became of a customer in an audience.</summary>
public enum ChangeKind
{
    /// <summary>Was not in it and is now.</summary>
    Entered,
    /// <summary>Was in it and is no more.</summary>
    Exited,
    /// <summary>Is still in it; a compared trait changed.</summary>
    Changed,
}

/// <summary>One customer's change.</summary>
/// <param name="Traits">As the batch names them; empty for a customer who left.</param>
public sealed record AudienceChange(ChangeKind Kind, string Id, IReadOnlyList<object?> Traits);

/// <summary>Changes that are sent together: confirmed together, or sent again together under the same key and with the same bytes.</summary>
public sealed record AudienceBatch
{
    /// <summary>Says which batch it is: a hash of its content, its number and where it goes. A receiver that has seen it need not look again.</summary>
    public required string Key { get; init; }
    /// <summary>Counts the batches of an audience to a destination, from 1.</summary>
    public required long Number { get; init; }
    public required string Audience { get; init; }
    public required string Segment { get; init; }
    public required Bilingual Name { get; init; }
    public required DateTime AsOf { get; init; }
    public required IReadOnlyList<AudienceTrait> Traits { get; init; }
    public required IReadOnlyList<AudienceChange> Changes { get; init; }
}
