using System.Text;
using Coterie.Simulation;
using CsCheck;

namespace Coterie.Tests.Simulation;

public class TimeOrderedFileTests
{
    [Fact]
    public void Rows_ComeOutAsAStableSortPutsThem_ForAnyBlocksAndThreads() =>
        Gen.Select(Gen.Select(Gen.Int[0, 99], Gen.UInt[0, 5]).List[0, 300], Gen.Int[1, 120], Gen.Int[1, 3], Gen.Bool).Sample((rows, blocks, threads, wide) =>
        {
            // Wide rows fill the buffers, so that blocks spill.
            var lines = rows.Select((row, i) => $"{row.Item1} {row.Item2} {i}{(wide ? new string('x', 9_000) : "")}\n").ToArray();
            var expected = string.Concat(rows.Select((row, i) => (row, i)).OrderBy(x => x.row.Item1).ThenBy(x => x.row.Item2).ThenBy(x => x.i).Select(x => lines[x.i]));
            var directory = Directory.CreateTempSubdirectory("coterie-blocks-").FullName;
            try
            {
                using var output = new MemoryStream();
                using (var file = new TimeOrderedFile(directory, 100, blocks, threads))
                {
                    for (var i = 0; i < rows.Count; i++) file.Append(rows[i].Item1, rows[i].Item2, Encoding.UTF8.GetBytes(lines[i]));
                    file.WriteTo(output, default);
                }

                Assert.Equal(expected, Encoding.UTF8.GetString(output.ToArray()));
                Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }, iter: 60);
}
