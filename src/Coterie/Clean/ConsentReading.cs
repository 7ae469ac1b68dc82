using System.Text.Json;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Finds in a warehouse what customers said about consent.</summary>
/// <remarks>The newest answer to each word counts, at one instant the refusal. A refusal by any word is a refusal, whatever other words say; so a banner that is
/// clicked away does not undo a letter of complaint. The newest answers count also where a decision looks at an earlier instant: nobody is written to in the past.</remarks>
public static class ConsentReading
{
    /// <summary>Reads all answers.</summary>
    public static Consents Of(IWarehouse warehouse)
    {
        if (CustomerRows.WithProperties(warehouse) is not { } rows) return Consents.None;
        var said = new Dictionary<string, Dictionary<Key, Told>>(StringComparer.Ordinal);
        var statements = new List<ConsentStatement>();
        long unreadable = 0;
        string Any(IEnumerable<string> texts) => $"({string.Join(" OR ", texts.Select(h => $"contains(lower(\"properties\"), {warehouse.Dialect.Text(h)})"))})";
        // Most rows of most logs say nothing of it: five short texts are looked for in all rows, the others in what is left.
        var hints = $"{Any(ConsentWords.Parts)} AND {Any(ConsentWords.Hints)}";
        warehouse.Query(new Step("find what was said about consent", $"""
            SELECT "customer_id", "time", "properties" FROM ({rows}) WHERE "customer_id" IS NOT NULL AND {hints}
            """), r =>
        {
            statements.Clear();
            unreadable += Statements(r.GetString(2), statements);
            if (statements.Count == 0) return;
            var (customer, time) = (r.GetString(0), r.GetDateTime(1));
            if (!said.TryGetValue(customer, out var told)) said[customer] = told = [];
            foreach (var s in statements)
            {
                var key = new Key(s.Purpose, s.Said);
                if (!told.TryGetValue(key, out var before) || time > before.Time || (time == before.Time && s.Answer == ConsentAnswer.Refused)) told[key] = new Told(time, s.Answer);
            }
        });
        return new Consents(said.ToDictionary(s => s.Key, s => Together(s.Value), StringComparer.Ordinal), unreadable);
    }

    static int Statements(string row, List<ConsentStatement> into)
    {
        try
        {
            using var document = JsonDocument.Parse(row);
            return document.RootElement.ValueKind == JsonValueKind.Object ? ConsentWords.Read(document.RootElement, into) : 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Nested too deep, or half a surrogate pair: what the row says cannot be read, and is counted so.
            return 1;
        }
    }

    static Consent Together(Dictionary<Key, Told> told)
    {
        ConsentAnswer For(ConsentPurpose purpose)
        {
            var answers = told.Where(t => t.Key.Purpose == purpose).Select(t => t.Value.Answer).ToArray();
            return answers.Contains(ConsentAnswer.Refused) ? ConsentAnswer.Refused : answers.Contains(ConsentAnswer.Given) ? ConsentAnswer.Given : ConsentAnswer.Unknown;
        }

        return new Consent(For(ConsentPurpose.Marketing), For(ConsentPurpose.Analytics), For(ConsentPurpose.Personalisation));
    }

    readonly record struct Key(ConsentPurpose Purpose, string Said);

    readonly record struct Told(DateTime Time, ConsentAnswer Answer);
}
