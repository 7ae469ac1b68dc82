using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Coterie.Profiles;
using Coterie.Reports.Words;

namespace Coterie.Reports;

/// <summary>Chinese for what the stages say in English. English is the only text that stages make, because programs read it in
/// <c>report.json</c>; where people look, at <c>report.html</c> and at the terminal, the phrasebook puts the Chinese beside it.</summary>
/// <remarks>In the manner of gettext: the English sentence is the key, here with holes for numbers and names. A text of several sentences, or of
/// several clauses divided by semicolons, is looked up in parts where it is not known as a whole.</remarks>
public static partial class Phrasebook
{
    // By stage; each in a file of its own.
    internal static IReadOnlyList<Phrase> All { get; } =
    [
        .. DataPhrases.All, .. FeaturePhrases.All, .. SearchPhrases.All, .. ProofPhrases.All, .. ViewPhrases.All, .. LearningPhrases.All, .. RunPhrases.All,
    ];

    static readonly Dictionary<string, string> Whole = All.Where(p => p.IsWhole).ToDictionary(p => p.En, p => p.Zh, StringComparer.Ordinal);

    // The most literal first: of two that fit it says more precisely what is meant.
    static readonly Phrase[] Templates = [.. All.Where(p => !p.IsWhole).OrderByDescending(p => p.Literal).ThenBy(p => p.En, StringComparer.Ordinal)];

    // The leaderboard of a search says few different things many times.
    static readonly ConcurrentDictionary<string, string> Found = new(StringComparer.Ordinal);
    const int MostKept = 4096;

    [GeneratedRegex(@"(?<=[.!?]) (?=\p{Lu}|'|--|\d)")]
    private static partial Regex BetweenSentences();

    /// <summary>The sentence and its Chinese; the English twice where the phrasebook does not know it.</summary>
    public static Bilingual Of(string english) => new(english, Chinese(english) ?? english);

    /// <summary>The sentence in a language, en or zh; in English where the phrasebook does not know it.</summary>
    public static string In(string english, string lang) => lang == "zh" ? Chinese(english) ?? english : english;

    /// <summary>The Chinese, or null where the phrasebook does not know the sentence.</summary>
    internal static string? Chinese(string english)
    {
        if (english.Length == 0) return "";
        if (Found.TryGetValue(english, out var known)) return known;
        var found = One(english) ?? Parts(english, BetweenSentences().Split(english), "") ?? Parts(english, english.Split("; "), "；");
        if (found is not null && Found.Count < MostKept) Found[english] = found;
        return found;
    }

    static string? One(string english)
    {
        if (Whole.TryGetValue(english, out var whole)) return whole;
        foreach (var template in Templates)
            if (template.Of(english, Chinese) is { } found) return found;
        return null;
    }

    // Null where there is one part only, or where a part is not known.
    static string? Parts(string english, string[] parts, string between)
    {
        if (parts.Length < 2 || parts.Any(p => p.Length == 0 || p.Length == english.Length)) return null;
        var found = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Chinese(parts[i]) is not { } chinese) return null;
            found[i] = chinese;
        }

        return string.Join(between, found);
    }
}
