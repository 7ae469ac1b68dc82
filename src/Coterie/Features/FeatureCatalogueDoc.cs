using System.Text;

namespace Coterie.Features;

/// <summary>The page docs/methods/features.md, written from the catalogue; a test holds the page against it.</summary>
static class FeatureCatalogueDoc
{
    public static string Write()
    {
        var page = new StringBuilder($"""
            # Features

            Every feature is computed in SQL from the events of a customer *as of* an instant: no later event is seen. This page is generated
            from the catalogue; a test holds it.

            - **Order**: a distinct order id; where it is missing, a distinct day with a purchase. **Money**: unit price times quantity; a missing
              quantity is one, a missing price nothing.
            - **Visit**: a session as sent; where there is none, a run of events without a pause of more than thirty minutes. Refunds, e-mail
              opens and messages are no visits. Times are UTC.
            - A ratio whose divisor is zero is missing (NaN), never 0; a count of nothing is 0. Missing values are filled by the preparation.
            - A feature whose columns or kinds of event the data lack is left out and listed in the report with the reason. *history*: at
              least {FeatureCatalogue.HistoryDays} days since the shop's first event. *browsing*: any event besides purchases and refunds.
            - The {FeatureCatalogue.TopCategories} categories of most events get a feature of their own each, `category_share:NAME`: the share of the customer's events
              (with a category) in it.
            - Sums add whole numbers (money in ten-thousandths), so that every number is the same bit for bit for any number of threads.

            There are {FeatureCatalogue.All.Count} features besides the shares of the top categories. The *transform* is what preparation does before clustering; *auto* decides by
            skewness.

            """.ReplaceLineEndings("\n"));
        foreach (var family in FeatureCatalogue.All.GroupBy(f => f.Family))
        {
            page.Append($"\n## {char.ToUpperInvariant(family.Key[0])}{family.Key[1..]}\n\n");
            page.Append("| feature | label | 标签 | definition | unit | transform | needs | much / little of it | 多 / 少 |\n|---|---|---|---|---|---|---|---|---|\n");
            foreach (var f in family)
            {
                page.Append($"| `{f.Name}` | {f.Label} | {f.LabelZh} | {f.Sentence} | {f.Unit} | {Word(f.Transform)} | {string.Join(", ", f.Needs)} ");
                page.Append($"| {f.High} / {f.Low} | {f.HighZh} / {f.LowZh} |\n");
            }
        }

        return page.ToString();
    }

    static string Word(Transform transform) => transform.ToString().ToLowerInvariant();
}
