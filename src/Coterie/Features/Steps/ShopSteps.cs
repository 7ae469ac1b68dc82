using System.Globalization;
using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>Steps that measure what is true of the whole shop as of the instant.</summary>
static class ShopSteps
{
    /// <summary>One row: the first event's time.</summary>
    public static Step FirstEvent(FeatureScope s) => s.Step("find the first event",
        $"""SELECT min("time") FROM {s.Events} WHERE "time" <= $as_of""");

    /// <summary>Names of the categories of most events, most first.</summary>
    public static Step TopCategories(FeatureScope s, int count) => s.Step("find the top categories",
        $"""SELECT "category" FROM "features_category" WHERE "category_no" < {count} ORDER BY "category_no" """);

    /// <summary>Number and name of every category.</summary>
    public static Step CategoryNumbers(FeatureScope s) => s.Step("read the categories",
        """SELECT "category_no", "category" FROM "features_category" ORDER BY "category_no" """);

    /// <summary>The country of most events, first in the alphabet among equals.</summary>
    public static Step MainCountry(FeatureScope s) => s.Step("find the main country", $"""
        SELECT "country" FROM {s.Events} WHERE "time" <= $as_of AND "country" IS NOT NULL
        GROUP BY "country" ORDER BY count(*) DESC, "country" LIMIT 1
        """);

    /// <summary>Category and mean unit price of the lines bought in it.</summary>
    public static Step CategoryPrices(FeatureScope s) => s.Step("find the usual price of each category", $"""
        SELECT "category", {s.Dialect.ExactSum("\"price\"")} / count("price")
        FROM {s.Events}
        WHERE "time" <= $as_of AND "kind" = 'purchase' AND "category" IS NOT NULL AND "price" > 0
        GROUP BY "category" ORDER BY "category"
        """);

    /// <summary>features_usual_price: category_no, price; empty until <see cref="UsualPriceRows"/> fills it.</summary>
    public static Step UsualPrices(FeatureScope s) => s.Table("lay out usual prices", "features_usual_price",
        """SELECT CAST(0 AS INTEGER) AS "category_no", CAST(0 AS DOUBLE) AS "price" WHERE 1 = 0""");

    /// <summary>Rows of features_usual_price; numbers only, so they stand in the statement.</summary>
    public static Step UsualPriceRows(IEnumerable<KeyValuePair<int, double>> prices) => new("note usual prices",
        "INSERT INTO \"features_usual_price\" VALUES " + string.Join(", ", prices.Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"({p.Key}, CAST('{p.Value:R}' AS DOUBLE))"))));
}
