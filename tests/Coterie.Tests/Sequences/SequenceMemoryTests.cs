using Coterie.Sequences;
using Coterie.Tests.Features;
using Coterie.Warehouse;

namespace Coterie.Tests.Sequences;

/// <summary>Measures the whole process, so nothing else may run beside it.</summary>
[Collection("memory")]
public class SequenceMemoryTests
{
    [Fact]
    public void ManyEvents_StandInMemoryAChunkAtATime()
    {
        using var warehouse = EventLog.Warehouse();
        warehouse.Execute(new Step("simulate", """
            INSERT INTO events SELECT 'e' || i, 'c' || (i * 7919 % 20011), TIMESTAMP '2023-01-01' + to_seconds(i * 97 % 34560000), 'view', 'p' || (i % 301),
                'k' || (i % 17), NULL, 1 + i % 9, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM range(600000) AS r(i)
            """));
        var request = SequenceLog.Request() with { Length = 16, Context = 16, ChunkEvents = 20_000 };
        long events = 0, most = 0, before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var chunk in SequenceReader.Read(warehouse, request))
        {
            events += chunk.Events;
            Assert.InRange(chunk.Events, 1, request.ChunkEvents);
            if (events % 7 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.Equal(20011 * 16, events);
        // A coded event is 46 bytes: all of them would be 15 MB, a chunk is under one; the list of customers takes two.
        Assert.InRange(most, 0, 8_000_000);
    }
}
