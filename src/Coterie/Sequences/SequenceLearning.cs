using Coterie.Warehouse;

namespace Coterie.Sequences;

/// <summary>Learns the schema from the events that a request sees. It does not depend on the order of rows.</summary>
public static class SequenceLearning
{
    /// <summary>Categories that a schema remembers; a catalogue with more has the rest unknown.</summary>
    public const int MaxCategories = 10_000;

    const int PriceBuckets = 8;

    /// <exception cref="ConfigurationException">The options contradict themselves.</exception>
    public static SequenceSchema Learn(IWarehouse w, SequenceRequest request, SequenceSchemaOptions options)
    {
        request.Validate();
        options.Validate();
        var d = w.Dialect;
        bool Has(string column) => request.Present.Contains(column);
        IReadOnlyList<string> Top(string column, int most) =>
            Has(column) ? w.Rows(SequenceLearningSteps.Top(d, request, column, most), r => r.GetString(0)) : [];
        IReadOnlyList<SequenceCategory> categories = !Has("category") ? [] : w.Rows(SequenceLearningSteps.Categories(d, request, MaxCategories),
            r => new SequenceCategory(r.GetString(0), r.IsDBNull(1) ? null : r.GetDouble(1)));
        return new SequenceSchema
        {
            Options = options,
            Categories = categories,
            UsualPrice = Has("price") ? w.Single(SequenceLearningSteps.UsualPrice(d, request), r => r.IsDBNull(0) ? (double?)null : r.GetDouble(0)) : null,
            PriceEdges = Has("price") ? PriceEdges(w, request) : [],
            Products = options.Products == ProductCoding.Vocabulary ? Top("product_id", options.ProductCodes) : [],
            Channels = Top("channel", options.Channels),
            Devices = Top("device", options.Channels),
        };
    }

    // Ratios come in steps of two per cent; a border stands between two steps.
    static List<double> PriceEdges(IWarehouse w, SequenceRequest request)
    {
        var steps = w.Rows(SequenceLearningSteps.PriceRatios(w.Dialect, request, MaxCategories), r => (Step: r.GetInt64(0), Events: r.GetInt64(1)));
        var total = steps.Sum(s => s.Events);
        var edges = new List<double>();
        long below = 0;
        for (var i = 0; i < steps.Count - 1; i++)
        {
            var before = below * PriceBuckets / total;
            below += steps[i].Events;
            if (below * PriceBuckets / total > before) edges.Add(Math.Exp((steps[i].Step + 0.5) / SequenceLearningSteps.StepsPerE));
        }

        return edges;
    }
}
