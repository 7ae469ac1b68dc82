using Coterie.Clean;
using Coterie.Warehouse;
using CsCheck;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

/// <summary>Laws over small random logs with every kind of fault in them.</summary>
public class CleaningLawTests
{
    // Few values, so that equal rows, shared browsers and chains of aliases are common.
    static readonly Gen<Dictionary<string, string?>> Event = Gen.Select(
        OneOf("c1", "c2", "c3", null), OneOf("a1", "a2", null), Gen.Int[0, 40],
        OneOf("purchase", "view", "refund", "identify", "alias"), OneOf("5", "10", "0", "-3"), OneOf("1", "2", "0", "-1"),
        OneOf("x", "one\ntwo", "say \"hi\""))
        .Select((customer, anonymous, minute, kind, price, quantity, text) => Row(("customer_id", customer), ("anonymous_id", anonymous),
            ("previous_id", kind == "alias" ? $"c{minute % 4}" : null), ("time", minute == 0 ? null : $"2024-01-01 12:{minute:00}:00"), ("kind", kind),
            ("signed_price", price), ("signed_quantity", quantity), ("text", text)));

    static Gen<string?> OneOf(params string?[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    internal static readonly Gen<List<Dictionary<string, string?>>> Log = Event.List[0, 30];

    [Fact]
    public void KeptAndRefused_AreAllThatWasRead_AndEveryRefusedRowIsInQuarantine() => Gen.Select(Log, Gen.Bool, Gen.Bool).Sample((log, timeOfDay, once) =>
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation([log], timeOfDay), new CleanOptions { OneShot = once });
        return report.RowsRead == log.Count
            && report.RowsRead == report.RowsKept + report.RefusedRows() + report.Count("identity")
            && Refused(warehouse).Count == report.RefusedRows()
            && Events(warehouse).Count == report.RowsKept
            && report.Kinds.Values.Sum() == report.RowsKept
            && Column(warehouse, "event_id").Distinct().Count() == report.RowsKept
            && Column(warehouse, "customer_id").Distinct().Count() == report.Customers;
    }, iter: 12);

    [Fact]
    public void TheOrderOfRows_ChangesNeitherEventsNorCounts() => Gen.Select(Log, Gen.Bool).SelectMany((log, timeOfDay) =>
        Gen.Shuffle(log.ToArray()).Select(shuffled => (log, shuffled, timeOfDay))).Sample(x => Same(
            Loaded([Relation([x.log], x.timeOfDay)]), Loaded([Relation([x.shuffled], x.timeOfDay)])), iter: 10);

    [Fact]
    public void CuttingAFileInTwo_ChangesOnlyFileNames() => Gen.Select(Log, Gen.Int[0, 30], Gen.Bool, Gen.Bool).Sample((log, at, timeOfDay, oneRelation) =>
    {
        List<Dictionary<string, string?>> first = [.. log.Take(at)], second = [.. log.Skip(at)];
        return Same(Loaded([Relation([log], timeOfDay)]),
            Loaded(oneRelation ? [Relation([first, second], timeOfDay)] : [Relation([first], timeOfDay), Relation([second], timeOfDay)]));
    }, iter: 12);

    [Fact]
    public void LoadingTwice_ChangesNothing() => Gen.Select(Log, Gen.Bool).Sample((log, timeOfDay) =>
    {
        using var warehouse = Open();
        var relation = Relation([log], timeOfDay);
        Load(warehouse, relation);
        var (events, refused, store) = (Events(warehouse), Refused(warehouse), Cleaning.Describe(warehouse, new CleanOptions()));
        var again = Load(warehouse, relation);
        return again.RowsKnown == log.Count && again.RowsKept == 0 && again.RefusedRows() == 0
            && Events(warehouse).SequenceEqual(events) && Refused(warehouse).SequenceEqual(refused)
            && Same(store, Cleaning.Describe(warehouse, new CleanOptions()));
    }, iter: 10);

    [Fact]
    public void LoadingInTwoSteps_InEitherOrder_GivesTheEventsOfOneStep() => Gen.Select(Log, Gen.Int[0, 30]).Sample((log, at) =>
    {
        var (first, second) = (Relation([.. log.Take(at)]), Relation([.. log.Skip(at)]));
        using var whole = Open();
        using var forth = Open();
        using var back = Open();
        Load(whole, Relation([.. log]));
        Load(forth, first);
        Load(forth, second);
        Load(back, second);
        Load(back, first);
        return Events(whole).SequenceEqual(Events(forth)) && Events(whole).SequenceEqual(Events(back));
    }, iter: 10);

    [Fact]
    public void TheReportOfTheStore_IsTheReportOfItsOneLoad() => Gen.Select(Log, Gen.Bool).Sample((log, timeOfDay) =>
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation([log], timeOfDay));
        return Same(report, Cleaning.Describe(warehouse, new CleanOptions()));
    }, iter: 10);

    [Fact]
    public void OneThread_EqualsTwo() => Gen.Select(Log, Gen.Bool).Sample((log, once) =>
    {
        using var one = Open(1);
        using var two = Open(2);
        var options = new CleanOptions { OneShot = once };
        return Same(Load(one, Relation([log]), options), Load(two, Relation([log]), options)) && Events(one).SequenceEqual(Events(two))
            && Refused(one).SequenceEqual(Refused(two));
    }, iter: 8);

    [Fact]
    public void AColumnThatIsNowhereFilled_ChangesNoEventId() => Log.Sample(log =>
    {
        var wider = log.Select(r => new Dictionary<string, string?>(r) { ["brand"] = null }).ToList();
        using var narrow = Open();
        using var wide = Open();
        Load(narrow, Relation([log]));
        Load(wide, Relation([wider]));
        return Events(narrow).SequenceEqual(Events(wide));
    }, iter: 8);

    [Fact]
    public void EventsTakenOutForOneCustomer_AreThoseOfTheView() => Gen.Select(Log, Gen.Bool).Sample((log, once) =>
    {
        using var warehouse = Open();
        Load(warehouse, Relation([log]), new CleanOptions { OneShot = once });
        foreach (var customer in Column(warehouse, "customer_id").Union(["c1", "c2", "c3", "anon:a1", "a1", "nobody"]))
        {
            List<string> Of(string table) => warehouse.Rows(new Step("their events", $"SELECT CAST(e AS VARCHAR) FROM {table} AS e WHERE customer_id = $customer ORDER BY 1")
            { Parameters = new Dictionary<string, object?> { ["customer"] = customer } }, r => r.GetString(0));
            Assert.Equal(Of("events"), OneCustomer.Ask(warehouse, customer, () => Of(OneCustomer.Events)));
            Assert.Equal(Of("events").Count, OneCustomer.Ask(warehouse, customer, () => warehouse.Single(new Step("all that was taken out", $"SELECT count(*) FROM {OneCustomer.Events}"), r => r.GetInt64(0))));
        }
    }, iter: 12);

    static (QualityReport Report, List<string> Events, List<string> Rules) Loaded(IReadOnlyList<Coterie.Collect.RawRelation> relations)
    {
        using var warehouse = Open();
        var report = Cleaning.Load(warehouse, relations, new CleanOptions { Now = Now });
        return (report, Events(warehouse), [.. Refused(warehouse).Select(r => r.Split(' ')[0]).Order()]);
    }

    static bool Same((QualityReport Report, List<string> Events, List<string> Rules) a, (QualityReport Report, List<string> Events, List<string> Rules) b) =>
        Same(a.Report, b.Report) && a.Events.SequenceEqual(b.Events) && a.Rules.SequenceEqual(b.Rules);

    // Everything but files and notes.
    static bool Same(QualityReport a, QualityReport b) => Text(a) == Text(b);

    static string Text(QualityReport r) => System.Text.Json.JsonSerializer.Serialize(r with { Files = [], Notes = [], Mapping = [] });
}
