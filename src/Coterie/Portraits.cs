using Coterie.Clean;
using Coterie.Features;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>Feature tables of a warehouse, as of an instant.</summary>
internal static class Portraits
{
    /// <exception cref="ConfigurationException">No customer was seen by then.</exception>
    internal static FeatureTable Current(IWarehouse warehouse, QualityReport quality, DateTime asOf)
    {
        var table = FeatureComputation.Compute(warehouse, Request(quality, asOf));
        if (table.Count == 0)
            throw new ConfigurationException($"--as-of {asOf:yyyy-MM-dd HH:mm:ss}: the first event is at {quality.FirstEvent:yyyy-MM-dd HH:mm:ss}, so no customer was known by then.");
        return table;
    }

    /// <summary>Whether the log shows what customers do besides ordering.</summary>
    internal static bool Browsing(QualityReport quality) =>
        quality.Kinds.Keys.Any(k => k is "view" or "search" or "click" or "add_to_cart" or "remove_from_cart" or "wishlist" or "checkout");

    internal static FeatureRequest Request(QualityReport quality, DateTime asOf) => new()
    {
        AsOf = asOf,
        Present = quality.Present,
        Kinds = quality.Kinds.Keys.ToHashSet(StringComparer.Ordinal),
        HasTimeOfDay = quality.HasTimeOfDay,
    };
}
