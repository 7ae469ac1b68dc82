using Coterie.Clean;
using Coterie.Decisions;
using Coterie.Warehouse;

namespace Coterie.Activation.Rules;

/// <summary>What rules are asked of: a shop's events and customers up to an instant, and the run that gives segments and features where there is one.</summary>
/// <remarks>Its temporary tables are made once, so that many rules are asked quickly. Nothing later than <see cref="AsOf"/> is seen, consent apart.</remarks>
public sealed class RuleScope
{
    internal const string SegmentTable = "rule_segments";
    internal const string FeatureTable = "rule_features";

    // Asked for with every count, and the same for as long as the scope is open.
    IReadOnlyList<RuleName>? traitNames, kindNames;
    bool traits;

    RuleScope(IWarehouse warehouse, DateTime asOf, Membership? segments, IReadOnlyList<string> features, Consents consents)
    {
        Warehouse = warehouse;
        AsOf = asOf;
        Segments = segments?.Segments ?? [];
        HasRun = segments is not null;
        RunAsOf = segments?.AsOf;
        Features = features;
        Consents = consents;
        Customers = warehouse.Single(new Step("count the customers", $"SELECT count(*) FROM {warehouse.Dialect.Name(CustomerTable.Name)}"), r => r.GetInt64(0));
    }

    public IWarehouse Warehouse { get; }

    /// <summary>Nothing later is seen.</summary>
    public DateTime AsOf { get; }

    /// <summary>Whether there is a run.</summary>
    public bool HasRun { get; }

    /// <summary>The instant as of which the run placed customers.</summary>
    public DateTime? RunAsOf { get; }

    /// <summary>Segments that rules may name.</summary>
    public IReadOnlyList<SegmentRef> Segments { get; }

    /// <summary>Features that rules may name.</summary>
    public IReadOnlyList<string> Features { get; }

    public Consents Consents { get; }

    /// <summary>Everybody.</summary>
    public long Customers { get; }

    /// <summary>Opens a warehouse that holds the relation <c>events</c> to rules.</summary>
    /// <param name="warehouse">Where events are.</param>
    /// <param name="asOf">Nothing later is seen.</param>
    /// <param name="segments">Segments of a run; null: none.</param>
    /// <param name="features">The run's features.parquet; null: none.</param>
    /// <exception cref="InputException">The run looked at events later than the instant, or its features cannot be read.</exception>
    public static RuleScope Open(IWarehouse warehouse, DateTime asOf, Membership? segments = null, string? features = null)
    {
        if (segments is not null && segments.AsOf > asOf)
            throw new InputException($"The run placed customers as of {segments.AsOf:yyyy-MM-dd HH:mm}, later than {asOf:yyyy-MM-dd HH:mm}: its segments and features know what had not happened yet. Name an earlier run, or a later --as-of.");
        var d = warehouse.Dialect;
        var consents = ConsentReading.Of(warehouse);
        CustomerTable.Make(warehouse, asOf, consents);
        warehouse.Execute(new Step("make room for the segments", $"{d.CreateTemporary(SegmentTable)} SELECT '' AS \"customer_id\", '' AS \"segment\" WHERE false"));
        if (segments is { OfCustomer.Count: > 0 })
        {
            var placed = segments.OfCustomer.OrderBy(c => c.Key, StringComparer.Ordinal).ToArray();
            warehouse.Append(SegmentTable, [new TextColumn([.. placed.Select(p => p.Key)]), new TextColumn([.. placed.Select(p => segments.Segments[p.Value].Id)])]);
        }

        return new RuleScope(warehouse, asOf, segments, features is null ? [] : ReadFeatures(warehouse, features), consents);
    }

    static IReadOnlyList<string> ReadFeatures(IWarehouse warehouse, string file)
    {
        if (!File.Exists(file)) throw new InputException($"'{file}' is missing; run segment again.");
        try
        {
            warehouse.Execute(new Step("read the features", $"{warehouse.Dialect.CreateTemporary(FeatureTable)} SELECT * FROM read_parquet({warehouse.Dialect.Text(file)})"));
        }
        catch (WarehouseException e)
        {
            throw new InputException($"'{file}' is damaged: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }

        return [.. warehouse.Rows(new Step("columns of the features", $"DESCRIBE {warehouse.Dialect.Name(FeatureTable)}"), r => r.GetString(0)).Where(n => n != "customer_id")];
    }

    /// <summary>Names of traits, and how many customers have each, most first.</summary>
    public IReadOnlyList<RuleName> Traits()
    {
        NeedTraits();
        return traitNames ??= Names("list the traits", $"SELECT \"name\", count(*) FROM {Warehouse.Dialect.Name(CustomerTable.Traits)} GROUP BY \"name\"", null);
    }

    /// <summary>Kinds of events, and how many there are of each, most first.</summary>
    public IReadOnlyList<RuleName> Kinds() => kindNames ??= Names("list the kinds of events", "SELECT \"kind\", count(*) FROM \"events\" WHERE \"time\" <= $as_of AND \"kind\" IS NOT NULL GROUP BY \"kind\"", AsOf);

    List<RuleName> Names(string step, string sql, DateTime? asOf) => Warehouse.Rows(new Step(step, sql + " ORDER BY count(*) DESC, 1")
    {
        Parameters = asOf is { } at ? new Dictionary<string, object?> { ["as_of"] = at } : new Dictionary<string, object?>(),
    }, r => new RuleName(r.GetString(0), r.GetInt64(1)));

    internal void NeedTraits()
    {
        if (traits) return;
        CustomerTable.MakeTraits(Warehouse, AsOf);
        traits = true;
    }
}

/// <summary>A name that rules may ask for.</summary>
/// <param name="Name">As the data have it.</param>
/// <param name="Count">Customers or events that have it.</param>
public sealed record RuleName(string Name, long Count);
