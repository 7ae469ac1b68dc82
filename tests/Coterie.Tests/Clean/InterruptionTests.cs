using System.Data.Common;
using Coterie.Clean;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

public sealed class InterruptionTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("coterie-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ALoadThatIsInterrupted_AtWhateverStep_LeavesTheWorkspaceAsItWas_AndCanBeDoneAgain()
    {
        var (first, second) = (Relation(Buy("a"), Buy(null), Row(("anonymous_id", "x"), ("time", "2024-01-01 10:00:00"), ("kind", "view"))),
            Relation(Buy("b", ("brand", "new column")), Buy("a"), Buy("b", ("time", null))));
        var steps = 0;
        for (var at = 3; steps == 0 || at < steps; at += 11)
        {
            var file = Path.Combine(folder, $"{at}.duckdb");
            List<string> before, refused;
            using (var warehouse = new DuckDbWarehouse(new DuckDbOptions { File = file, Threads = 1 }))
            {
                Load(warehouse, first);
                (before, refused) = (Events(warehouse), Refused(warehouse));
                using var stopping = new Stopping(warehouse, at);
                Assert.Throws<OperationCanceledException>(() => Cleaning.Load(stopping, [second], new CleanOptions { Now = Now }));
            }
            using (var warehouse = new DuckDbWarehouse(new DuckDbOptions { File = file, Threads = 1 }))
            {
                Assert.Equal(before, Events(warehouse));
                Assert.Equal(refused, Refused(warehouse));
                using var counting = new Stopping(warehouse, int.MaxValue);
                var report = Cleaning.Load(counting, [second], new CleanOptions { Now = Now });
                Assert.Equal((1, 1, 1), (report.RowsKept, report.RowsKnown, report.RefusedRows()));
                // The steps after the commit only read and tidy up.
                steps = counting.Committed;
            }
        }
    }

    /// <summary>Interrupts the warehouse before its n-th step.</summary>
    sealed class Stopping(DuckDbWarehouse inner, int at) : IWarehouse
    {
        int steps;

        public int Committed { get; private set; }

        public Dialect Dialect => inner.Dialect;

        public long Execute(Step step)
        {
            Count(step);
            return inner.Execute(step);
        }

        public void Append(string table, IReadOnlyList<AppendedColumn> columns) => inner.Append(table, columns);

        public void Query(Step step, Action<DbDataReader> read)
        {
            Count(step);
            inner.Query(step, read);
        }

        void Count(Step step)
        {
            if (++steps == at) inner.Interrupt();
            if (step.Name == "commit") Committed = steps;
        }

        public void Dispose()
        {
        }
    }
}
