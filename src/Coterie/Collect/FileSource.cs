using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>Event files of any layout: CSV, TSV, white-space tables, JSON Lines, JSON, Parquet, each also many at once or a folder of
/// them.</summary>
/// <remarks>A look at each file finds encoding, separator, header, columns and formats (one pass over its bytes); then the engine reads.
/// Files with the same columns become one relation. See docs/guide/02-your-data.md.</remarks>
public sealed class FileSource(CollectOptions options) : ISource
{
    // JSON files are of one kind when their objects share at least half of their members.
    const double SameMembers = 0.5;

    public string Name => options.Files.Count == 1 ? options.Files[0] : $"{options.Files.Count} inputs";

    public IReadOnlyList<RawRelation> Open(IWarehouse warehouse)
    {
        CheckZone(warehouse);
        var inputs = InputFiles.Expand(options.Files);
        var groups = Grouped([.. inputs.Select(input => Read(input, warehouse))]);
        var tables = groups.ConvertAll(g => Table(g, warehouse.Dialect));
        MapOptions.Check(options.Map, tables);

        var relations = new List<RawRelation>();
        var leftAside = new List<string>();
        var olist = OlistLayout.Relations(tables, options.Map, options, warehouse);
        if (olist is not null) relations.AddRange(olist.Relations);
        var named = inputs.Where(i => i.Named).Select(i => i.Path).ToHashSet(StringComparer.Ordinal);
        InputException? refusal = null;
        foreach (var table in tables.Where(t => olist is null || !olist.Consumed.Contains(t)))
        {
            try
            {
                relations.AddRange(Relations(table, warehouse));
            }
            catch (InputException e) when (!table.Files.Any(f => named.Contains(f.Path)))
            {
                // Found in a folder, not named: tables of products and the like lie beside the log.
                refusal ??= e;
                leftAside.Add($"Left aside: {e.Message}");
            }
        }

        if (relations.Count == 0) throw refusal!;
        if (leftAside.Count > 0) relations[0] = relations[0] with { Notes = [.. relations[0].Notes, .. leftAside] };
        return relations;
    }

    void CheckZone(IWarehouse warehouse)
    {
        try
        {
            warehouse.Execute(new Step("check the time zone",
                $"SELECT timezone({warehouse.Dialect.Text(options.Timezone)}, TIMESTAMP '2024-01-01')"));
        }
        catch (WarehouseException e)
        {
            throw new ConfigurationException(
                $"--timezone '{options.Timezone}' is no time zone that is known ({e.InnerException?.Message.Split('\n')[0]}). "
                    + "Expected an IANA name such as Europe/Berlin, Asia/Shanghai or UTC.",
                $"未知的时区“{options.Timezone}”。应为 IANA 名称，例如 Asia/Shanghai、Europe/Berlin 或 UTC。");
        }
    }

    TableFile Read(InputPath input, IWarehouse warehouse)
    {
        try
        {
            return FileKind.IsParquet(FileKind.FirstBytes(input.Path))
                ? ParquetFiles.Read(input, warehouse)
                : TextFiles.Read(input, options.TemporaryDirectory);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not (FileNotFoundException or DirectoryNotFoundException)))
        {
            throw new InputException($"'{input.Path}' cannot be read: {e.Message} Expected a file that this user may read, and room "
                + $"in '{options.TemporaryDirectory}'.", $"无法读取“{input.Path}”：{e.Message}", e);
        }
    }

    static List<List<TableFile>> Grouped(IReadOnlyList<TableFile> files)
    {
        var groups = new List<List<TableFile>>();
        foreach (var file in files)
        {
            var group = groups.Find(g => SameColumns(g[0], file));
            if (group is null) groups.Add([file]);
            else group.Add(file);
        }

        return groups;
    }

    static bool SameColumns(TableFile a, TableFile b)
    {
        if (a.Format != b.Format) return false;
        if (a.Format != FileFormat.JsonLines) return a.Names.SequenceEqual(b.Names) && a.Types.SequenceEqual(b.Types);
        var common = a.Paths.Intersect(b.Paths, StringComparer.Ordinal).Count();
        return common >= SameMembers * Math.Min(a.Paths.Count, b.Paths.Count);
    }

    static SourceTable Table(List<TableFile> files, Dialect dialect) => files[0].Format switch
    {
        FileFormat.JsonLines => new JsonTable(JsonFiles.Merged(files), dialect),
        FileFormat.Parquet => new ParquetTable(files, dialect),
        _ => new TextTable(files, dialect),
    };

    IEnumerable<RawRelation> Relations(SourceTable table, IWarehouse warehouse)
    {
        try
        {
            return [Relation(table, warehouse)];
        }
        catch (InputException) when (table.Files.Count > 1)
        {
            // Each file may keep to one format although together they do not. If a file fails alone, its own message is the clearer one.
            return [.. table.Files.Select(f => Relation(Table([f], warehouse.Dialect), warehouse))];
        }
    }

    RawRelation Relation(SourceTable table, IWarehouse warehouse)
    {
        var given = MapOptions.For(table, options.Map);
        if (SegmentLayout.Recognises(table.Files)) return SegmentLayout.Relation(table.Files, options.Map, options, warehouse);
        if (ShopifyLayout.Recognises(table)) return ShopifyLayout.Relation(table, given, options, warehouse);
        if (NamedLayouts.Recognise(table) is { } layout)
        {
            layout.Assignments.Override(given);
            var known = new RelationBuilder(table, layout.Name, options, warehouse).Apply(layout.Assignments, layout.CategorySeparator);
            if (layout.Cancelled is { } cancelled && !known.Has("cancelled"))
                known.Set("cancelled", $"coalesce({cancelled}, false)", "order number begins with C", "layout", []);
            return known.Build();
        }

        var found = RoleFinder.Find(table, given);
        if (found.AmountIsOfOrder) table = OrderTotals.WithLines(table, found["order_id"]!);
        return new RelationBuilder(table, "generic", options, warehouse).Apply(found).Build();
    }
}
