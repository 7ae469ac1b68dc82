using System.Globalization;
using System.Text;
using Coterie.Reports;
using Coterie.Server.Customers;
using Coterie.Server.Live;

namespace Coterie.Server.Api;

/// <summary>Members of runs by their index.</summary>
sealed class RunMembers(OpenedRuns opened)
{
    /// <summary>Asks the index of a run.</summary>
    public T Ask<T>(RunEntry run, Func<MemberIndex, T> ask) => opened.Ask(run, ask);

    public bool Has(RunEntry run, string segment) => Ask(run, i => i.Segments.Any(s => s.Id == segment));

    public Member? Of(RunEntry run, string customer) => Ask(run, i => i.Of(customer));

    /// <exception cref="ConfigurationException">The cursor is none, or the limit or prefix cannot be.</exception>
    public MembersAnswer Page(RunEntry run, string? segment, string? order, bool? descending, string? prefix, string? cursor, int? limit)
    {
        if (prefix?.Length > 200) throw new ConfigurationException($"prefix has {prefix.Length} characters; expected at most 200.");
        if (cursor?.Length > 2000) throw new ConfigurationException("cursor is not one that a page gave; begin again without one.");
        var query = new MemberQuery { Order = Asked.Word<MemberOrder>("order", order) ?? MemberOrder.Customer, Descending = descending ?? false, Prefix = prefix ?? "", Size = Limits.Of(limit, MemberQuery.LargestPage), After = cursor };
        return Ask(run, i =>
        {
            var page = i.Members(segment, query);
            return new MembersAnswer(run.Id, i.AsOf, page.Count, page.Members, page.Next);
        });
    }

    // Into memory: nothing waits.
    static void Write(StreamWriter writer, IEnumerable<SegmentRow> rows)
    {
        foreach (var row in rows)
        {
            SegmentFile.Field(writer, row.CustomerId);
            writer.Write(',');
            SegmentFile.Field(writer, row.Segment);
            writer.Write(',');
            SegmentFile.Field(writer, row.Name);
            writer.Write(string.Create(CultureInfo.InvariantCulture, $",{row.Confidence:0.0000},{row.Second},{row.Agreement:0.0000}\n"));
        }
    }

    /// <summary>Writes all members as CSV, as they are read.</summary>
    public async Task Export(RunEntry run, string? segment, string lang, Stream to, CancellationToken stop)
    {
        // An index of its own, which nobody closes while a slow reader takes the rows.
        using var index = MemberIndex.Open(run.Directory);
        using var piece = new MemoryStream();
        await using var writer = new StreamWriter(piece, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        await writer.WriteLineAsync(SegmentFile.Header);
        foreach (var rows in index.Export(segment, lang).Chunk(1_000))
        {
            Write(writer, rows);
            await Send(writer, piece, to, stop);
        }

        await Send(writer, piece, to, stop);
    }

    // The connection is written to in pieces and never waited for by a thread.
    static async Task Send(StreamWriter writer, MemoryStream piece, Stream to, CancellationToken stop)
    {
        await writer.FlushAsync(stop);
        await to.WriteAsync(piece.GetBuffer().AsMemory(0, (int)piece.Length), stop);
        piece.SetLength(0);
    }
}
