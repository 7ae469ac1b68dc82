using System.Text;

namespace Coterie.Collect;

/// <summary>A column's name taken apart, so that CustomerID, customer_id, "Customer ID" and ID_CUSTOMER are one name.</summary>
/// <param name="Joined">All words in lower case without accents, joined: customerid.</param>
/// <param name="Words">The words.</param>
/// <param name="Stem">Joined without the words and endings that only say "number of": customer.</param>
/// <param name="HasIdAffix">Whether such a word or ending was there.</param>
sealed record ColumnName(string Joined, IReadOnlyList<string> Words, string Stem, bool HasIdAffix)
{
    static readonly HashSet<string> IdWords = new(StringComparer.Ordinal)
    {
        "id", "ids", "no", "nr", "num", "number", "code", "key", "uuid", "guid", "hash", "sk", "pk",
        "nummer", "kennung", "numero", "codigo", "cod", "codice", "identifiant", "identificador", "nro", "ref", "reference", "referencia",
        "код", "номер", "ид", "айди",
    };

    static readonly string[] IdEndings =
    [
        "identifier", "number", "nummer", "kennung", "uuid", "guid", "code", "key", "nr", "no", "id",
        "编号", "编码", "标识", "序号", "代码", "单号", "号码", "号", "番号", "コード",
    ];

    static readonly HashSet<string> Fillers = new(StringComparer.Ordinal)
    {
        "de", "du", "des", "del", "della", "di", "da", "do", "dos", "das", "la", "le", "el", "of", "the", "der", "die", "des", "am",
            "at", "on", "in",
        "dim", "fk", "src", "raw", "col", "field",
    };

    public static ColumnName Of(string name)
    {
        var words = Split(Fold(name));
        var kept = words.Count > 1 ? [.. words.Where(w => !Fillers.Contains(w))] : words;
        if (kept.Count == 0) kept = words;
        var stemWords = kept.Where(w => !IdWords.Contains(w)).ToList();
        var affix = stemWords.Count < kept.Count;
        var stem = string.Concat(stemWords);
        if (stemWords.Count == 0) stem = string.Concat(kept);
        if (!affix)
        {
            foreach (var ending in IdEndings)
            {
                if (stem.Length <= ending.Length || !stem.EndsWith(ending, StringComparison.Ordinal)) continue;
                stem = stem[..^ending.Length];
                affix = true;
                break;
            }
        }

        return new ColumnName(string.Concat(kept), kept, stem, affix);
    }

    static List<string> Split(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (!char.IsLetterOrDigit(c))
            {
                Close();
                continue;
            }

            var humpUp = i > 0 && char.IsUpper(c) && char.IsLower(name[i - 1]);
            var humpDown = i > 0 && i + 1 < name.Length && char.IsUpper(c) && char.IsUpper(name[i - 1]) && char.IsLower(name[i + 1]);
            if (humpUp || humpDown) Close();
            word.Append(char.ToLowerInvariant(c));
        }

        Close();
        return words;

        void Close()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    // Latin letters with accents become plain ones; the table is ours because the invariant culture has none.
    static string Fold(string name)
    {
        const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿśşșťţțźżžčćďđěğłńňřšůąęőűÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ";
        const string Plain = "aaaaaaceeeeiiiinoooooouuuuyyssstttzzzccddeglnnrsuaeouAAAAAACEEEEIIIINOOOOOOUUUUY";
        var folded = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormC))
        {
            var at = c < 0x80 ? -1 : Accented.IndexOf(c);
            if (at >= 0) folded.Append(Plain[at]);
            else if (c == 'ß') folded.Append("ss");
            else if (c == 'œ') folded.Append("oe");
            else if (c is >= '\u0300' and <= '\u036F') continue;
            else if (c is >= '\uFF01' and <= '\uFF5E') folded.Append((char)(c - 0xFEE0));
            else folded.Append(c);
        }

        return folded.ToString();
    }
}
