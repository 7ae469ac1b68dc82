using Coterie.Profiles;

namespace Coterie.Decisions.Campaigns;

/// <summary>Segments of campaigns, in files by id and English name, on pages in both languages.</summary>
static class SegmentWords
{
    public const string Everybody = "everybody", Without = "without a segment";

    public static string Name(SegmentRef segment) => $"{segment.Id} {segment.Name.En}";

    public static Bilingual Of(string name, Membership? run) => name switch
    {
        Everybody => new(name, "所有客户"),
        Without => new(name, "未分群"),
        _ when run?.Segments.FirstOrDefault(s => Name(s) == name) is { } segment => new(name, $"{segment.Id} {segment.Name.Zh}"),
        _ => new(name, name),
    };
}
