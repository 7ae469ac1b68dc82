using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>The customers on whom facts are measured: all of them, or a sample of a very large shop. A standardised difference over
/// 100,000 customers is known to a hundredth; more rows would only take time.</summary>
sealed record FactSample(FeatureTable Table, int[] Labels)
{
    public static FactSample Of(FeatureTable table, int[] labels, ProfileRequest request)
    {
        if (table.Count <= request.FactRows) return new FactSample(table, labels);
        var rows = RuleSample.Rows(table.Customers, labels, new RuleTreeOptions { SampleRows = request.FactRows, Seed = request.Seed });
        return new FactSample(
            table with
            {
                Customers = [.. rows.Select(i => table.Customers[i])],
                Columns = [.. table.Columns.Select(column => Array.ConvertAll(rows, i => column[i]))],
            },
            Array.ConvertAll(rows, i => labels[i]));
    }
}
