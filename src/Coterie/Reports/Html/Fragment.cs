using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Coterie.Profiles;

namespace Coterie.Reports.Html;

/// <summary>Finished HTML. It is made only from literals of our own and from values that <see cref="HtmlHandler"/> has encoded, so that
/// nothing from the data can become markup.</summary>
readonly record struct Fragment
{
    readonly string? html;

    Fragment(string html) => this.html = html;

    public static readonly Fragment Empty = new("");

    public bool IsEmpty => string.IsNullOrEmpty(html);

    /// <summary>An interpolated string whose literals are markup and whose holes are encoded.</summary>
    public static Fragment Of(HtmlHandler handler) => new(handler.Finish());

    public static Fragment Join(IEnumerable<Fragment> parts) => new(string.Concat(parts));

    public static Fragment Join(params ReadOnlySpan<Fragment> parts)
    {
        var all = new StringBuilder();
        foreach (var part in parts) all.Append(part.ToString());
        return new(all.ToString());
    }

    /// <summary>One fragment for each item.</summary>
    public static Fragment Each<T>(IEnumerable<T> items, Func<T, Fragment> map) => Join(items.Select(map));

    /// <summary>One fragment for each item and its index.</summary>
    public static Fragment Each<T>(IEnumerable<T> items, Func<T, int, Fragment> map) => Join(items.Select(map));

    public override string ToString() => html ?? "";
}

/// <summary>Builds a <see cref="Fragment"/>: literals are ours and stay as they are; every hole is encoded for text and for double-quoted
/// attributes. A bilingual hole becomes both texts, of which the page shows one.</summary>
[InterpolatedStringHandler]
readonly ref struct HtmlHandler
{
    // All of Unicode stays readable; < > & " ' + and controls are escaped.
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    readonly StringBuilder html;

    public HtmlHandler(int literalLength, int formattedCount) => html = new StringBuilder(literalLength + 16 * formattedCount);

    public void AppendLiteral(string literal) => html.Append(literal);

    public void AppendFormatted(Fragment value) => html.Append(value.ToString());

    public void AppendFormatted(string? value) => html.Append(Encoder.Encode(value ?? ""));

    public void AppendFormatted(int value) => html.Append(CultureInfo.InvariantCulture, $"{value}");

    public void AppendFormatted(double value, string format) => html.Append(value.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(Bilingual value)
    {
        if (value.En == value.Zh) AppendFormatted(value.En);
        else
            html.Append("<span class=\"en\" lang=\"en\">").Append(Encoder.Encode(value.En))
                .Append("</span><span class=\"zh\" lang=\"zh-Hans\">").Append(Encoder.Encode(value.Zh)).Append("</span>");
    }

    public string Finish() => html.ToString();
}
