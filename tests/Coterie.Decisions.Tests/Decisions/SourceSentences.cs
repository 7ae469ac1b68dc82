using System.Text;
using System.Text.RegularExpressions;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

/// <summary>A sentence that the library can say, as its source has it.</summary>
/// <param name="Shape">Every hole is {}; percent signs of formats stand outside.</param>
sealed record SourceSentence(string File, string Shape);

/// <summary>Literals that are added to notes and findings, or that say why.</summary>
static partial class SourceSentences
{
    // The table command has no Chinese; a decision's page says everything in both languages by itself.
    static readonly string[] Elsewhere = ["MethodSearch.cs", "TableMethods.cs", "TableClustering.cs", "/Decisions/"];

    [GeneratedRegex(@"(?:[nN]otes|[fF]indings|leftAside)\.Add\(\s*|\bwhy = |note = |builder\.Note\(|[nN]othing\(notes, |yield return (?=\$""\{missing)")]
    private static partial Regex Start();

    public static IEnumerable<SourceSentence> All() =>
        from folder in new[] { "Coterie", "Coterie.Learning" }
        from file in Directory.EnumerateFiles(Repository.At("src", folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let path = file.Replace('\\', '/')
        where !Elsewhere.Any(path.Contains) && !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        let text = File.ReadAllText(file)
        from Match match in Start().Matches(text)
        let sentence = Literal(text, match.Index + match.Length)
        where sentence.Contains(' ')
        select new SourceSentence(Path.GetFileName(file), Shape(sentence));

    /// <summary>Holes without names and kinds.</summary>
    public static string Shape(string sentence) => Regex.Replace(sentence, @"\{[^{}]*\}", "{}");

    // Literals joined by plus signs; "" where the expression begins otherwise.
    static string Literal(string text, int at)
    {
        var said = new StringBuilder();
        while (true)
        {
            var interpolated = at < text.Length && text[at] == '$';
            if (interpolated) at++;
            if (at >= text.Length || text[at] != '"') return said.ToString();
            for (at++; text[at] != '"'; at++)
            {
                if (text[at] == '\\') said.Append(text[++at]);
                else if (interpolated && text[at] == '{') at = Hole(text, at, said);
                else said.Append(text[at]);
            }

            var rest = Regex.Match(text[(at + 1)..Math.Min(text.Length, at + 200)], @"^\s*\+\s*(?=\$?"")");
            if (!rest.Success) return said.ToString();
            at += 1 + rest.Length;
        }
    }

    // Returns the place of the closing brace.
    static int Hole(string text, int open, StringBuilder said)
    {
        var (depth, quoted, at) = (0, false, open);
        for (; ; at++)
        {
            if (text[at] == '"') quoted = !quoted;
            else if (text[at] == '{') depth++;
            else if (text[at] == '}' && --depth == 0) break;
        }

        var hole = text[(open + 1)..at];
        said.Append("{}");
        if (hole.EndsWith(" %", StringComparison.Ordinal) || hole.StartsWith("Share(", StringComparison.Ordinal)) said.Append(" %");
        else if (hole.EndsWith('%')) said.Append('%');
        return at;
    }
}
