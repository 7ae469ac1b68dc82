using System.Buffers;
using System.Text;

namespace Coterie.Privacy;

/// <summary>By what a person is recognised in stores and files while they are erased: their ids, and texts that only their events have.</summary>
/// <remarks>An id counts where ids stand (a column customer_id, a key userId). Alone in a text it counts when nothing else of the shop is called so
/// (<see cref="Telling"/>). Inside a longer text, and for texts that are no ids, it must be long and mixed enough not to be there by chance
/// (<see cref="Searched"/>): a customer "12" is not searched for in running text.</remarks>
public sealed class ErasedPerson
{
    /// <summary>What stands in running text where the person was named.</summary>
    public const string Gone = "(erased)";

    static readonly string[] Keys =
    [
        "customer_id", "customer", "customerid", "anonymous_id", "anonymousid", "previous_id", "previousid", "user_id", "userid", "distinct_id", "id_customer", "examples",
    ];

    readonly HashSet<string> ids, telling, keys;
    readonly SearchValues<string> words;
    readonly Dictionary<char, string[]> byFirst;
    readonly Dictionary<string, string> masks;

    /// <param name="customers">The customers as the warehouse calls them.</param>
    /// <param name="ids">Every id that is theirs alone.</param>
    /// <param name="telling">Those of them that nothing else of the shop is called.</param>
    /// <param name="values">Texts that only their events have.</param>
    /// <param name="keys">Names of columns that hold ids, besides the usual ones.</param>
    public ErasedPerson(IEnumerable<string> customers, IEnumerable<string> ids, IEnumerable<string> telling, IEnumerable<string> values, IEnumerable<string> keys)
    {
        Customers = Sorted(customers);
        Ids = Sorted(ids);
        Telling = Sorted(telling.Where(IsTelling));
        Values = Sorted(values.Where(IsSearchedValue));
        OwnKeys = Sorted(keys);
        this.ids = Ids.ToHashSet(StringComparer.Ordinal);
        this.telling = Telling.ToHashSet(StringComparer.Ordinal);
        this.keys = Keys.Concat(OwnKeys).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Searched = Sorted(Telling.Where(IsSearchedId).Concat(Values));
        words = SearchValues.Create([.. Searched], StringComparison.OrdinalIgnoreCase);
        masks = Telling.ToDictionary(t => t, _ => Gone, StringComparer.Ordinal);
        for (var i = 0; i < Values.Count; i++) masks.TryAdd(Values[i], $"(erased {i + 1})");
        byFirst = Searched.GroupBy(w => char.ToUpperInvariant(w[0])).ToDictionary(g => g.Key, g => g.OrderByDescending(w => w.Length).ToArray());
    }

    public IReadOnlyList<string> Customers { get; }
    public IReadOnlyList<string> Ids { get; }
    public IReadOnlyList<string> Telling { get; }
    public IReadOnlyList<string> Values { get; }
    public IReadOnlyList<string> OwnKeys { get; }
    /// <summary>What is searched for in running text.</summary>
    public IReadOnlyList<string> Searched { get; }

    /// <summary>Whether a text that stands where ids stand is one of theirs.</summary>
    public bool Is(string id) => ids.Contains(id) || (id.Length > 1 && id[0] == '\'' && ids.Contains(id[1..]));

    /// <summary>Whether a column or key holds ids.</summary>
    public bool IsKey(string name) => keys.Contains(name);

    /// <summary>Whether a whole text is an id that can only be theirs.</summary>
    public bool IsNamedBy(string text) => telling.Contains(text);

    /// <summary>Whether a text has one of their ids or texts in it.</summary>
    public bool Mentions(ReadOnlySpan<char> text) => Find(text, 0, out _) >= 0;

    /// <summary>The text with <see cref="Gone"/> in place of their ids, and "(erased 3)" in place of their third text: names that files share, such as a
    /// category that only this person bought from, stay the same name in all of them.</summary>
    public string Without(string text)
    {
        var at = Find(text, 0, out var word);
        if (at < 0) return text;
        var clean = new StringBuilder(text.Length);
        var from = 0;
        while (at >= 0)
        {
            clean.Append(text, from, at - from).Append(masks[word]);
            from = at + word.Length;
            at = Find(text, from, out word);
        }

        return clean.Append(text, from, text.Length - from).ToString();
    }

    int Find(ReadOnlySpan<char> text, int from, out string found)
    {
        found = "";
        while (from < text.Length && text[from..].IndexOfAny(words) is var next and >= 0)
        {
            var at = from + next;
            foreach (var word in byFirst[char.ToUpperInvariant(text[at])])
            {
                if (!text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase) || !Alone(text, at, word.Length)) continue;
                found = word;
                return at;
            }

            from = at + 1;
        }

        return -1;
    }

    // "c12" is not in "c123", nor "ann@x.com" in "joann@x.com".
    static bool Alone(ReadOnlySpan<char> text, int at, int length)
    {
        var end = at + length;
        return !(at > 0 && IsWord(text[at]) && IsWord(text[at - 1]))
            && !(end < text.Length && IsWord(text[end - 1]) && (IsWord(text[end]) || (text[end] == '.' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]))));
    }

    static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '@' or '+';

    // S1 is a segment.
    static bool IsTelling(string id) => id.Length >= 4 && !(id[0] == 'S' && id.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);

    static bool IsSearchedId(string id) => id.Length >= 9 || (id.Length >= 6 && id.Any(char.IsDigit) && id.Any(char.IsLetter)) || (id.Length >= 8 && id.Any(char.IsLetter)) || id.Any(c => c > 0x7F);

    /// <summary>Whether a text is long and mixed enough to be nobody else's by chance: a code, an address, a phrase; not a word.</summary>
    internal static bool IsSearchedValue(string text) => text.Length >= 6
        && ((text.Any(char.IsLetter) && (text.Any(char.IsDigit) || text.Contains('@') || (text.Length >= 10 && text.Any(char.IsWhiteSpace)))) || (text.Length >= 9 && text.Any(char.IsDigit) && !text.Contains('.')));

    static string[] Sorted(IEnumerable<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
