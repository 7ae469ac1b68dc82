namespace Coterie.Server.Collector;

/// <summary>Half of a surrogate pair in JSON (an emoji that a client cut in two) is allowed by its grammar and is no text. It becomes U+FFFD, as browsers
/// do when they make a text well-formed, so that one such text does not cost its whole batch.</summary>
static class Surrogates
{
    /// <summary>Mends escapes in place; the length stays.</summary>
    public static void Mend(Span<byte> json)
    {
        for (var at = 0; json[at..].IndexOf((byte)'\\') is var next and >= 0;)
        {
            at += next;
            if (Unit(json, at) is not { } unit)
            {
                // Another escape: of two characters.
                at += 2;
                if (at >= json.Length) return;
                continue;
            }

            var pair = char.IsHighSurrogate(unit) && Unit(json, at + 6) is { } low && char.IsLowSurrogate(low);
            if (char.IsSurrogate(unit) && !pair) "fffd"u8.CopyTo(json[(at + 2)..]);
            at += pair ? 12 : 6;
            if (at >= json.Length) return;
        }
    }

    // The code unit of a \uXXXX at a place.
    static char? Unit(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.Slice(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var unit) ? (char)unit : null;
}
