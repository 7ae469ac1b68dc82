using System.Text.Json;
using Coterie.Profiles;

namespace Coterie.Reports.Html;

/// <summary>Pieces that several sections use.</summary>
static class Parts
{
    public static Bilingual T(string en, string zh) => new(en, zh);

    /// <summary>A section with its heading and, under it, one sentence that says what to look for.</summary>
    public static Fragment Section(string id, Bilingual title, Bilingual lead, Fragment body) => Fragment.Of($"""
        <section id="{id}" aria-labelledby="{id}-title">
        <header class="section-head"><h2 id="{id}-title">{title}</h2><p class="lead">{lead}</p></header>
        {body}
        </section>

        """);

    /// <summary>The segment's number on its colour.</summary>
    public static Fragment Chip(SegmentProfile segment, int index) =>
        Fragment.Of($"""<span class="chip c{index % Palette.Segments.Count}">{segment.Id}</span>""");

    public static Fragment Named(SegmentProfile segment, int index) => Fragment.Of($"""{Chip(segment, index)} <span class="seg-name">{segment.Name}</span>""");

    /// <summary>A chart drawn by the page's script from the data beside it; its numbers are in <paramref name="numbers"/>, which is open until
    /// the script runs, so that nothing is lost without it.</summary>
    public static Fragment Chart(string kind, Bilingual label, object data, Fragment numbers, int height = 320, bool legend = false) => Fragment.Of($"""
        <figure class="chart-box">
        {(legend ? Fragment.Of($"<div class=\"legend\"></div>") : Fragment.Empty)}<div class="chart" data-kind="{kind}" role="img" {Aria(label)}style="height:{height}px"></div>
        {Json(data)}{(numbers.IsEmpty ? Fragment.Empty : Fragment.Of($"""<details class="numbers" open><summary>{T("Numbers", "数据")}</summary><div class="scroll">{numbers}</div></details>"""))}
        </figure>

        """);

    /// <summary>A table in a box that scrolls sideways on narrow screens.</summary>
    public static Fragment Table(Bilingual label, Fragment head, Fragment body, string css = "") => Fragment.Of($"""
        <div class="scroll" tabindex="0" role="region" {Aria(label)}><table class="{css}"><thead><tr>{head}</tr></thead><tbody>
        {body}</tbody></table></div>

        """);

    /// <summary>A label for assistive technology in both languages; the script shows the one that is chosen.</summary>
    public static Fragment Aria(Bilingual label) =>
        Fragment.Of($"""aria-label="{label.En}" data-label-en="{label.En}" data-label-zh="{label.Zh}" """);

    public static Fragment Head(params ReadOnlySpan<Bilingual> columns)
    {
        var cells = new List<Fragment>();
        foreach (var c in columns) cells.Add(Fragment.Of($"""<th scope="col">{c}</th>"""));
        return Fragment.Join(cells);
    }

    /// <summary>A heading for numbers, set to the right like them.</summary>
    public static Fragment HeadNumbers(params ReadOnlySpan<Bilingual> columns)
    {
        var cells = new List<Fragment>();
        foreach (var c in columns) cells.Add(Fragment.Of($"""<th scope="col" class="num">{c}</th>"""));
        return Fragment.Join(cells);
    }

    public static Fragment Cells(params ReadOnlySpan<string> numbers)
    {
        var cells = new List<Fragment>();
        foreach (var n in numbers) cells.Add(Fragment.Of($"""<td class="num">{n}</td>"""));
        return Fragment.Join(cells);
    }

    /// <summary>A share as a width in style; nothing where it is missing.</summary>
    public static string Width(double share) => (double.IsFinite(share) ? Math.Clamp(share * 100, 0, 100) : 0).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) + "%";

    /// <summary>The step of the sequential scale, z and q1 to q6 in sixths, for a share of a row.</summary>
    public static string Step(double share) =>
        !(share > 0) ? "z" : $"q{Math.Clamp((int)Math.Ceiling(share * 6 - 1e-9), 1, 6)}";

    /// <summary>What a stage said, in both languages; in English, and marked as such, where the phrasebook does not know it.</summary>
    public static Fragment Told(string english) => Phrasebook.Of(english) is var told && (told.En != told.Zh || english.Length == 0)
        ? Fragment.Of($"{told}")
        : Fragment.Of($"""<span lang="en">{english}</span>""");

    /// <summary>A word of ours or a value of the data: without a mark where the phrasebook does not know it.</summary>
    public static Bilingual Word(string english) => Phrasebook.Of(english);

    /// <summary>What stages remarked: in both languages, and after that what the phrasebook does not know, in English and marked as such.</summary>
    public static Fragment Remarks(IReadOnlyList<string> remarks)
    {
        string[] told = [.. remarks.Where(Known)], english = [.. remarks.Where(r => !Known(r))];
        return Fragment.Join(
            told.Length == 0 ? Fragment.Empty : Fragment.Of($"""<ul class="remarks">{Fragment.Each(told, r => Fragment.Of($"<li>{Told(r)}</li>"))}</ul>"""),
            english.Length == 0 ? Fragment.Empty : Fragment.Of($"""<ul class="remarks" lang="en">{Fragment.Each(english, r => Fragment.Of($"<li>{r}</li>"))}</ul>"""));

        static bool Known(string remark) => Phrasebook.Of(remark) is var told && told.En != told.Zh;
    }

    /// <summary>Data for a chart. The default encoder escapes &lt; &gt; &amp; and quotes, so the element cannot be closed from inside.</summary>
    static Fragment Json(object data) => Fragment.Of($"""<script type="application/json">{RawJson.Of(JsonSerializer.Serialize(data, JsonOptions))}</script>""");

    static readonly JsonSerializerOptions JsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new FiniteNumberConverter() } };

    /// <summary>JSON from the default encoder is safe inside a script element; holes would be encoded for HTML and break it.</summary>
    static class RawJson
    {
        public static Fragment Of(string json)
        {
            var handler = new HtmlHandler(json.Length, 0);
            handler.AppendLiteral(json);
            return Fragment.Of(handler);
        }
    }
}
