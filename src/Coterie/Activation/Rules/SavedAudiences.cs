using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coterie.Activation.Rules;

/// <summary>A rule that was given a name.</summary>
/// <param name="Id">"A1": fixed for life, never used again for something else; receivers know the audience by it.</param>
/// <param name="Name">For people; unique in a workspace, capitals apart.</param>
/// <param name="Rule">Who is in it.</param>
/// <param name="Created">When.</param>
public sealed record SavedAudience(string Id, string Name, AudienceRule Rule, DateTime Created);

/// <summary>The audiences of a workspace, in <c>audiences.json</c>: written whole or not at all.</summary>
public sealed partial class SavedAudiences
{
    const string Schema = "coterie.audiences/1";
    const int LongestName = 100, MostAudiences = 1_000;
    static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    readonly string file;
    int last;

    SavedAudiences(string file, List<SavedAudience> all, int last)
    {
        this.file = file;
        All = all;
        this.last = last;
    }

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<SavedAudience> All { get; private set; }

    /// <summary>Opens the audiences of a workspace; none where none was saved.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static SavedAudiences Open(string workspace)
    {
        var file = Path.Combine(workspace, "audiences.json");
        if (!File.Exists(file)) return new SavedAudiences(file, [], 0);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 80 });
            var root = document.RootElement;
            if (root.GetProperty("schema").GetString() is var schema && schema != Schema) throw new InputException($"'{file}' has the schema '{schema}'; this version reads {Schema}.");
            var all = root.GetProperty("audiences").EnumerateArray().Select(a => new SavedAudience(
                a.GetProperty("id").GetString()!, a.GetProperty("name").GetString()!, RuleJson.Read(a.GetProperty("rule")), a.GetProperty("created").GetDateTime().ToUniversalTime())).ToList();
            return new SavedAudiences(file, all, root.GetProperty("last").GetInt32());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ConfigurationException)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Restore it, or remove it and save the audiences again (receivers will not know them).", e);
        }
    }

    /// <summary>The audience of an id or a name, or null.</summary>
    public SavedAudience? Find(string idOrName) =>
        All.FirstOrDefault(a => string.Equals(a.Id, idOrName, StringComparison.OrdinalIgnoreCase)) ?? All.FirstOrDefault(a => string.Equals(a.Name, idOrName.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Saves a rule under a name; one that is there gets the new rule and keeps its id.</summary>
    /// <exception cref="ConfigurationException">The name or the rule cannot be used.</exception>
    public SavedAudience Save(string name, AudienceRule rule, DateTime now)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl) || RuleCheck.HasLoneSurrogate(name))
            throw new ConfigurationException($"The name of an audience has {name.Length} characters; expected 1 to {LongestName}, all of them visible.", $"受众名称有 {name.Length} 个字符，应为 1 到 {LongestName} 个可见字符。");
        if (IsId(name)) throw new ConfigurationException($"'{name}' has the form of an id; choose another name.", $"“{name}”与编号格式相同，请换一个名称。");
        RuleCheck.Check(rule);
        var former = All.FirstOrDefault(a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase));
        if (former is null && All.Count >= MostAudiences) throw new ConfigurationException($"There are {MostAudiences:N0} audiences; remove one first.", $"已有 {MostAudiences:N0} 个受众，请先移除一个。");
        var saved = former is null ? new SavedAudience($"A{last + 1}", name, rule, now) : former with { Rule = rule };
        if (former is null) last++;
        Keep(former is null ? [.. All, saved] : [.. All.Select(a => a.Id == saved.Id ? saved : a)]);
        return saved;
    }

    /// <summary>Removes an audience; its id is not used again.</summary>
    /// <exception cref="ConfigurationException">There is none of this id or name.</exception>
    public SavedAudience Remove(string idOrName)
    {
        var found = Named(idOrName);
        Keep([.. All.Where(a => a.Id != found.Id)]);
        return found;
    }

    /// <summary>The audience of an id or a name.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public SavedAudience Named(string idOrName) => Find(idOrName)
        ?? throw new ConfigurationException($"There is no audience '{idOrName}'; {(All.Count == 0 ? "none is saved yet ('./coterie audience save' makes one)" : $"there are {string.Join(", ", All.Select(a => $"{a.Id} ({a.Name})"))}")}.");

    void Keep(List<SavedAudience> all)
    {
        Durable.Write(file, stream =>
        {
            using var json = new Utf8JsonWriter(stream, Indented);
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteNumber("last", last);
            json.WriteStartArray("audiences");
            foreach (var audience in all)
            {
                json.WriteStartObject();
                json.WriteString("id", audience.Id);
                json.WriteString("name", audience.Name);
                json.WriteString("created", audience.Created.ToUniversalTime());
                json.WritePropertyName("rule");
                RuleJson.Write(json, audience.Rule);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        All = all;
    }

    /// <summary>Whether an id is one of a saved audience, not of a segment.</summary>
    internal static bool IsId(string id) => IdForm().IsMatch(id);

    [GeneratedRegex("^[Aa][0-9]+$")]
    private static partial Regex IdForm();
}
