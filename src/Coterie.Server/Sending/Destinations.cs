using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Activation;
using Coterie.Profiles;
using Coterie.Server.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Sending;

/// <summary>A receiver of audiences that was set up.</summary>
/// <param name="Settings">Without secrets.</param>
/// <param name="Trouble">Why it cannot be opened any more; null when it can.</param>
public sealed record SavedDestination(int Id, string Name, string Kind, DateTime Created, IReadOnlyDictionary<string, string> Settings, string? Trouble)
{
    /// <summary>The trouble in Chinese; the API speaks English.</summary>
    [JsonIgnore]
    public string? TroubleZh { get; init; }
}

/// <summary>What a test of a destination found.</summary>
/// <param name="Works">Whether the receiver took what was sent.</param>
/// <param name="Said">What was done and found, English.</param>
public sealed record DestinationTest(bool Works, string Said)
{
    /// <summary>The same in Chinese; the API speaks English.</summary>
    [JsonIgnore]
    public string SaidZh { get; init; } = "";

    internal static DestinationTest Of(bool works, string en, string zh) => new(works, en) { SaidZh = zh };
}

/// <summary>Receivers of audiences. Their settings are encrypted with the server's keys, because some are secrets; those are never given out again.</summary>
public sealed class Destinations(ServerData data, IDataProtectionProvider protection, WorkspaceHost host)
{
    readonly IDataProtector protector = protection.CreateProtector("coterie.destinations/1");

    /// <summary>Where destinations that write files may write.</summary>
    public string Exports => Path.Combine(host.Directory, "exports");

    public IReadOnlyList<SavedDestination> All
    {
        get
        {
            using var db = data.Open();
            return [.. db.Destinations.AsNoTracking().OrderBy(d => d.Name).AsEnumerable().Select(Shown)];
        }
    }

    /// <exception cref="ConfigurationException">Every problem with name and settings.</exception>
    public SavedDestination Add(string name, string kind, IReadOnlyDictionary<string, string> settings)
    {
        name = name.Trim();
        var problems = new ProblemList();
        if (name.Length is 0 or > 100) problems.Add($"The name of a destination has {name.Length} characters; expected 1 to 100.", $"目的地名称有 {name.Length} 个字符，应为 1 到 100 个。");
        if (DestinationKind.Of(kind) is not { } known) throw new ConfigurationException($"There is no kind of destination '{kind}'; expected {string.Join(", ", DestinationKind.All.Select(k => k.Word))}.", $"没有目的地类型“{kind}”；应为 {string.Join("、", DestinationKind.All.Select(k => k.Word))} 之一。");
        foreach (var field in known.Fields)
        {
            var value = settings.GetValueOrDefault(field.Name, "");
            if (field.Required && value.Length == 0) problems.Add($"{field.Label.En} is missing.", $"缺少“{field.Label.Zh}”。");
            else if (value.Length > 2000) problems.Add($"{field.Label.En} has {value.Length} characters; expected at most 2,000.", $"“{field.Label.Zh}”有 {value.Length} 个字符，最多 2,000 个。");
            else if (field.Choices.Count > 0 && value.Length > 0 && !field.Choices.Contains(value)) problems.Add($"{field.Label.En} is none of {string.Join(", ", field.Choices)}.", $"“{field.Label.Zh}”应为 {string.Join("、", field.Choices)} 之一。");
        }

        problems.Add(settings.Keys.Where(k => known.Fields.All(f => f.Name != k)).Select(k => new Bilingual($"A {kind} has no setting '{k}'.", $"{known.Name.Zh} 没有设置“{k}”。")));
        problems.Refuse();
        var kept = known.Fields.Where(f => settings.GetValueOrDefault(f.Name, "").Length > 0).ToDictionary(f => f.Name, f => settings[f.Name], StringComparer.Ordinal);
        // Made once, so that settings that cannot be used are refused now.
        Open(kind, kept, new RetryOptions());
        using var db = data.Open();
        if (db.Destinations.AsNoTracking().AsEnumerable().Any(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            throw new ConfigurationException($"There is a destination '{name}' already; choose another name.", $"目的地“{name}”已存在，请换一个名称。");
        var row = new DestinationRow { Name = name, Kind = kind, Created = DateTime.UtcNow, Settings = protector.Protect(JsonSerializer.Serialize(kept)) };
        db.Destinations.Add(row);
        db.SaveChanges();
        return Shown(row);
    }

    /// <exception cref="InputException">There is no such destination.</exception>
    public SavedDestination Remove(int id)
    {
        using var db = data.Open();
        var row = db.Destinations.Find(id) ?? throw Nothing(id);
        db.Destinations.Remove(row);
        db.SaveChanges();
        return Shown(row);
    }

    /// <summary>The destination itself, to deliver to.</summary>
    /// <exception cref="InputException">There is none, or its settings cannot be decrypted: the server's keys are others.</exception>
    public IDestination Open(int id, RetryOptions? retry = null)
    {
        using var db = data.Open();
        var row = db.Destinations.Find(id) ?? throw Nothing(id);
        return Open(row.Kind, Settings(row), retry ?? new());
    }

    /// <summary>Whether the receiver can be reached and takes what we send: a webhook gets a signed message without changes, Segment's API one event about a customer
    /// that is named coterie-test, a database is connected to, and a folder is written to.</summary>
    /// <exception cref="InputException">There is none, or its settings cannot be decrypted.</exception>
    public async Task<DestinationTest> Test(int id, CancellationToken stop)
    {
        await using var db = data.Open();
        var row = await db.Destinations.FindAsync([id], stop) ?? throw Nothing(id);
        var settings = Settings(row);
        try
        {
            return row.Kind switch
            {
                "postgres" => await DestinationTrial.Database(settings, stop),
                "file" or "ads" => DestinationTrial.Folder(FolderOf(settings)),
                _ => await DestinationTrial.Send(Open(row.Kind, settings, new RetryOptions { Tries = 1 }), stop),
            };
        }
        catch (ConfigurationException e)
        {
            return DestinationTest.Of(false, e.Problems[0].En, e.Problems[0].Zh);
        }
    }

    IDestination Open(string kind, IReadOnlyDictionary<string, string> settings, RetryOptions retry)
    {
        string Of(string name) => settings.GetValueOrDefault(name, "");
        var web = new WebOptions { Address = Of("url"), AllowPrivate = Of("allow_private") == "true", Retry = retry, Total = TimeSpan.FromSeconds(retry.Tries == 1 ? 10 : 30) };
        try
        {
            return kind switch
            {
                "webhook" => new WebhookDestination(web, WebhookSecrets.Parse(Of("secret"), "The signing secret")),
                "segment" => new SegmentDestination(web, Of("key")),
                "postgres" => new PostgresDestination(new PostgresOptions { Connection = Of("connection"), Password = Of("password") is { Length: > 0 } password ? password : null, Table = Of("table") is { Length: > 0 } table ? table : "coterie_audiences", Retry = retry }),
                "file" => new FileDestination(FolderOf(settings), Of("format") switch { "parquet" => ChangeFormat.Parquet, "jsonl" => ChangeFormat.JsonLines, _ => ChangeFormat.Csv }),
                "ads" => new AdListDestination(FolderOf(settings), AdPlatform.Of(Of("platform"))),
                _ => throw new ConfigurationException($"There is no kind of destination '{kind}'.", $"没有目的地类型“{kind}”。"),
            };
        }
        catch (ConfigurationException e)
        {
            throw kind == "postgres" && e.Message.Contains("password", StringComparison.OrdinalIgnoreCase)
                ? new ConfigurationException("The connection holds a password; it belongs into the field of its own.", "连接中含有密码，请改填到“密码”一栏。")
                : new ConfigurationException(e.Told(InWords));
        }
    }

    // The library speaks of the command line's options.
    static string InWords(string message) => message.Replace("--url", "Address", StringComparison.Ordinal).Replace("--connection", "Connection", StringComparison.Ordinal)
        .Replace("--table", "Table", StringComparison.Ordinal).Replace("--out", "Folder", StringComparison.Ordinal).Replace("with --allow-private", "with the switch for our own network", StringComparison.Ordinal)
        .Replace("add --allow-private", "use the switch for our own network", StringComparison.Ordinal).Replace("--allow-private", "the switch for our own network", StringComparison.Ordinal).Replace("--platform", "Platform", StringComparison.Ordinal);

    // One name under exports/ and nothing else: never a path.
    string FolderOf(IReadOnlyDictionary<string, string> settings)
    {
        var name = settings.GetValueOrDefault("folder", "");
        return name.Length is > 0 and <= 60 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? Path.Combine(Exports, name)
            : throw new ConfigurationException("The folder is one name of letters, digits, - and _, 60 at most.", "文件夹名只能包含字母、数字、- 与 _，最多 60 个字符。");
    }

    Dictionary<string, string> Settings(DestinationRow row)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(protector.Unprotect(row.Settings))!;
        }
        catch (CryptographicException e)
        {
            throw new InputException($"The settings of '{row.Name}' cannot be decrypted: the keys in server/keys are not those that it was made with. Restore them, or make the destination anew.", $"无法解密“{row.Name}”的设置：server/keys 中的密钥与创建时不同。请恢复原密钥，或重新创建该目的地。", e);
        }
    }

    SavedDestination Shown(DestinationRow row)
    {
        try
        {
            var settings = Settings(row);
            var open = DestinationKind.Of(row.Kind)?.Fields.Where(f => !f.Secret && settings.ContainsKey(f.Name)).ToDictionary(f => f.Name, f => settings[f.Name], StringComparer.Ordinal) ?? [];
            return new(row.Id, row.Name, row.Kind, row.Created, open, null);
        }
        catch (InputException e)
        {
            return new(row.Id, row.Name, row.Kind, row.Created, new Dictionary<string, string>(), e.Message) { TroubleZh = e.Problems[0].Zh };
        }
    }

    static InputException Nothing(int id) => new($"There is no destination {id}.", $"没有编号为 {id} 的目的地。");
}
