using System.Text;

namespace Coterie.Activation;

/// <summary>What of an audience can be used for a platform's list.</summary>
/// <param name="Audience">Its members are hashed identifiers: "email:…" and "phone:…". No customer id and no address in clear is in it.</param>
/// <param name="WithoutAny">Customers of whom neither an address nor a number can be used.</param>
/// <param name="BadEmails">Values that are no e-mail address.</param>
/// <param name="BadPhones">Values that are no phone number, or lack a country code.</param>
public sealed record AdList(Audience Audience, int WithoutAny, int BadEmails, int BadPhones)
{
    internal const string EmailPrefix = "email:", PhonePrefix = "phone:";

    /// <summary>Normalises and hashes identifiers. One is there once, whoever it is of: it leaves the list only with its last customer.</summary>
    /// <param name="email">The trait with e-mail addresses, or hashes of them.</param>
    /// <param name="phone">The one with phone numbers.</param>
    /// <exception cref="ConfigurationException">The audience has neither trait.</exception>
    public static AdList Of(Audience audience, AdPlatform platform, string? callingCode = null, string email = "email", string phone = "phone")
    {
        audience.Check();
        var names = audience.Traits.Select(t => t.Name).ToArray();
        var (emailAt, phoneAt) = (Array.IndexOf(names, email), platform.Phone is null ? -1 : Array.IndexOf(names, phone));
        if (emailAt < 0 && phoneAt < 0)
        {
            throw new ConfigurationException($"A list for {platform.Name} needs {(platform.Phone is null ? $"a column '{email}'" : $"a column '{email}' or '{phone}'")} in --traits FILE"
                + (names.Length > 0 ? $"; found: {string.Join(", ", names)}. " : ". ") + "Name yours with --email-column and --phone-column.");
        }

        var members = new SortedSet<string>(StringComparer.Ordinal);
        var (people, none, badEmails, badPhones) = (0, 0, 0, 0);
        foreach (var member in audience.Members)
        {
            var usable = false;
            Take(emailAt, EmailPrefix, AdIdentifiers.Email, ref badEmails);
            Take(phoneAt, PhonePrefix, text => AdIdentifiers.Phone(text, callingCode, platform.Plus), ref badPhones);
            if (usable) people++;
            else none++;

            void Take(int at, string prefix, Func<string, string?> hash, ref int bad)
            {
                if (at < 0 || Text(member.Traits[at]) is not { Length: > 0 } text) return;
                if (hash(text) is { } hashed)
                {
                    members.Add(prefix + hashed);
                    usable = true;
                }
                else
                {
                    bad++;
                }
            }
        }

        // Customers that share their only identifier are one person to the platform.
        var list = audience with { Traits = [], Members = [.. members.Select(m => new AudienceMember(m, []))], People = Math.Min(people, members.Count) };
        return new AdList(list, none, badEmails, badPhones);
    }

    // A column of bare digits is read as numbers; a whole number below 1e15 has all its digits.
    static string? Text(object? value) => value switch
    {
        string s => s.Trim(),
        double d => d.ToString("R"),
        _ => null,
    };
}

/// <summary>Writes lists that people upload to an advertising platform: who is to be added, and who removed, as hashes.</summary>
public sealed class AdListDestination : IDestination
{
    readonly string directory;
    readonly AdPlatform platform;

    /// <exception cref="ConfigurationException">The directory is a file.</exception>
    public AdListDestination(string directory, AdPlatform platform)
    {
        this.directory = Path.GetFullPath(directory);
        this.platform = platform;
        if (File.Exists(this.directory)) throw new ConfigurationException($"--out: '{directory}' is a file; a directory is expected. Name another path.", $"“{Path.GetFileName(directory)}”是一个文件，应为文件夹；请换一个名称。");
        Facts = new DestinationFacts("ads", $"{platform.Name} lists in {directory}", $"{this.directory}\n{platform.Id}", Batch: int.MaxValue);
    }

    public DestinationFacts Facts { get; }

    /// <summary>Writes <c>….1-remove.csv</c> and <c>….2-add.csv</c>, to be uploaded in this order; one that would be empty is not written.</summary>
    public Task Deliver(AudienceBatch batch, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Write(batch, ".1-remove.csv", [.. batch.Changes.Where(c => c.Kind == ChangeKind.Exited)]);
        Write(batch, ".2-add.csv", [.. batch.Changes.Where(c => c.Kind != ChangeKind.Exited)]);
        return Task.CompletedTask;
    }

    void Write(AudienceBatch batch, string ending, AudienceChange[] changes)
    {
        if (changes.Length == 0) return;
        ChangeDirectory.Write(directory, Path.Combine(directory, ChangeDirectory.Name(batch) + ending), stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            writer.WriteLine(platform.Phone is null ? platform.Email : $"{platform.Email},{platform.Phone}");
            foreach (var change in changes)
            {
                var email = change.Id.StartsWith(AdList.EmailPrefix, StringComparison.Ordinal);
                var hash = change.Id[(email ? AdList.EmailPrefix : AdList.PhonePrefix).Length..];
                writer.WriteLine(platform.Phone is null ? hash : email ? hash + "," : "," + hash);
            }
        });
    }
}
