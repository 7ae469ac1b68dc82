using Coterie.Features;
using Coterie.Profiles;

namespace Coterie.Reports;

/// <summary>The feature list of the report: definition, what preparation did with it, and its deciles.</summary>
internal static class ReportFeatures
{
    internal static IReadOnlyList<ReportFeature> Of(FeatureTable table, PreparationModel preparation)
    {
        var prepared = preparation.Features.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var dropped = preparation.Dropped.ToDictionary(d => d.Name, d => d.Reason, StringComparer.Ordinal);
        var features = new ReportFeature[table.Features.Count];
        Parallel.For(0, features.Length, i =>
        {
            var feature = table.Features[i];
            var values = table.Columns[i].Where(v => !double.IsNaN(v)).ToArray();
            Array.Sort(values);
            var used = prepared.GetValueOrDefault(feature.Name);
            features[i] = new ReportFeature
            {
                Name = feature.Name,
                Label = new Bilingual(feature.Label, feature.LabelZh),
                Sentence = feature.Sentence,
                Unit = feature.Unit,
                Family = feature.Family,
                Transform = (used?.Transform ?? Transform.None).ToString().ToLowerInvariant(),
                Used = used is not null,
                Dropped = dropped.GetValueOrDefault(feature.Name),
                Deciles = values.Length == 0 ? [] : [.. Enumerable.Range(0, 11).Select(d => values[(int)Math.Round(d / 10.0 * (values.Length - 1))])],
                MissingShare = table.Count == 0 ? 0 : 1 - values.Length / (double)table.Count,
            };
        });
        return features;
    }
}
