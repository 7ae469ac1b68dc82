using Coterie.Sequences;
using Coterie.Tests.Features;
using Coterie.Warehouse;
using CsCheck;

namespace Coterie.Tests.Sequences;

public class SequenceReaderTests
{
    static readonly Gen<SequenceRequest> Requests = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 3], Gen.Int[0, 5], Gen.Int[0, 60], Gen.Bool, Gen.Bool)
        .Select((length, segments, context, more, sessions, hours) => SequenceLog.Request(sessions) with
        {
            Length = length, Segments = segments, Context = context, ChunkEvents = length * segments + context + more, HasTimeOfDay = hours,
        });

    [Fact]
    public void EveryFieldOfEveryEvent_EqualsThePlainTwin()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.SomeWithSessions, Requests, Gen.Int[1, 3]).Sample((log, request, categories) =>
        {
            EventLog.Put(warehouse, log);
            var schema = SequenceLearning.Learn(warehouse, request, new() { Categories = categories });
            var read = SequenceLog.Glued(SequenceReader.Read(warehouse, request, schema));
            if (!request.Present.Contains("session_id")) log = [.. log.Select(e => e with { Session = null })];
            var twin = new PlainSequences(log, request, schema);
            var i = 0;
            foreach (var customer in twin.Customers)
            {
                var all = twin.Ordered(customer);
                var from = Math.Max(0, all.Count - (int)request.Window);
                var kept = Math.Min(all.Count, request.Length * request.Segments);
                foreach (var size in Sizes(kept, request.Length))
                {
                    Assert.Equal(customer, read.Customers[i]);
                    Assert.Equal(size, read.Offsets[i + 1] - read.Offsets[i]);
                    i++;
                }

                for (var k = 0; k < kept; k++)
                {
                    var (at, code) = (all.Count - kept + k, read.Offsets[i] - kept + k);
                    Assert.Equal(PlainSequences.Second(all[at]), read.Seconds[code]);
                    foreach (var (field, word) in twin.Words(all, from, at))
                        Assert.True(word == read.Word(field, code), $"{field} of {customer}'s event {at}: expected {word}, got {read.Word(field, code)}");
                }
            }

            Assert.Equal(read.Count, i);
        }, iter: 60, threads: 1);
    }

    // The oldest sequence may be short, the others are full.
    static IEnumerable<int> Sizes(int events, int length)
    {
        if (events % length > 0) yield return events % length;
        for (var i = 0; i < events / length; i++) yield return length;
    }

    [Fact]
    public void EventsAfterTheInstant_ChangeNothing()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.SomeWithSessions, EventLog.SomeWithSessions, Requests).Sample((log, later, request) =>
        {
            var after = later.Select((e, i) => e with { Time = EventLog.AsOf.AddMicroseconds(1 + i * 1e9) });
            return SequenceLog.Same(SequenceLog.Read(warehouse, log, request), SequenceLog.Read(warehouse, [.. log, .. after], request));
        }, iter: 15, threads: 1);
    }

    [Fact]
    public void TheOrderOfRows_ChangesNothing()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.SomeWithSessions, Requests, Gen.Int).Sample((log, request, seed) =>
        {
            var shuffled = log.ToArray();
            new Random(seed).Shuffle(shuffled);
            return SequenceLog.Same(SequenceLog.Read(warehouse, log, request), SequenceLog.Read(warehouse, shuffled, request));
        }, iter: 15, threads: 1);
    }

    [Fact]
    public void TheSizeOfChunks_ChangesNothing_AndBoundsThem()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.SomeWithSessions, Requests).Sample((log, request) =>
        {
            EventLog.Put(warehouse, log);
            var chunks = SequenceReader.Read(warehouse, request).ToList();
            Assert.All(chunks, c => Assert.InRange(c.Events, 1, request.ChunkEvents));
            return SequenceLog.Same(SequenceLog.Glued(chunks), SequenceLog.Glued(SequenceReader.Read(warehouse, request with { ChunkEvents = 100_000 })));
        }, iter: 15, threads: 1);
    }

    /// <summary>Events of one instant are ordered by the product's id, so new names must keep that order where instants coincide.</summary>
    [Fact]
    public void OtherNamesOfProducts_ChangeNoRelation()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.SomeWithSessions, Requests).Sample((log, request) =>
        {
            var spread = log.Select((e, i) => e with { Time = e.Time.AddMicroseconds(i) }).ToArray();
            var renamed = spread.Select(e => e with { Product = e.Product is null ? null : $"{'z' - e.Product[1]}-other" }).ToArray();
            var kept = log.Select(e => e with { Product = e.Product is null ? null : "the " + e.Product }).ToArray();
            return SequenceLog.Same(SequenceLog.Read(warehouse, spread, request), SequenceLog.Read(warehouse, renamed, request), "product")
                && SequenceLog.Same(SequenceLog.Read(warehouse, log, request), SequenceLog.Read(warehouse, kept, request), "product");
        }, iter: 15, threads: 1);
    }

    [Fact]
    public void OneCustomer_IsReadAsAmongAll()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Some.Sample(log =>
        {
            var all = SequenceLog.Read(warehouse, log, SequenceLog.Request());
            var schema = SequenceLearning.Learn(warehouse, SequenceLog.Request(), new());
            var one = SequenceLog.Glued(SequenceReader.Read(warehouse, SequenceLog.Request() with { Customers = [log[0].Customer, "nobody"] }, schema));
            if (log[0].Time > EventLog.AsOf && one.Count == 0) return true;
            var at = Array.IndexOf(all.Customers, log[0].Customer);
            return one.Customers is [var only] && only == log[0].Customer
                && Enumerable.Range(0, all.Codes.Length).All(f => one.Codes[f].SequenceEqual(all.Codes[f].Take(all.Offsets[at]..all.Offsets[at + 1])));
        }, iter: 10, threads: 1);
    }

    [Fact]
    public void TwoReadingsAtOnce_DoNotDisturbEachOther_AndLeaveNothingBehind()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Put(warehouse, [.. Enumerable.Range(0, 40).Select(i => new LogEvent($"c{i}", EventLog.Start.AddHours(i), "view"))]);
        var request = SequenceLog.Request() with { Length = 4, Context = 0, ChunkEvents = 4 };
        foreach (var (a, b) in SequenceReader.Read(warehouse, request).Zip(SequenceReader.Read(warehouse, request))) Assert.True(SequenceLog.Same(a, b));
        Assert.Equal(0, warehouse.Single(new Step("count", "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'sequences_%'"), r => r.GetInt64(0)));
    }

    [Fact]
    public void JoinedSequences_AreThoseOfOneLongSequence()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Some.Sample(log =>
        {
            var cut = SequenceLog.Read(warehouse, log, SequenceLog.Request() with { Length = 7, Segments = 10 }).Joined();
            return SequenceLog.Same(cut, SequenceLog.Read(warehouse, log, SequenceLog.Request() with { Length = 70 }));
        }, iter: 10, threads: 1);
    }

    [Fact]
    public void ACustomerWithOneEvent_ASequenceOfOneKind_AndAnEmptyLog_AreRead()
    {
        using var warehouse = EventLog.Warehouse();
        var request = SequenceLog.Request();
        Assert.Empty(SequenceLog.Read(warehouse, [], request).Customers);
        Assert.Empty(SequenceLog.Read(warehouse, [new("c", EventLog.AsOf.AddSeconds(1), "view")], request).Customers);
        var one = SequenceLog.Read(warehouse, [new("c", EventLog.Start, "stared at")], request);
        Assert.Equal([0, 1], one.Offsets);
        Assert.Equal(["other", "first event", "1", null], new[] { "kind", "gap", "position", "product_rank" }.Select(f => one.Word(f, 0)));
        var views = SequenceLog.Read(warehouse, [.. Enumerable.Range(0, 5).Select(i => new LogEvent("c", EventLog.Start.AddDays(i), "view") { Product = "only" })], request);
        Assert.Equal(["new", "1", "1", "1", "1"], Enumerable.Range(0, 5).Select(i => views.Word("product_rank", i)));
        Assert.Equal(["0", "1", "2", "3", "4 to 6"], Enumerable.Range(0, 5).Select(i => views.Word("touches", i)));
    }

    [Fact]
    public void ARotation_HasAConstantRank_WhateverElseIsBought()
    {
        using var warehouse = EventLog.Warehouse();
        var log = Enumerable.Range(0, 9).SelectMany(i => new[] { $"{i % 3}", $"extra{i}" }.Select(p =>
            new LogEvent("c", EventLog.Start.AddDays(30 * i), "purchase") { Product = p, Order = $"o{i}" })).ToArray();
        var read = SequenceLog.Read(warehouse, log, SequenceLog.Request());
        Assert.Equal(Enumerable.Repeat("3", 6), Enumerable.Range(3, 6).Select(i => read.Word("orders_ago", 2 * i)));
    }

    [Fact]
    public void ARequestThatContradictsItself_ListsEveryProblem()
    {
        using var warehouse = EventLog.Warehouse();
        var message = Assert.Throws<ConfigurationException>(() => SequenceReader.Read(warehouse,
            SequenceLog.Request() with { Length = 0, Segments = 0, Context = -1, ChunkEvents = -2 })).Message;
        Assert.Equal(4, message.Split('\n').Length);
        Assert.Contains("chunk-events is 10; expected at least 192",
            Assert.Throws<ConfigurationException>(() => SequenceReader.Read(warehouse, SequenceLog.Request() with { Length = 64, Segments = 2, ChunkEvents = 10 })).Message,
            StringComparison.Ordinal);
    }
}
