using System.IO.MemoryMappedFiles;
using System.Text;
using System.Text.Json;
using Coterie.Reports;

namespace Coterie.Server.Live;

/// <summary>Who is in which segment of a run: look-ups, pages and exports from a file that is mapped into memory, so that neither the start of the server nor
/// an answer depends on reading a million customers. Safe for any number of threads; a call that runs while it is disposed of ends well.</summary>
#pragma warning disable CA2000 // Dispose objects before losing scope: an index owns its file and its view, and is its caller's; what does not become one is disposed of below
public sealed class MemberIndex : IDisposable
{
    static readonly Lock Building = new();
    readonly MemoryMappedFile file;
    readonly MappedView view;
    readonly MemberHead head;
    readonly MemberLayout layout;
    readonly int[] segmentStarts;

    MemberIndex(string run, MemoryMappedFile file, MappedView view, MemberHead head, MemberLayout layout)
    {
        (Run, this.file, this.view, this.head, this.layout) = (run, file, view, head, layout);
        segmentStarts = new int[head.Segments.Count + 1];
        for (var s = 0; s < head.Segments.Count; s++) segmentStarts[s + 1] = segmentStarts[s] + head.Segments[s].Count;
    }

    /// <summary>Directory of the run.</summary>
    public string Run { get; }
    /// <summary>The run's instant.</summary>
    public DateTime AsOf => head.AsOf;
    public int Customers => head.Customers;
    public IReadOnlyList<MemberSegment> Segments => head.Segments;
    /// <summary>Names of the features, in the order of <see cref="Features"/>.</summary>
    public IReadOnlyList<string> FeatureNames => head.Features;

    /// <summary>Opens the index of a run, which lies beside the run's directory; makes it where it is missing, damaged, of another version or of other files.</summary>
    /// <exception cref="InputException">The directory is not a finished run.</exception>
    public static MemberIndex Open(string run)
    {
        run = Path.TrimEndingDirectorySeparator(Path.GetFullPath(run));
        var path = PathOf(run);
        if (Try(run, path) is { } index) return index;
        // Pages, the API and the live membership may want a new run's index at once; one of them makes it.
        lock (Building)
        {
            if (Try(run, path) is { } made) return made;
            MemberBuilder.Build(run, path);
        }

        return Try(run, path) ?? throw new IOException($"'{path}' was written and cannot be read back; look at the disk.");
    }

    /// <summary>Where the index of a run is.</summary>
    public static string PathOf(string run) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(run)) + ".members";

    static MemberIndex? Try(string run, string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length is var length && length < MemberLayout.Fixed) return null;
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MappedView? view = null;
        MemberIndex? index = null;
        try
        {
            view = new MappedView(file, MemoryMappedFileAccess.Read);
            if (view.Span<ulong>(0, 1)[0] != MemberLayout.Magic || view.Span<long>(8, 1)[0] != length || view.Span<ulong>(16, 1)[0] != view.Checksum(length)) return null;
            var json = view.Span<long>(24, 1)[0];
            if (MemberHead.Read(view.Span<byte>(MemberLayout.Fixed, (int)json)) is { } head && head.Source == MemberBuilder.Source(run)
                && new MemberLayout(head, (int)json) is var layout && layout.Length == length) index = new(run, file, view, head, layout);
        }
        catch (JsonException)
        {
            // Of another version: it is made anew.
        }
        finally
        {
            if (index is null)
            {
                view?.Dispose();
                file.Dispose();
            }
        }

        return index;
    }

    /// <summary>A customer of the run, or null.</summary>
    public Member? Of(string customer) => Held(() => Find(customer) is var i and >= 0 ? At(i) : null);

    /// <summary>The customer's features in the order of <see cref="FeatureNames"/>, NaN where there is nothing to measure; null where the run does not know the customer.</summary>
    public double[]? Features(string customer) => Held(() =>
    {
        var i = Find(customer);
        if (i < 0) return null;
        var row = new double[head.Features.Count];
        for (var j = 0; j < row.Length; j++) row[j] = view.Double(layout.Features, (long)i * row.Length + j);
        return row;
    });

    /// <summary>A page of a segment's members, or of all customers where the segment is null.</summary>
    /// <exception cref="ConfigurationException">The query cannot be answered; lists every problem.</exception>
    public MemberPage Members(string? segment, MemberQuery query)
    {
        Check(segment, query);
        return Held(() => Page(segment, query));
    }

    /// <summary>Who stands beside a customer in the list that a query names; null where the customer is not in it.</summary>
    /// <exception cref="ConfigurationException">The query cannot be answered; lists every problem.</exception>
    public MemberNeighbours? Neighbours(string? segment, string customer, MemberQuery query)
    {
        Check(segment, query with { After = null });
        return Held(() =>
        {
            var i = Find(customer);
            var list = List(segment, query.Order);
            if (i < 0 || (segment is not null && head.Segments[Shorts(layout.Segment)[i]].Id != segment)) return null;
            var at = Position(list, query.Order, Key(query.Order, i), i, after: false);
            var (less, more) = (at > 0 ? Id(list[at - 1]) : null, at + 1 < list.Length ? Id(list[at + 1]) : null);
            return query.Descending ? new MemberNeighbours(list.Length - at, list.Length, more, less) : new MemberNeighbours(at + 1, list.Length, less, more);
        });
    }

    /// <summary>A segment's members as the rows of segments.csv, in the order of their ids, or all customers where the segment is null; taken page by page, so that
    /// an export of any size needs no memory. Write them with <see cref="SegmentFile.WriteCsv(StreamWriter, IEnumerable{SegmentRow})"/>, which guards against formulas.</summary>
    /// <exception cref="ConfigurationException">There is no such segment.</exception>
    public IEnumerable<SegmentRow> Export(string? segment, string lang = "en")
    {
        var names = head.Segments.ToDictionary(s => s.Id, s => lang == "zh" ? s.Name.Zh : s.Name.En, StringComparer.Ordinal);
        var query = new MemberQuery { Size = MemberQuery.LargestPage };
        Check(segment, query);
        return Rows();

        IEnumerable<SegmentRow> Rows()
        {
            for (string? after = null; ;)
            {
                var page = Members(segment, query with { After = after });
                foreach (var m in page.Members) yield return new SegmentRow(m.Customer, m.Segment, names[m.Segment], m.Confidence, m.Second, m.Agreement);
                if ((after = page.Next) is null) yield break;
            }
        }
    }

    void Check(string? segment, MemberQuery query)
    {
        var problems = new List<string>();
        if (segment is not null && head.Segments.All(s => s.Id != segment)) problems.Add($"There is no segment '{segment}' in this run; it has {string.Join(", ", head.Segments.Select(s => s.Id))}.");
        if (query.Size is < 1 or > MemberQuery.LargestPage) problems.Add($"A page of {query.Size} members was asked for; expected 1 to {MemberQuery.LargestPage}.");
        if (!Enum.IsDefined(query.Order)) problems.Add($"There is no order {(int)query.Order}; expected {string.Join(", ", Enum.GetNames<MemberOrder>())}.");
        if (query.After is { } after && problems.Count == 0) MemberCursor.Read(after, query);
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    MemberPage Page(string? segment, MemberQuery query)
    {
        var list = List(segment, query.Order);
        var (from, until) = (0, head.Customers);
        var count = list.Length;
        if (query.Prefix.Length > 0)
        {
            var prefix = Encoding.UTF8.GetBytes(query.Prefix);
            (from, until) = (MemberSearch.LowerBound(Starts, Ids, prefix), MemberSearch.EndOfPrefix(Starts, Ids, prefix));
            var byId = List(segment, MemberOrder.Customer);
            count = Position(byId, MemberOrder.Customer, 0, until, after: false) - Position(byId, MemberOrder.Customer, 0, from, after: false);
        }

        var at = query.Descending ? list.Length - 1 : 0;
        if (query.After is { } text)
        {
            var cursor = MemberCursor.Read(text, query);
            var number = MemberSearch.LowerBound(Starts, Ids, Encoding.UTF8.GetBytes(cursor.Id));
            var there = number < head.Customers && Id(number) == cursor.Id;
            at = query.Descending ? Position(list, query.Order, cursor.Key, number, after: false) - 1 : Position(list, query.Order, cursor.Key, number, after: there);
        }
        else if (query.Prefix.Length > 0 && query.Order == MemberOrder.Customer)
        {
            at = query.Descending ? Position(list, query.Order, 0, until, after: false) - 1 : Position(list, query.Order, 0, from, after: false);
        }

        var members = new List<Member>();
        var last = -1;
        var more = false;
        for (; at >= 0 && at < list.Length; at += query.Descending ? -1 : 1)
        {
            var i = list[at];
            if (i < from || i >= until)
            {
                // In the order of ids what matches stands together.
                if (query.Order == MemberOrder.Customer) break;
                continue;
            }

            if (members.Count == query.Size)
            {
                more = true;
                break;
            }

            members.Add(At(i));
            last = i;
        }

        return new MemberPage(members, more ? new MemberCursor(query.Order, query.Descending, Key(query.Order, last), Id(last)).Write() : null, count);
    }

    // The first place in an ascending list that is not before a key and a number, or that is behind them.
    int Position(ReadOnlySpan<int> list, MemberOrder order, double key, int number, bool after)
    {
        int low = 0, high = list.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var compared = order == MemberOrder.Customer ? 0 : Key(order, list[middle]).CompareTo(key);
            if (compared == 0) compared = list[middle].CompareTo(number);
            if (compared < 0 || (after && compared == 0)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    ReadOnlySpan<int> List(string? segment, MemberOrder order)
    {
        long n = head.Customers, at = layout.Orders + 4 * n * 2 * (int)order;
        if (segment is null) return view.Span<int>(at, head.Customers);
        var s = head.Segments.ToList().FindIndex(x => x.Id == segment);
        return view.Span<int>(at + 4 * (n + segmentStarts[s]), head.Segments[s].Count);
    }

    double Key(MemberOrder order, int i) => order switch
    {
        MemberOrder.Confidence => Float(layout.Confidence, i),
        MemberOrder.Spend => MemberKeys.Spend(view.Double(layout.Spend, i)),
        MemberOrder.Recency => MemberKeys.Recency(view.Double(layout.Recency, i)),
        _ => 0,
    };

    Member At(int i)
    {
        string? Segment(long at) => Shorts(at)[i] is var s and not MemberLayout.None ? head.Segments[s].Id : null;
        static double? Known(double x) => double.IsNaN(x) ? null : x;
        return new Member(Id(i), Segment(layout.Segment)!, Segment(layout.Second), Float(layout.Confidence, i), Known(Float(layout.Agreement, i)), Known(view.Double(layout.Spend, i)),
            Known(view.Double(layout.Recency, i)), Segment(layout.FeaturesOpinion), Segment(layout.SequencesOpinion));
    }

    int Find(string customer)
    {
        var id = Encoding.UTF8.GetBytes(customer);
        var i = MemberSearch.LowerBound(Starts, Ids, id);
        return i < head.Customers && Ids[Starts[i]..Starts[i + 1]].SequenceEqual(id) ? i : -1;
    }

    string Id(int i) => Encoding.UTF8.GetString(Ids[Starts[i]..Starts[i + 1]]);

    ReadOnlySpan<int> Starts => view.Span<int>(layout.IdStarts, head.Customers + 1);

    ReadOnlySpan<byte> Ids => view.Span<byte>(layout.Ids, (int)head.IdBytes);

    ReadOnlySpan<ushort> Shorts(long at) => view.Span<ushort>(at, head.Customers);

    double Float(long at, int i) => view.Span<float>(at, head.Customers)[i];

    T Held<T>(Func<T> answer)
    {
        view.Hold();
        try
        {
            return answer();
        }
        finally
        {
            view.Release();
        }
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
