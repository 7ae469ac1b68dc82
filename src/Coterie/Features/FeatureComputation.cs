using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>Computes features and outcomes of customers from the relation <c>events</c>, by SQL steps in the warehouse.</summary>
/// <remarks>Sums are of whole numbers (or of doubles rounded to whole ten-thousandths), so the result is the same bit for bit whatever the
/// number of threads and the order of rows. Temporary tables named <c>features_*</c> are removed at the end.</remarks>
public static partial class FeatureComputation
{
    /// <summary>The features of every customer with an event at or before <see cref="FeatureRequest.AsOf"/>, in UTC.</summary>
    public static FeatureTable Compute(IWarehouse w, FeatureRequest request)
    {
        var tables = new HashSet<string>();
        try
        {
            var scope = new FeatureScope(w.Dialect, request) { Tables = tables };
            w.Execute(SeenSteps.Customers(scope));
            if (scope.Has("product_id")) w.Execute(SeenSteps.Products(scope));
            if (scope.Has("category")) w.Execute(SeenSteps.Categories(scope));
            return Compute(w, scope.With(request.Facts ?? Measure(w, scope)));
        }
        finally
        {
            foreach (var table in tables)
                w.Execute(new Step("remove a temporary table", $"DROP TABLE IF EXISTS {w.Dialect.Name(table)}"));
        }
    }

    static FeatureTable Compute(IWarehouse w, FeatureScope scope)
    {
        var facts = scope.Request.Facts!;
        var kept = new List<FeatureDefinition>();
        var leftOut = new Dictionary<string, string>();
        foreach (var definition in FeatureCatalogue.Definitions)
        {
            if (scope.Missing(definition.Feature) is { } reason) leftOut[definition.Feature.Name] = reason;
            else kept.Add(definition);
        }

        IReadOnlyList<string> top = scope.Has("category") ? scope.Request.TopCategories ?? facts.TopCategories : [];
        if (scope.Has("category"))
        {
            var numbers = CategoryNumbers(w, scope);
            scope.TopCategoryNumbers = [.. top.Select(c => numbers.GetValueOrDefault(c, -1))];
            kept.AddRange(top.Select(CategoryFamily.ShareOf));
            NoteUsualPrices(w, scope, facts, numbers);
        }

        IReadOnlyList<string> expressions = [.. kept.Select(d => d.SqlFor(scope))];
        var done = new HashSet<string>();
        foreach (var step in expressions.SelectMany(SumTables.UsedBy).SelectMany(t => t.Steps).Select(make => make(scope)))
            if (done.Add(step.Name)) w.Execute(step);

        var customers = ReadCustomers(w);
        var columns = Read(w, scope, expressions, customers.Length);
        SortOrdinally(customers, columns);
        return new FeatureTable
        {
            AsOf = scope.Request.AsOf,
            Customers = customers,
            Features = [.. kept.Select(d => d.Feature)],
            Columns = columns,
            LeftOut = leftOut,
            TopCategories = top,
            Facts = facts,
        };
    }

    static ShopFacts Measure(IWarehouse w, FeatureScope scope)
    {
        var prices = scope.Has("category") && scope.Has("price") && scope.HasKind("purchase")
            ? w.Rows(ShopSteps.CategoryPrices(scope), r => KeyValuePair.Create(r.GetString(0), r.GetDouble(1))) : [];
        return new ShopFacts
        {
            FirstEvent = w.Single(ShopSteps.FirstEvent(scope), r => r.IsDBNull(0) ? (DateTime?)null : r.GetDateTime(0)),
            TopCategories = scope.Has("category")
                ? w.Rows(ShopSteps.TopCategories(scope, FeatureCatalogue.TopCategories), r => r.GetString(0)) : [],
            MainCountry = scope.Has("country") ? w.Rows(ShopSteps.MainCountry(scope), r => r.GetString(0)).FirstOrDefault() : null,
            CategoryPrices = new SortedDictionary<string, double>(prices.ToDictionary(), StringComparer.Ordinal),
        };
    }

    static Dictionary<string, int> CategoryNumbers(IWarehouse w, FeatureScope scope) =>
        w.Rows(ShopSteps.CategoryNumbers(scope), r => KeyValuePair.Create(r.GetString(1), r.GetInt32(0))).ToDictionary(StringComparer.Ordinal);

    static void NoteUsualPrices(IWarehouse w, FeatureScope scope, ShopFacts facts, Dictionary<string, int> numbers)
    {
        w.Execute(ShopSteps.UsualPrices(scope));
        var known = facts.CategoryPrices.Where(p => numbers.ContainsKey(p.Key)).Select(p => KeyValuePair.Create(numbers[p.Key], p.Value));
        foreach (var rows in known.Chunk(1000)) w.Execute(ShopSteps.UsualPriceRows(rows));
    }

    static string[] ReadCustomers(IWarehouse w)
    {
        var customers = new List<string>();
        w.Query(new Step("read the customers", """SELECT "customer_id" FROM "features_customer" ORDER BY "customer_no" """),
            r => customers.Add(r.GetString(0)));
        return [.. customers];
    }

    // Expressions over one table are read straight from it, the few over several from a join: a join of all tables copies every column
    // through every join and costs more than the rest.
    static double[][] Read(IWarehouse w, FeatureScope scope, IReadOnlyList<string> expressions, int count)
    {
        var columns = new double[expressions.Count][];
        for (var j = 0; j < columns.Length; j++) columns[j] = new double[count];
        var uses = expressions.Select(SumTables.UsedBy).ToArray();
        foreach (var table in SumTables.All)
        {
            var places = Enumerable.Range(0, columns.Length).Where(j => uses[j].Count == 1 && uses[j][0] == table).ToArray();
            if (places.Length == 0) continue;
            IReadOnlyList<string> chosen = [.. places.Select(j => expressions[j])];
            var into = places.Select(j => columns[j]).ToArray();
            w.Query(SumTables.ReadAbsent(scope, table, chosen), r =>
            {
                for (var j = 0; j < into.Length; j++) Array.Fill(into[j], r.GetDouble(j + 1));
            });
            Scatter(w, SumTables.Read(scope, table, chosen), into);
        }

        var mixed = Enumerable.Range(0, columns.Length).Where(j => uses[j].Count > 1).ToArray();
        if (mixed.Length > 0)
        {
            IReadOnlyList<SumTable> tables = [.. SumTables.All.Where(t => mixed.Any(j => uses[j].Contains(t)))];
            Scatter(w, SumTables.ReadMixed(scope, tables, [.. mixed.Select(j => expressions[j])]), [.. mixed.Select(j => columns[j])]);
        }

        return columns;
    }

    // Rows come in any order and carry the customer's number.
    static void Scatter(IWarehouse w, Step step, double[][] into) => w.Query(step, r =>
    {
        var i = r.GetInt32(0);
        for (var j = 0; j < into.Length; j++) into[j][i] = r.GetDouble(j + 1);
    });

    // Engines sort texts by their UTF-8 bytes, .NET's ordinal order by UTF-16 units: they differ only beyond the basic plane.
    static void SortOrdinally(string[] customers, double[][] columns)
    {
        for (var i = 1; ; i++)
        {
            if (i >= customers.Length) return;
            if (string.CompareOrdinal(customers[i - 1], customers[i]) > 0) break;
        }

        var order = Enumerable.Range(0, customers.Length).ToArray();
        Array.Sort(customers, order, StringComparer.Ordinal);
        foreach (var column in columns)
        {
            var before = (double[])column.Clone();
            for (var i = 0; i < order.Length; i++) column[i] = before[order[i]];
        }
    }
}
