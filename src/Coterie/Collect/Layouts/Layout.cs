namespace Coterie.Collect;

/// <summary>A published layout that was recognised: its mapping, and what the relation builder does differently for it.</summary>
/// <param name="Name">As in <see cref="RawRelation.Layout"/>.</param>
sealed record Layout(string Name, Assignments Assignments)
{
    /// <summary>SQL over the scan that is true for cancelled lines; null where the layout has none.</summary>
    public string? Cancelled { get; init; }

    /// <summary>Sign between the steps of a category path, where it is not /.</summary>
    public string? CategorySeparator { get; init; }
}

/// <summary>Flat tables whose column names are published with the data set.</summary>
static class NamedLayouts
{
    /// <summary>A layout's columns: joined name to target.</summary>
    sealed record Published(string Layout, IReadOnlyList<string> Needed, IReadOnlyDictionary<string, string> Targets);

    static readonly Published[] All =
    [
        // UCI 352 Online Retail (Chen, Sain, Guo 2012).
        new("online_retail", ["invoiceno", "stockcode", "quantity", "invoicedate", "unitprice", "customerid"], new Dictionary<string,
            string>
        {
            ["invoiceno"] = "order_id", ["stockcode"] = "product_id", ["description"] = "text", ["quantity"] = "quantity",
            ["invoicedate"] = "time", ["unitprice"] = "price", ["customerid"] = "customer_id", ["country"] = "country",
        }),
        // UCI 502 Online Retail II.
        new("online_retail", ["invoice", "stockcode", "quantity", "invoicedate", "price", "customerid"], new Dictionary<string, string>
        {
            ["invoice"] = "order_id", ["stockcode"] = "product_id", ["description"] = "text", ["quantity"] = "quantity",
            ["invoicedate"] = "time", ["price"] = "price", ["customerid"] = "customer_id", ["country"] = "country",
        }),
        // CDNOW master file (Fader and Hardie): dollars are the total of the purchase.
        new("cdnow", ["customerid", "date", "numberofcds", "dollarvalue"], new Dictionary<string, string>
        {
            ["customerid"] = "customer_id", ["date"] = "time", ["numberofcds"] = "quantity", ["dollarvalue"] = "amount",
        }),
        // RetailRocket recommender system data set, events.csv.
        new("retailrocket", ["timestamp", "visitorid", "event", "itemid"], new Dictionary<string, string>
        {
            ["timestamp"] = "time", ["visitorid"] = "customer_id", ["event"] = "kind", ["itemid"] = "product_id",
                ["transactionid"] = "order_id",
        }),
        // REES46 eCommerce behaviour data from multi category store.
        new("rees46", ["eventtime", "eventtype", "productid", "categorycode", "price", "userid"], new Dictionary<string, string>
        {
            ["eventtime"] = "time", ["eventtype"] = "kind", ["productid"] = "product_id", ["categorycode"] = "category",
                ["brand"] = "brand",
            ["price"] = "price", ["userid"] = "customer_id", ["usersession"] = "session_id",
        }),
    ];

    public static Layout? Recognise(SourceTable table)
    {
        var byName = table.Columns.GroupBy(c => Joined(c.Name)).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var published in All)
        {
            if (!published.Needed.All(byName.ContainsKey)) continue;
            var assignments = new Assignments();
            foreach (var (name, target) in published.Targets)
            {
                if (byName.TryGetValue(name, out var column)) assignments.Set(target, column, "layout");
            }

            return Finished(published.Layout, assignments);
        }

        return CdnowSample(table);
    }

    // Published names in one piece, without the words that ColumnName leaves out.
    static string Joined(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    static Layout Finished(string name, Assignments assignments) => name switch
    {
        // "If this code starts with letter 'c', it indicates a cancellation" (UCI 352, variable InvoiceNo).
        "online_retail" => new Layout(name, assignments) { Cancelled = $"{assignments["order_id"]!.Sql} LIKE 'C%'" },
        "rees46" => new Layout(name, assignments) { CategorySeparator = "." },
        _ => new Layout(name, assignments),
    };

    /// <summary>CDNOW without header: id, (id in the sample,) date as yyyymmdd, number of CDs, dollars.</summary>
    static Layout? CdnowSample(SourceTable table)
    {
        if (table.Files.Any(f => f.HeaderLines > 0 || f.Shown != "white-space table") || table.Columns.Count is not (4 or 5)) return null;
        var last = table.Columns.Count - 1;
        var columns = table.Columns;
        bool Digits(int i, int length) => columns[i].Present.All(v => v.Length == length && v.All(char.IsAsciiDigit));
        if (!Digits(0, 5) || (last == 4 && !Digits(1, 4)) || !Digits(last - 2, 8) || !columns[last].Present.All(v => v.Contains('.')))
            return null;
        if (!columns[last - 1].Present.All(v => v.Length <= 2 && v.All(char.IsAsciiDigit))) return null;
        var assignments = new Assignments();
        assignments.Set("customer_id", columns[0], "layout");
        assignments.Set("time", columns[last - 2], "layout");
        assignments.Set("quantity", columns[last - 1], "layout");
        assignments.Set("amount", columns[last], "layout");
        return new Layout("cdnow", assignments);
    }
}
