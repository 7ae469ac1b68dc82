using System.Text.Json.Serialization;
using Coterie.Numerics;

namespace Coterie.Features;

/// <summary>What of a customer is clustered. <c>portrait</c>: the prepared features. <c>outlook</c>: what those features have meant for
/// the following weeks in this shop's own past (see <see cref="OutlookModel"/>).</summary>
public sealed record Representation
{
    /// <summary>portrait or outlook.</summary>
    public required string View { get; init; }
    public required PreparationModel Preparation { get; init; }
    public OutlookModel? Outlook { get; init; }

    /// <summary>Names of the features that the rows are made of.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> FeaturesInUse => View == "outlook" && Outlook is { } outlook
        ? [.. outlook.Orders.Preparation.Features.Concat(outlook.Spend.Preparation.Features).Select(f => f.Name).Distinct()]
        : [.. Preparation.Features.Select(f => f.Name)];

    /// <summary>The rows to cluster, customers x columns.</summary>
    public PreparedTable Apply(FeatureTable table) =>
        View == "outlook" && Outlook is { } outlook
            ? new PreparedTable(outlook.Axes(table), ["outlook_orders", "outlook_spend"])
            : Preparation.Apply(table);

    /// <summary>The prepared features that explanations speak of, and the linear map from them to the clustered axes (axes x columns);
    /// null where the features themselves are clustered.</summary>
    public PreparedTable Explained(FeatureTable table, out Matrix? loadings)
    {
        if (View == "outlook" && Outlook is { } outlook)
        {
            var explained = outlook.Explained(table, out var weights);
            loadings = weights;
            return explained;
        }

        loadings = null;
        return Preparation.Apply(table);
    }
}
