namespace Coterie;

/// <summary>What somebody wrote, as much of it as a message repeats.</summary>
static class ShortText
{
    const int Longest = 40;

    /// <summary>Never ends in half of a surrogate pair, which neither JSON nor an address could carry.</summary>
    public static string Of(string text) => Of(text, Longest);

    public static string Of(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + "…";
}
