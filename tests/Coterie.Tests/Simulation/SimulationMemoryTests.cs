using Coterie.Simulation;

namespace Coterie.Tests.Simulation;

// Alone: other tests' garbage would be measured too.
[CollectionDefinition("memory", DisableParallelization = true)]
public class MemoryAlone;

[Collection("memory")]
public class SimulationMemoryTests
{
    [Fact]
    public void Memory_DoesNotGrow_WithTheNumberOfCustomers()
    {
        var few = LargestHeap(2_000);
        var many = LargestHeap(20_000);
        // Ten times the customers, 140 MB of rows: a few more buffers of 64 KB.
        Assert.InRange(many - few, long.MinValue, 4 << 20);
    }

    static long LargestHeap(int customers)
    {
        var watch = new Watch();
        using var shop = new SimulatedShop(new SimulationOptions { Customers = customers, Days = 200, Threads = 1 }, watch);
        Assert.True(shop.Summary.Events > 20 * customers);
        return watch.Largest;
    }

    sealed class Watch : IProgress<long>
    {
        int calls;
        public long Largest;

        public void Report(long value)
        {
            if (calls++ % 7 == 3) Largest = Math.Max(Largest, GC.GetTotalMemory(forceFullCollection: true));
        }
    }
}
