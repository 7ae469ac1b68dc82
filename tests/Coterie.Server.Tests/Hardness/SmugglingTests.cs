namespace Coterie.Tests.Server.Hardness;

/// <summary>Requests whose end two readers could see at different places are refused, and their connection ends; what was hidden in them is never answered.</summary>
public class SmugglingTests
{
    const string Hidden = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<string, string> Requests => new()
    {
        { "length and chunks", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden },
        { "chunks and length", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 300\r\n\r\n0\r\n\r\n" + Hidden },
        { "two lengths", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + Hidden },
        { "two lengths in one", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 40\r\n\r\n" + Hidden },
        { "a negative length", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" + Hidden },
        { "a length beyond numbers", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\n" + Hidden },
        { "no host", "GET /version HTTP/1.1\r\n\r\n" + Hidden },
        { "two hosts", "GET /version HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + Hidden },
        { "lines that end with LF only", "GET /version HTTP/1.1\nHost: x\nX: y\n\n" + Hidden },
        { "a folded coding", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + Hidden },
        { "an unknown coding", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Hidden },
        { "chunked not last", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Hidden },
        { "a space before the colon", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + Hidden },
        { "a chunk line that ends with LF only", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n" + Hidden },
        { "LF in a chunk's extension", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;x\nyy\r\n{}\r\n0\r\n\r\n" + Hidden },
        { "a chunk's size beyond numbers", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n{}\r\n0\r\n\r\n" + Hidden },
        { "a chunk's size that is none", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n" + Hidden },
        { "a NUL in a name", "GET /version HTTP/1.1\r\nHost: x\r\nX\0Y: z\r\n\r\n" + Hidden },
        { "no version", "GET /version\r\nHost: x\r\n\r\n" + Hidden },
        { "a method of rubbish", "G\u0001T /version HTTP/1.1\r\nHost: x\r\n\r\n" + Hidden },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task IsRefused_AndItsConnectionEnds(string what, string request)
    {
        await using var server = await RunningServer.Start();
        using var raw = await Raw.To(server.Client.BaseAddress!);
        await raw.Send(request);
        var answer = await raw.ToTheEnd();
        Assert.True(answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), $"{what}: {answer}");
        Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
        Assert.DoesNotContain("\"version\"", answer, StringComparison.Ordinal);
    }
}
