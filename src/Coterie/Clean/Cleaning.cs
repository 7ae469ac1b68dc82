using Coterie.Collect;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Loads raw rows into the warehouse: refuses what cannot be an event, drops what was already there, and resolves who is who.</summary>
public static class Cleaning
{
    /// <summary>Leaves the relation <c>events</c> (the columns of <see cref="Events.Columns"/>) and the table <c>quarantine</c>
    /// (rule, file, line, raw), and reports what was done. Loading the same rows twice changes nothing.</summary>
    /// <exception cref="ConfigurationException">Options that cannot be; lists all.</exception>
    public static QualityReport Load(IWarehouse warehouse, IReadOnlyList<RawRelation> relations, CleanOptions options)
    {
        Check(options);
        var batch = Gather(warehouse, relations, options);
        var found = Identities.Resolve(warehouse, Tables(batch));
        var robots = Robots.Find(warehouse, batch, found.People, options, everybody: true);
        Refusals.Collect(warehouse, batch);
        var counts = LoadCounts.Of(warehouse, batch);
        Commit.Run(warehouse, batch, found, robots.Robots, options);
        return Reading.AfterLoad(warehouse, batch, counts, found, robots, options);
    }

    /// <summary>The same without a report: what it counts costs a small load as much as the load itself.</summary>
    internal static void Add(IWarehouse warehouse, IReadOnlyList<RawRelation> relations, CleanOptions options)
    {
        Check(options);
        var batch = Gather(warehouse, relations, options);
        var found = Identities.Resolve(warehouse, Tables(batch));
        var robots = Robots.Find(warehouse, batch, found.People, options, everybody: false);
        Refusals.Collect(warehouse, batch);
        Commit.Run(warehouse, batch, found, robots.Robots, options);
    }

    static Batch Gather(IWarehouse warehouse, IReadOnlyList<RawRelation> relations, CleanOptions options)
    {
        var batch = new Batch(warehouse, relations, options);
        if (options.OneShot && batch.Stored.Count > 0)
            throw new ConfigurationException("A warehouse for one run was loaded a second time: give all files to one load, or load into a workspace.");
        batch.Fill();
        if (options.Suppressed is { Count: > 0 } suppressed) ErasedCustomers.Refuse(warehouse, batch, suppressed);
        Repeats.Mark(warehouse, batch);
        if (batch.Stored.Count > 0)
        {
            foreach (var column in batch.Columns.Except([.. batch.Stored, "raw", "line_breaks"]))
                warehouse.Execute(EventStore.Widen(column, warehouse.Dialect));
            if (!batch.Stored.Contains(IdKeys.Person)) warehouse.Execute(EventStore.AddKeys([.. batch.Columns]));
        }

        return batch;
    }

    static Dictionary<string, IReadOnlyList<string>> Tables(Batch batch)
    {
        var tables = new Dictionary<string, IReadOnlyList<string>> { [EventStore.Batch] = batch.Columns };
        if (batch.Stored.Count > 0) tables.Add(EventStore.Rows, batch.Columns);
        return tables;
    }

    /// <summary>The report of a workspace as it stands, over everything that was ever loaded into it.</summary>
    public static QualityReport Describe(IWarehouse warehouse, CleanOptions options)
    {
        Check(options);
        return Reading.OfStore(warehouse, options);
    }

    /// <summary>Gives back the memory of the events of a warehouse for one run, when nothing asks for them any more; <c>quarantine</c> stays.</summary>
    public static void Release(IWarehouse warehouse)
    {
        warehouse.Execute(new Step("drop the events", "DROP VIEW IF EXISTS events"));
        warehouse.Execute(new Step("drop the rows of events", $"DROP TABLE IF EXISTS {warehouse.Dialect.Name(EventStore.Rows)}"));
    }

    static void Check(CleanOptions options)
    {
        var problems = new List<string>();
        if (!(options.MaxQuantity > 0 && options.MaxQuantity <= 1e12)) problems.Add($"MaxQuantity is {options.MaxQuantity}: expected a number above 0, up to 1e12.");
        if (!(options.MaxPrice > 0 && options.MaxPrice <= 1e12)) problems.Add($"MaxPrice is {options.MaxPrice}: expected a number above 0, up to 1e12.");
        if (options.RobotEventsPerMinute < 1) problems.Add($"RobotEventsPerMinute is {options.RobotEventsPerMinute}: expected 1 or more.");
        if (options.RobotEventsPerDay < 1) problems.Add($"RobotEventsPerDay is {options.RobotEventsPerDay}: expected 1 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
