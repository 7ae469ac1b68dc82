using System.Text;

namespace Coterie.Reports.Words;

/// <summary>What a hole of a template may hold.</summary>
enum HoleKind
{
    /// <summary>Any text; it passes through unchanged: names, numbers, options.</summary>
    Text,
    /// <summary>A name of ours, without white space; it passes through unchanged.</summary>
    Name,
    /// <summary>Digits with their signs; it passes through unchanged.</summary>
    Number,
    /// <summary>Words of the phrasebook; the template does not fit where they are unknown.</summary>
    Words,
    /// <summary>Words of the phrasebook where they are known, else text: messages of the system and of libraries.</summary>
    Perhaps,
    /// <summary>Names divided by commas, which Chinese divides by its own sign.</summary>
    List,
}

/// <summary>A part of a template: text as it stands, or a hole.</summary>
/// <param name="Name">Of the hole; empty for text.</param>
readonly record struct Piece(string Text, string Name, HoleKind Kind)
{
    public bool IsHole => Name.Length > 0;
}

/// <summary>An English sentence with holes and its Chinese, which has the same holes in any order.</summary>
/// <remarks>A hole is <c>{name}</c>, or in the English also <c>{name:name}</c>, <c>{name:number}</c>, <c>{name:words}</c>, <c>{name:perhaps}</c> or <c>{name:list}</c>.
/// A hole holds as little as it can, and at least one character. Two holes never touch, so the first place of the text between them is enough to look
/// at: where a later place would fit, the first fits too. Matching is linear in the sentence.</remarks>
sealed class Phrase
{
    readonly Piece[] english, chinese;

    public Phrase(string en, string zh)
    {
        (En, Zh) = (en, zh);
        english = Parse(en);
        chinese = Parse(zh);
        Literal = english.Where(p => !p.IsHole).Sum(p => p.Text.Length);
    }

    public string En { get; }

    public string Zh { get; }

    /// <summary>Characters outside holes: of two templates that fit, the one with more of them says more precisely what is meant.</summary>
    public int Literal { get; }

    public IEnumerable<string> Holes => english.Where(p => p.IsHole).Select(p => p.Name);

    public IEnumerable<string> HolesOfChinese => chinese.Where(p => p.IsHole).Select(p => p.Name);

    public bool IsWhole => english is [{ IsHole: false }];

    /// <summary>The Chinese of a sentence, or null where the template does not fit.</summary>
    /// <param name="words">The phrasebook, for holes that hold words.</param>
    public string? Of(string sentence, Func<string, string?> words)
    {
        var held = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        for (var i = 0; i < english.Length; i++)
        {
            var piece = english[i];
            if (!piece.IsHole)
            {
                if (string.CompareOrdinal(sentence, at, piece.Text, 0, piece.Text.Length) != 0) return null;
                at += piece.Text.Length;
                continue;
            }

            var end = End(sentence, at, i);
            if (end <= at || Held(sentence[at..end], piece.Kind, words) is not { } value) return null;
            held[piece.Name] = value;
            at = end;
        }

        return at == sentence.Length ? Filled(held) : null;
    }

    // Where the hole ends: before the text that follows it, which stands at the sentence's end if nothing comes after.
    int End(string sentence, int at, int hole)
    {
        if (hole == english.Length - 1) return sentence.Length;
        var next = english[hole + 1].Text;
        if (hole + 1 == english.Length - 1) return sentence.EndsWith(next, StringComparison.Ordinal) ? sentence.Length - next.Length : -1;
        return at + 1 >= sentence.Length ? -1 : sentence.IndexOf(next, at + 1, StringComparison.Ordinal);
    }

    static string? Held(string text, HoleKind kind, Func<string, string?> words) => kind switch
    {
        HoleKind.Number => text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiDigit(c) || c is '.' or ',' or '-' or '+' or '∞') || text is "NaN" ? text : null,
        HoleKind.Name => text.Any(char.IsWhiteSpace) ? null : text,
        HoleKind.Words => words(text),
        HoleKind.Perhaps => words(text) ?? text,
        HoleKind.List => text.Replace(", ", "、", StringComparison.Ordinal).Replace(" and ", "、", StringComparison.Ordinal),
        _ => text,
    };

    string Filled(Dictionary<string, string> held)
    {
        var text = new StringBuilder();
        foreach (var piece in chinese)
        {
            var next = piece.IsHole ? held[piece.Name] : piece.Text;
            // Latin words and numbers stand off from Chinese characters, as everywhere in these texts.
            if (text.Length > 0 && Apart(text[^1], next[0])) text.Append(' ');
            text.Append(next);
        }

        return text.ToString();
    }

    static bool Apart(char before, char after) =>
        (IsChinese(before) && char.IsAsciiLetterOrDigit(after)) || (char.IsAsciiLetterOrDigit(before) && IsChinese(after));

    static bool IsChinese(char c) => c is >= '\u4E00' and <= '\u9FFF';

    static Piece[] Parse(string template)
    {
        var pieces = new List<Piece>();
        var at = 0;
        while (template.IndexOf('{', at) is var open and >= 0)
        {
            var close = template.IndexOf('}', open);
            if (open > at) pieces.Add(new Piece(template[at..open], "", HoleKind.Text));
            var hole = template[(open + 1)..close].Split(':');
            pieces.Add(new Piece("", hole[0], hole.Length == 1 ? HoleKind.Text : Enum.Parse<HoleKind>(hole[1], ignoreCase: true)));
            at = close + 1;
        }

        if (at < template.Length) pieces.Add(new Piece(template[at..], "", HoleKind.Text));
        return [.. pieces];
    }
}
