namespace Coterie.Server.Access;

/// <summary>The way in before there is anybody: a code that is printed on the console of the server, works once, for a quarter of an hour, and only while nobody exists.
/// It is never stored and never readable over HTTP.</summary>
public sealed class SetupLink(People people)
{
    static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);
    readonly Lock gate = new();

    /// <summary>Tests let a quarter of an hour pass.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    DateTime Now => Clock.GetUtcNow().UtcDateTime;
    string? hash;
    DateTime until;

    /// <summary>A new code, which ends the one before; null when there is somebody.</summary>
    public string? Renew()
    {
        if (people.Any) return null;
        var code = SecretKey.NewToken();
        lock (gate) (hash, until) = (SecretKey.Hash(code), Now + Lasts);
        return code;
    }

    public bool Opens(string? code)
    {
        lock (gate) return hash is not null && Now < until && code is not null && SecretKey.Fits(code, hash) && !people.Any;
    }

    /// <summary>Makes the first admin; null when the code does not open.</summary>
    /// <exception cref="ConfigurationException">Every problem with name, address and password; the code stays good.</exception>
    public Data.PersonRow? Use(string? code, string email, string name, string password)
    {
        lock (gate)
        {
            if (hash is null || Now >= until || code is null || !SecretKey.Fits(code, hash) || people.Any) return null;
            var person = people.Add(email, name, Data.Role.Admin, password);
            hash = null;
            return person;
        }
    }
}
