using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coterie.Privacy;

/// <summary>What was removed from one place.</summary>
/// <param name="Store">warehouse, run, log, inbox, activation, file or temporary.</param>
/// <param name="Name">A table, or a file relative to the workspace.</param>
/// <param name="Removed">Rows, lines, events or entries that are gone.</param>
/// <param name="Masked">Texts in which the person's name was replaced.</param>
/// <param name="Note">What else is to be said.</param>
public sealed record ErasedFrom(string Store, string Name, long Removed, long Masked, string? Note = null);

/// <summary>A receiver that knows of the person and has to be told to forget them.</summary>
/// <param name="Destination">Its kind and fingerprint, as the journal of what was sent names it.</param>
/// <param name="Audience">Of which audience.</param>
/// <param name="Members">How many of the person's ids it has.</param>
public sealed record ToldElsewhere(string Destination, string Audience, int Members);

/// <summary>A model that learned from the person among others.</summary>
/// <param name="Model">Its folder, relative to the workspace.</param>
/// <param name="Among">Customers it learned from.</param>
/// <param name="Rows">Rows of the person that it held and that were taken out.</param>
/// <param name="En">What became of it.</param>
/// <param name="Zh">The same in Chinese.</param>
public sealed record ErasedModel(string Model, int Among, int Rows, string En, string Zh);

/// <summary>What an erasure found and removed, for whoever asked for it and for an auditor. Holds no id in clear.</summary>
public sealed record ErasureReceipt
{
    public const string CurrentSchema = "coterie.erasure/1";

    public string Schema { get; init; } = CurrentSchema;
    public required string Id { get; init; }
    public required DateTime Begun { get; init; }
    public required DateTime Done { get; init; }
    /// <summary>Who did it.</summary>
    public required string By { get; init; }
    public string? Reason { get; init; }
    /// <summary>How many customers were asked for.</summary>
    public required int Customers { get; init; }
    /// <summary>HMAC-SHA-256 of each id, under the workspace's key.</summary>
    public required IReadOnlyList<string> Ids { get; init; }
    public required IReadOnlyList<ErasedFrom> Removed { get; init; }
    public IReadOnlyList<ErasedModel> Models { get; init; } = [];
    public IReadOnlyList<ToldElsewhere> Elsewhere { get; init; } = [];
    /// <summary>Files that were read once more at the end.</summary>
    public required int FilesChecked { get; init; }
    /// <summary>Files in which the person is still found, or that could not be cleaned; empty is what is wanted.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];
    public IReadOnlyList<string> Notes { get; init; } = [];
    public IReadOnlyList<string> NotesZh { get; init; } = [];

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>As it is kept and shown.</summary>
    public string Text() => JsonSerializer.Serialize(this, Json);

    internal void Write(string folder)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(this, Json);
        Durable.Write(Path.Combine(folder, Id + ".json"), stream =>
        {
            stream.Write(text);
            stream.WriteByte((byte)'\n');
        });
    }

    /// <summary>The receipts of a workspace, oldest first.</summary>
    public static IReadOnlyList<ErasureReceipt> All(string workspace)
    {
        var folder = SuppressionList.FolderOf(workspace);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .Select(f => JsonSerializer.Deserialize<ErasureReceipt>(File.ReadAllBytes(f), Json)!)];
    }
}
