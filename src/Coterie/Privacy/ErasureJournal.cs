using System.Text.Json;

namespace Coterie.Privacy;

/// <summary>An erasure that has begun: it is finished by whoever opens the workspace for an erasure next. The only place that names the person in clear;
/// it is removed with the last step.</summary>
internal sealed class ErasureJournal
{
    const string Name = "underway";

    readonly string path;
    readonly Document state;

    ErasureJournal(string path, Document state)
    {
        this.path = path;
        this.state = state;
    }

    sealed record Document
    {
        public required string Id { get; init; }
        public required DateTime Begun { get; init; }
        public required string By { get; init; }
        public string? Reason { get; init; }
        public required IReadOnlyList<string> Customers { get; init; }
        public required IReadOnlyList<string> Ids { get; init; }
        public required IReadOnlyList<string> Telling { get; init; }
        public required IReadOnlyList<string> Values { get; init; }
        public required IReadOnlyList<string> Keys { get; init; }
        public Dictionary<string, ErasedFrom> Found { get; init; } = new(StringComparer.Ordinal);
        public Dictionary<string, ToldElsewhere> Elsewhere { get; init; } = new(StringComparer.Ordinal);
        public Dictionary<string, ErasedModel> Models { get; init; } = new(StringComparer.Ordinal);
    }

    internal string Id => state.Id;
    internal DateTime Begun => state.Begun;
    internal string By => state.By;
    internal string? Reason => state.Reason;
    internal ErasedPerson Person => new(state.Customers, state.Ids, state.Telling, state.Values, state.Keys);
    internal IReadOnlyList<ErasedFrom> Found => [.. state.Found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value).Where(f => f.Removed > 0 || f.Masked > 0)];
    internal IReadOnlyList<ToldElsewhere> Elsewhere => [.. state.Elsewhere.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)];
    internal IReadOnlyList<ErasedModel> Models => [.. state.Models.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)];

    /// <summary>One that was begun and not finished; null where there is none.</summary>
    /// <exception cref="InputException">It is damaged.</exception>
    internal static ErasureJournal? Open(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path)) return null;
        try
        {
            return new(path, JsonSerializer.Deserialize<Document>(File.ReadAllBytes(path), ErasureReceipt.Json)!);
        }
        catch (JsonException e)
        {
            throw new InputException($"'{path}' is damaged: {e.Message} It says which erasure is underway. Restore it from a backup, or remove it and erase the same customers again.", e);
        }
    }

    internal static ErasureJournal Begin(string folder, string id, DateTime begun, string by, string? reason, ErasedPerson person)
    {
        var journal = new ErasureJournal(Path.Combine(folder, Name), new Document
        {
            Id = id,
            Begun = begun,
            By = by,
            Reason = reason,
            Customers = person.Customers,
            Ids = person.Ids,
            Telling = person.Telling,
            Values = person.Values,
            Keys = person.OwnKeys,
        });
        journal.Keep();
        return journal;
    }

    /// <summary>Notes what is about to be removed, before it is: a step that is done again after a crash finds less, and the first count stands.</summary>
    internal void Note(ErasedFrom found)
    {
        var key = $"{found.Store}\n{found.Name}";
        if (state.Found.TryGetValue(key, out var before) && before.Removed >= found.Removed && before.Masked >= found.Masked) return;
        if (found is { Removed: 0, Masked: 0 }) return;
        state.Found[key] = found;
        Keep();
    }

    internal void Note(ToldElsewhere told)
    {
        if (state.Elsewhere.TryAdd($"{told.Destination}\n{told.Audience}", told)) Keep();
    }

    internal void Note(ErasedModel model)
    {
        if (state.Models.TryGetValue(model.Model, out var before) && before.Rows >= model.Rows) return;
        state.Models[model.Model] = model;
        Keep();
    }

    void Keep() => Durable.Write(path, stream => JsonSerializer.Serialize(stream, state, ErasureReceipt.Json));

    /// <summary>The erasure is done.</summary>
    internal void End()
    {
        File.Delete(path);
        Durable.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
