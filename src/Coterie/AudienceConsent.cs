using Coterie.Clean;
using Coterie.Profiles;

namespace Coterie;

/// <summary>Decides for each customer of an audience whether it may be sent, and keeps count of those who are left out.</summary>
/// <remarks>A refusal in the events or in a column of a trait file is a refusal, whatever the other says.</remarks>
sealed class AudienceConsent
{
    readonly Consents consents;
    readonly bool required;
    readonly Column[] columns;
    readonly HashSet<string> left = new(StringComparer.Ordinal);
    readonly HashSet<string> silent = new(StringComparer.Ordinal);

    readonly record struct Column(TraitFile File, int Index, string Name);

    internal AudienceConsent(Consents consents, IReadOnlyList<TraitFile> files, bool required)
    {
        this.consents = consents;
        this.required = required;
        columns = [.. files.SelectMany(f => f.Columns.Select((c, j) => new Column(f, j, c))).Where(c => ConsentWords.IsOne(c.Name))];
    }

    internal bool Keeps(string customer)
    {
        var answer = Answer(customer);
        if (answer == ConsentAnswer.Refused || (required && answer == ConsentAnswer.Unknown))
        {
            left.Add(customer);
            return false;
        }

        if (answer == ConsentAnswer.Unknown) silent.Add(customer);
        return true;
    }

    ConsentAnswer Answer(string customer)
    {
        var answer = consents.Of(customer).Marketing;
        if (columns.Length == 0 || answer == ConsentAnswer.Refused) return answer;
        var said = new List<ConsentStatement>();
        foreach (var column in columns) ConsentWords.Read(column.Name, Text(column.File.Of(customer)[column.Index]), said);
        var answers = said.Where(s => s.Purpose == ConsentPurpose.Marketing).Select(s => s.Answer).Append(answer).ToArray();
        return answers.Contains(ConsentAnswer.Refused) ? ConsentAnswer.Refused : answers.Contains(ConsentAnswer.Given) ? ConsentAnswer.Given : ConsentAnswer.Unknown;
    }

    static string? Text(object? value) => value switch
    {
        null => null,
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    /// <summary>What consent did, once every customer was asked about.</summary>
    internal Bilingual Note()
    {
        if (consents.OfCustomer.Count == 0 && columns.Length == 0 && !required)
            return new("Nothing says who agreed to marketing: nobody was left out", "数据中没有营销同意信息：未排除任何客户");
        var unreadable = consents.Unreadable == 0 ? new Bilingual("", "") : new($"; {consents.Unreadable:N0} answers could not be read and count as not said", $"；{consents.Unreadable:N0} 条答复无法识别，按未表态处理");
        if (required) return new($"{left.Count:N0} left out: no consent (refused marketing, or never said){unreadable.En}", $"已排除 {left.Count:N0} 位：未获同意（拒绝营销或从未表态）{unreadable.Zh}");
        return new($"{left.Count:N0} left out: no consent (refused marketing); {silent.Count:N0} never said and are kept, --require-consent leaves them out too{unreadable.En}",
            $"已排除 {left.Count:N0} 位：未获同意（拒绝营销）；{silent.Count:N0} 位从未表态，予以保留，--require-consent 可一并排除{unreadable.Zh}");
    }
}
