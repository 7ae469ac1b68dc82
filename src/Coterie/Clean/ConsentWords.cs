using System.Text.Json;

namespace Coterie.Clean;

/// <summary>One thing that a row says about consent.</summary>
/// <param name="Purpose">About what.</param>
/// <param name="Said">The word that said it: a later answer to the same word replaces it.</param>
/// <param name="Answer">Unknown: a former refusal by this word is lifted, which is no consent.</param>
readonly record struct ConsentStatement(ConsentPurpose Purpose, string Said, ConsentAnswer Answer);

/// <summary>The words by which shops and consent managers say what a customer agreed to. Capitals, spaces and dashes do not matter.</summary>
static class ConsentWords
{
    /// <summary>Rows that hold none of these texts (in lower case) say nothing.</summary>
    internal static readonly string[] Hints =
    [
        "consent", "optin", "opt_in", "opt-in", "opt in", "optout", "opt_out", "opt-out", "opt out", "opted", "donot", "do_not", "do-not", "do not", "unsubscribed",
        "acceptsmarketing", "accepts_marketing", "accepts-marketing", "accepts marketing", "emailmarketing", "email_marketing",
    ];

    /// <summary>Each hint holds one of these.</summary>
    internal static readonly string[] Parts = ["consent", "opt", "not", "unsub", "market"];

    static readonly ConsentPurpose[] All = [ConsentPurpose.Marketing, ConsentPurpose.Analytics, ConsentPurpose.Personalisation];

    static readonly Dictionary<string, ConsentPurpose[]> Yes = new(StringComparer.Ordinal)
    {
        ["consent"] = All, ["consentgiven"] = All, ["gdprconsent"] = All,
        ["marketingconsent"] = [ConsentPurpose.Marketing], ["consentmarketing"] = [ConsentPurpose.Marketing], ["marketingoptin"] = [ConsentPurpose.Marketing],
        ["optinmarketing"] = [ConsentPurpose.Marketing], ["optin"] = [ConsentPurpose.Marketing], ["optedin"] = [ConsentPurpose.Marketing], ["emailoptin"] = [ConsentPurpose.Marketing],
        ["emailconsent"] = [ConsentPurpose.Marketing], ["emailmarketingconsent"] = [ConsentPurpose.Marketing], ["newsletteroptin"] = [ConsentPurpose.Marketing],
        ["acceptsmarketing"] = [ConsentPurpose.Marketing], ["buyeracceptsmarketing"] = [ConsentPurpose.Marketing], ["acceptsemailmarketing"] = [ConsentPurpose.Marketing],
        ["analyticsconsent"] = [ConsentPurpose.Analytics], ["consentanalytics"] = [ConsentPurpose.Analytics],
        ["personalisationconsent"] = [ConsentPurpose.Personalisation], ["personalizationconsent"] = [ConsentPurpose.Personalisation],
        ["consentpersonalisation"] = [ConsentPurpose.Personalisation], ["consentpersonalization"] = [ConsentPurpose.Personalisation],
    };

    static readonly Dictionary<string, ConsentPurpose[]> No = new(StringComparer.Ordinal)
    {
        ["donotcontact"] = [ConsentPurpose.Marketing], ["donotemail"] = [ConsentPurpose.Marketing], ["donotmarket"] = [ConsentPurpose.Marketing], ["unsubscribed"] = [ConsentPurpose.Marketing],
        ["optout"] = [ConsentPurpose.Marketing], ["optedout"] = [ConsentPurpose.Marketing], ["marketingoptout"] = [ConsentPurpose.Marketing], ["emailoptout"] = [ConsentPurpose.Marketing],
        ["donottrack"] = [ConsentPurpose.Analytics, ConsentPurpose.Personalisation],
    };

    // Categories of consent managers; c0002 to c0004 are OneTrust's (performance, functional, targeting).
    static readonly Dictionary<string, ConsentPurpose> Categories = new(StringComparer.Ordinal)
    {
        ["marketing"] = ConsentPurpose.Marketing, ["advertising"] = ConsentPurpose.Marketing, ["targeting"] = ConsentPurpose.Marketing, ["c0004"] = ConsentPurpose.Marketing,
        ["analytics"] = ConsentPurpose.Analytics, ["performance"] = ConsentPurpose.Analytics, ["statistics"] = ConsentPurpose.Analytics, ["measurement"] = ConsentPurpose.Analytics, ["c0002"] = ConsentPurpose.Analytics,
        ["personalisation"] = ConsentPurpose.Personalisation, ["personalization"] = ConsentPurpose.Personalisation, ["functional"] = ConsentPurpose.Personalisation,
        ["preferences"] = ConsentPurpose.Personalisation, ["c0003"] = ConsentPurpose.Personalisation,
    };

    static readonly HashSet<string> Agreed = new(StringComparer.Ordinal)
        { "true", "yes", "y", "1", "on", "given", "granted", "accepted", "allowed", "agreed", "optin", "optedin", "subscribed", "是", "同意" };

    static readonly HashSet<string> Declined = new(StringComparer.Ordinal)
        { "false", "no", "n", "0", "off", "refused", "denied", "declined", "rejected", "withdrawn", "revoked", "optout", "optedout", "unsubscribed", "notsubscribed", "否", "不同意", "拒绝" };

    /// <summary>What a row says: columns of a file, traits, properties, and <c>context.consent.categoryPreferences</c>.</summary>
    /// <param name="row">The row's JSON object of everything that is no column of events.</param>
    /// <param name="into">Statements are added.</param>
    /// <returns>Answers that could not be read.</returns>
    internal static int Read(JsonElement row, List<ConsentStatement> into)
    {
        var unreadable = Members(row, into);
        foreach (var part in (string[])["traits", "properties"])
            if (Part(row, part) is { } members) unreadable += Members(members, into);
        if (Part(row, "context") is not { } context) return unreadable;
        if (Part(context, "traits") is { } traits) unreadable += Members(traits, into);
        if (Part(context, "consent") is { } consent && Part(consent, "categoryPreferences") is { } categories) unreadable += ByCategory(categories, "categories", into);
        return unreadable;
    }

    /// <summary>What a column of a file says about the purposes; nothing where it is not about consent.</summary>
    /// <param name="name">Of the column.</param>
    /// <param name="value">As text; null says nothing.</param>
    /// <param name="into">Statements are added.</param>
    /// <returns>Answers that could not be read.</returns>
    internal static int Read(string name, string? value, List<ConsentStatement> into) => value is null ? 0 : Say(Plain(name), Answer(value), value.Length > 0, into);

    /// <summary>Whether a name is one of those by which consent is said.</summary>
    internal static bool IsOne(string name) => Yes.ContainsKey(Plain(name)) || No.ContainsKey(Plain(name));

    static JsonElement? Part(JsonElement of, string name) => of.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object ? part : null;

    static int Members(JsonElement of, List<ConsentStatement> into)
    {
        var unreadable = 0;
        foreach (var member in of.EnumerateObject())
        {
            var name = Plain(member.Name);
            if (!Yes.ContainsKey(name) && !No.ContainsKey(name) && name != "consents") continue;
            if (member.Value.ValueKind == JsonValueKind.Object && !member.Value.TryGetProperty("state", out _)) unreadable += ByCategory(member.Value, name, into);
            else if (name != "consents") unreadable += Say(name, Answer(member.Value), Says(member.Value), into);
        }

        return unreadable;
    }

    static int ByCategory(JsonElement categories, string said, List<ConsentStatement> into)
    {
        var unreadable = 0;
        foreach (var member in categories.EnumerateObject())
        {
            if (!Categories.TryGetValue(Plain(member.Name), out var purpose)) continue;
            if (Answer(member.Value) is { } answer) into.Add(new(purpose, said + "/" + Plain(member.Name), answer));
            else if (Says(member.Value)) unreadable++;
        }

        return unreadable;
    }

    static int Say(string name, ConsentAnswer? answer, bool says, List<ConsentStatement> into)
    {
        var refusal = No.TryGetValue(name, out var purposes);
        if (!refusal && !Yes.TryGetValue(name, out purposes)) return 0;
        if (answer is not { } a) return says ? 1 : 0;
        // Not to ask for silence is not to ask for letters.
        if (refusal) a = a == ConsentAnswer.Given ? ConsentAnswer.Refused : ConsentAnswer.Unknown;
        foreach (var purpose in purposes!) into.Add(new(purpose, name, a));
        return 0;
    }

    static bool Says(JsonElement value) => value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    static ConsentAnswer? Answer(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => ConsentAnswer.Given,
        JsonValueKind.False => ConsentAnswer.Refused,
        JsonValueKind.String => Answer(value.GetString()!),
        JsonValueKind.Number => Answer(value.GetRawText()),
        // Shopify: {"state": "subscribed", …}.
        JsonValueKind.Object when value.TryGetProperty("state", out var state) && state.ValueKind == JsonValueKind.String => Answer(state.GetString()!),
        _ => null,
    };

    static ConsentAnswer? Answer(string text)
    {
        var plain = Plain(text);
        return Agreed.Contains(plain) ? ConsentAnswer.Given : Declined.Contains(plain) ? ConsentAnswer.Refused : null;
    }

    static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
