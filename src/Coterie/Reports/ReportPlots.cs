using Coterie.Profiles;
using Coterie.Reports.Plots;

namespace Coterie.Reports;

/// <summary>What was drawn and what could not be.</summary>
public sealed record PlotFiles(IReadOnlyList<string> Files, IReadOnlyList<string> Notes);

/// <summary>The report's main charts as PNG, for slides and mail: segments, map, stability, validity and differences, and of the second view loss
/// curves and accuracy by events, at double resolution, in the page's light colours.</summary>
/// <remarks>The labels are English in every language: a PNG shows only what a font of the machine that makes it can show, many servers have none
/// with Chinese characters, and ScottPlot misplaces text in those that do. The page has both languages and no such limit;
/// <see cref="PlotFiles.Notes"/> says so when Chinese was asked for.</remarks>
public static class ReportPlots
{
    public static PlotFiles Write(RunReport report, string directory, string lang = "en")
    {
        Directory.CreateDirectory(directory);
        var style = new PlotStyle();
        var files = new List<string>();
        if (report.Segments.Count > 0)
        {
            files.Add(SegmentPlots.Shares(report, style, directory));
            files.Add(SegmentPlots.Differences(report, style, directory));
        }

        if (report.Map.Count > 0) files.Add(SegmentPlots.Map(report, style, directory));
        if (report.Search.Candidates.Any(EvidencePlots.Measured)) files.Add(EvidencePlots.Stability(report, style, directory));
        if (report.Validity is { } validity) files.Add(EvidencePlots.Validity(validity, style, directory));
        if (report.Deep.Trainings.Any(LearningPlots.Drawn)) files.Add(LearningPlots.Curves(report.Deep.Trainings, style, directory));
        if (report.Deep.Classifier is { ByEvents.Count: > 0 } classifier) files.Add(LearningPlots.AccuracyByEvents(classifier.ByEvents, style, directory));
        var notes = new List<string>();
        if (lang == "zh") notes.Add("The PNG plots are labelled in English; report.html has both languages.");
        if (!style.HasText) notes.Add("No font was found on this machine, so the PNG plots have no text. Install one, such as fonts-dejavu-core.");
        return new(files, notes);
    }

    internal static string Name(SegmentProfile segment) => $"{segment.Id}  {OneLine(segment.Name.En, 34)}";

    /// <summary>Text from the data on one line of a plot: no controls, at most so many characters.</summary>
    internal static string OneLine(string text, int most)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return clean.Length <= most ? clean : clean[..(char.IsHighSurrogate(clean[most - 2]) ? most - 2 : most - 1)] + "…";
    }
}
