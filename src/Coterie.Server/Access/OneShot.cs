using System.Collections.Concurrent;

namespace Coterie.Server.Access;

/// <summary>Secrets that are shown once, to whoever made them: held in memory for some minutes, gone when they were looked at. They are never in an address.</summary>
public sealed class OneShot
{
    static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);
    readonly ConcurrentDictionary<string, Kept> kept = new(StringComparer.Ordinal);

    sealed record Kept(string Who, string Of, string Secret, DateTime Until);

    /// <summary>Keeps a secret and returns the word by which its page asks for it.</summary>
    /// <param name="of">What it is of: an id, a name.</param>
    public string Keep(Caller caller, string of, string secret)
    {
        var now = DateTime.UtcNow;
        foreach (var old in kept.Where(k => k.Value.Until < now)) kept.TryRemove(old.Key, out _);
        var word = SecretKey.NewToken();
        kept[word] = new(caller.Who, of, secret, now + Lasts);
        return word;
    }

    /// <summary>The secret, this once; null for another person, a second time, or too late.</summary>
    public ShownOnce? Take(Caller? caller, string word) =>
        kept.TryGetValue(word, out var found) && found.Who == caller?.Who && kept.TryRemove(word, out _) && found.Until >= DateTime.UtcNow ? new(found.Of, found.Secret) : null;
}

/// <summary>A secret that is shown now and never again.</summary>
public sealed record ShownOnce(string Of, string Secret);
