using System.Globalization;
using System.IO.MemoryMappedFiles;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Live;

/// <summary>Makes the index of a run from what the run wrote. What grows with the shop is held once as plain arrays; features go from the Parquet file into
/// the mapped file chunk by chunk.</summary>
static class MemberBuilder
{
    const string Segments = "segments.parquet", Features = "features.parquet", Opinions = "opinions.csv";

    /// <summary>What the index of a run is made of, so that an index of other files is seen.</summary>
    public static string Source(string run) => string.Join(';', new[] { Segments, Features, Opinions }.Select(name => new FileInfo(Path.Combine(run, name)))
        .Select(f => f.Exists ? string.Create(CultureInfo.InvariantCulture, $"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}") : $"{f.Name} -"));

    /// <summary>Writes the index whole or not at all.</summary>
    /// <exception cref="InputException">The directory is no run, or its files do not belong together.</exception>
    public static void Build(string run, string path)
    {
        var source = Source(run);
        var model = SegmentationModel.Read(run);
        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        string File(string name)
        {
            var file = Path.Combine(run, name);
            return System.IO.File.Exists(file) ? $"read_parquet({engine.Dialect.Text(file)})" : throw new InputException($"'{file}' is missing; run segment again.");
        }

        try
        {
            Write(engine, model, File(Segments), File(Features), Path.Combine(run, Opinions), source, path);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"The files of the run '{run}' cannot be read: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }
    }

    static void Write(DuckDbWarehouse engine, SegmentationModel model, string segments, string features, string opinions, string source, string path)
    {
        var strangers = engine.Single(new Step("compare the customers of both files", $"SELECT count(*) FROM {segments} AS s POSITIONAL JOIN {features} AS f WHERE s.customer_id IS DISTINCT FROM f.customer_id"), r => r.GetInt64(0));
        if (strangers > 0) throw new InputException($"{strangers:N0} rows of segments.parquet and features.parquet are not of the same customers; run segment again.");
        var names = engine.Rows(new Step("columns of the features", $"DESCRIBE SELECT * FROM {features}"), r => r.GetString(0)).Where(n => n != "customer_id").ToArray();
        var rows = MemberRows.Read(engine, segments, model, opinions);
        var (spend, recency) = (Key("monetary"), Key("recency_days"));
        var counts = new int[model.Segments.Count];
        foreach (var s in rows.Segment) counts[s]++;
        var head = new MemberHead(rows.Count, rows.IdBytes.Length, model.AsOf, source, [.. model.Segments.Select((s, i) => new MemberSegment(s.Id, s.Name, counts[i]))], names);
        var json = head.Write();
        var layout = new MemberLayout(head, json.Length);
        // Two builders of the same run do not meet.
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = MemoryMappedFile.CreateFromFile(part, FileMode.Create, null, layout.Length))
            using (var view = new MappedView(file, MemoryMappedFileAccess.ReadWrite))
            {
                json.CopyTo(view.Span<byte>(MemberLayout.Fixed, json.Length));
                void Put<T>(long at, T[] values) where T : unmanaged => values.CopyTo(view.Span<T>(at, values.Length));
                Put(layout.IdStarts, rows.IdStarts);
                Put(layout.Ids, rows.IdBytes);
                Put(layout.Segment, rows.Segment);
                Put(layout.Second, rows.Second);
                Put(layout.FeaturesOpinion, rows.FeaturesOpinion);
                Put(layout.SequencesOpinion, rows.SequencesOpinion);
                Put(layout.Confidence, rows.Confidence);
                Put(layout.Agreement, rows.Agreement);
                Put(layout.Spend, spend);
                Put(layout.Recency, recency);
                double[]?[] keys = [null, Array.ConvertAll(rows.Confidence, c => (double)c), Array.ConvertAll(spend, MemberKeys.Spend), Array.ConvertAll(recency, MemberKeys.Recency)];
                for (var o = 0; o < keys.Length; o++)
                {
                    var all = MemberKeys.Sorted(rows.Count, keys[o]);
                    Put(layout.Orders + 4L * rows.Count * 2 * o, all);
                    Put(layout.Orders + 4L * rows.Count * (2 * o + 1), MemberKeys.BySegment(all, rows.Segment, counts));
                    keys[o] = null;
                }

                if (names.Length > 0)
                    engine.Numbers(FeatureStep(engine, names, features), (start, column, values, present) =>
                        view.Scatter(layout.Features, rows.Number.AsSpan((int)start, values.Length), names.Length, column, values, present));
                view.Span<ulong>(0, 1)[0] = MemberLayout.Magic;
                view.Span<long>(8, 1)[0] = layout.Length;
                view.Span<long>(24, 1)[0] = json.Length;
                view.Span<ulong>(16, 1)[0] = view.Checksum(layout.Length);
                view.Flush();
            }

            System.IO.File.Move(part, path, overwrite: true);
        }
        finally
        {
            System.IO.File.Delete(part);
        }

        double[] Key(string feature)
        {
            var values = new double[rows.Count];
            Array.Fill(values, double.NaN);
            if (!names.Contains(feature)) return values;
            engine.Numbers(FeatureStep(engine, [feature], features), (start, _, read, present) =>
            {
                for (var i = 0; i < read.Length; i++)
                    if (present.IsEmpty || ((present[i / 64] >> (i % 64)) & 1) != 0) values[rows.Number[start + i]] = read[i];
            });
            return values;
        }
    }

    static Step FeatureStep(DuckDbWarehouse engine, IEnumerable<string> names, string features) =>
        new("read the features", $"SELECT {string.Join(", ", names.Select(n => $"CAST({engine.Dialect.Name(n)} AS DOUBLE)"))} FROM {features}");
}
