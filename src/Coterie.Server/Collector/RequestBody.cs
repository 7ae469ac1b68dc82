using System.IO.Compression;
using System.Text.Json;

namespace Coterie.Server.Collector;

/// <summary>Reads a request's body: whatever its Content-Type says, gzip by its first bytes, never more than a cap after unpacking.</summary>
static class RequestBody
{
    /// <summary>Bytes as sent.</summary>
    public const int MostSent = 8 << 20;
    /// <summary>Bytes after unpacking.</summary>
    public const int MostUnpacked = 32 << 20;

    /// <summary>A body that has not arrived by then is given up.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Deeper documents are an attack on the parser, not an event.
    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <param name="body">As sent.</param>
    /// <param name="space">Pays for what is held, until it is disposed.</param>
    /// <param name="stop">The caller has gone.</param>
    /// <exception cref="BadRequestException">Too large, too slow, not JSON, or broken gzip.</exception>
    public static async Task<JsonDocument> Read(Stream body, BodySpace.Share space, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        MemoryStream sent;
        try
        {
            sent = await Whole(body, MostSent, "sent", space, patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new BadRequestException("too_slow", $"The body did not arrive within {Patience.TotalSeconds:0} seconds.", status: 408);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            throw new BadRequestException("bad_request", "The body cannot be read as HTTP sends it.", status: e.StatusCode);
        }
        catch (IOException)
        {
            // The framework says so of a chunk whose size is beyond numbers, and of a caller who has gone.
            throw new BadRequestException("bad_request", "The body cannot be read as HTTP sends it.");
        }

        if (sent.Length == 0) throw new BadRequestException("empty_body", "The body is empty; expected JSON.");
        if (sent.Length > 2 && sent.GetBuffer() is [0x1F, 0x8B, ..])
        {
            try
            {
                using var unzip = new GZipStream(sent, CompressionMode.Decompress);
                sent = await Whole(unzip, MostUnpacked, "unpacked", space, stop);
            }
            catch (InvalidDataException e)
            {
                throw new BadRequestException("bad_gzip", $"The body begins like gzip and cannot be unpacked: {e.Message}");
            }
        }

        return Parse(sent.GetBuffer().AsMemory(0, (int)sent.Length));
    }

    /// <summary>JSON as it is taken: in UTF-8, not too deep; halves of surrogate pairs are mended in place.</summary>
    /// <exception cref="BadRequestException">It is no such JSON.</exception>
    public static JsonDocument Parse(Memory<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json.Span)) throw new BadRequestException("bad_json", "The body is not UTF-8.");
        Surrogates.Mend(json.Span);
        try
        {
            // A document keeps twelve bytes for each value: of a large body of nothing but brackets that is many times the body.
            if (json.Length > CountedFrom && Values(json.Span) > MostValues) throw new BadRequestException("too_many_values", $"The body has more than {MostValues:N0} values.", status: 413);
            return JsonDocument.Parse(json, Strict);
        }
        catch (JsonException e)
        {
            throw new BadRequestException("bad_json", $"The body is not JSON: {e.Message}");
        }
    }

    const int CountedFrom = 1 << 20, MostValues = 1_000_000;

    static int Values(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        var values = 0;
        while (reader.Read()) values++;
        return values;
    }

    static async Task<MemoryStream> Whole(Stream from, int most, string how, BodySpace.Share space, CancellationToken stop)
    {
        var to = new MemoryStream();
        var piece = new byte[1 << 16];
        while (await from.ReadAsync(piece, stop) is var n and > 0)
        {
            if (to.Length + n > most) throw new BadRequestException("too_large", $"The body has more than {most >> 20} MB {how}.", status: 413);
            space.Take(n);
            await to.WriteAsync(piece.AsMemory(0, n), stop);
        }

        to.Position = 0;
        return to;
    }
}
