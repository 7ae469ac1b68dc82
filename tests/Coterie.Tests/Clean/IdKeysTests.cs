using Coterie.Clean;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;
using static Coterie.Tests.Clean.CleaningLawTests;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

/// <summary>Keys say where a person's rows are; what is found by them is what comparing every id finds.</summary>
public class IdKeysTests
{
    static readonly string[] People = ["c1", "c2", "c3", "a1", "a2"];

    [Fact]
    public void RowsTakenOutByKeys_AreThoseTakenOutById() => Gen.Select(Log, Log, Gen.Shuffle(People, 1, 3)).Sample((early, late, ids) =>
    {
        using var keyed = Open();
        Load(keyed, Relation([early]));
        Load(keyed, Relation([late]));
        var found = Copied(keyed, ids);
        WithoutKeys(keyed);
        return found.SequenceEqual(Copied(keyed, ids));
    }, iter: 12);

    [Fact]
    public void AStoreFromBeforeThereWereKeys_GetsThemWithItsNextLoad() => Gen.Select(Log, Log).Sample((early, late) =>
    {
        using var store = Open();
        Load(store, Relation([early]));
        WithoutKeys(store);
        Load(store, Relation([late]));
        string Id(string column) => EventStore.Columns(store, EventStore.Rows).Contains(column) ? $"\"{column}\"" : "NULL";
        var anonymous = Id("anonymous_id");
        Assert.Equal(0, Count(store, $"person_key IS DISTINCT FROM {IdKeys.Of($"coalesce(\"customer_id\", {anonymous}, {Id("previous_id")})")}"));
        if (anonymous != "NULL") Assert.Equal(0, Count(store, $"anonymous_key IS DISTINCT FROM {IdKeys.Of(anonymous)}"));
    }, iter: 8);

    [Fact]
    public void ALoadIsStoredInTheOrderOfItsPeople() => Log.Sample(log =>
    {
        using var store = Open();
        Load(store, Relation([log]));
        var keys = store.Rows(new Step("keys as they lie", $"SELECT person_key FROM {EventStore.Rows} WHERE person_key IS NOT NULL ORDER BY rowid"), r => r.GetValue(0)).Select(Convert.ToUInt32).ToArray();
        return keys.SequenceEqual(keys.Order());
    }, iter: 8);

    // Keys are stored: the next version of the engine must give an id the same one.
    [Fact]
    public void AKey_IsTheLowEndOfTheIdsMd5()
    {
        using var store = Open();
        // MD5("") = d41d8cd98f00b204e9800998ecf8427e (RFC 1321, A.5): the last eight bytes, the first of them lowest.
        Assert.Equal(0x980980e9u, store.Single(new Step("key", $"SELECT {IdKeys.Of("''")}"), r => Convert.ToUInt32(r.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)));
    }

    static void WithoutKeys(DuckDbWarehouse store)
    {
        foreach (var key in EventStore.Columns(store, EventStore.Rows).Where(c => c is IdKeys.Person or IdKeys.Anonymous))
            store.Execute(new Step("forget a key", $"ALTER TABLE {EventStore.Rows} DROP COLUMN {key}"));
    }

    static long Count(DuckDbWarehouse store, string where) => store.Single(new Step("count", $"SELECT count(*) FROM {EventStore.Rows} WHERE {where}"), r => r.GetInt64(0));

    static List<string> Copied(DuckDbWarehouse store, string[] ids)
    {
        using var small = Open();
        StoredCustomers.Copy(store, ids, small, 1_000);
        var columns = EventStore.Columns(small, EventStore.Rows).Where(c => c is not (IdKeys.Person or IdKeys.Anonymous));
        return [.. small.Rows(new Step("what was copied", $"SELECT CAST(r AS VARCHAR) FROM (SELECT {string.Join(", ", columns)} FROM {EventStore.Rows}) AS r"), r => r.GetString(0)).Order(StringComparer.Ordinal)];
    }
}
