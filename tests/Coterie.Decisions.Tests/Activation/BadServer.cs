using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coterie.Tests.Activation;

/// <summary>One request as it arrived.</summary>
sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    internal string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A web server on this machine that answers as it is told, byte by byte where need be.</summary>
sealed class BadServer : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Func<Request, int, NetworkStream, CancellationToken, Task> answer;
    readonly Task accepting;
    readonly List<Task> serving = [];

    /// <param name="answer">Gets the request, its number from 1, and the connection.</param>
    internal BadServer(Func<Request, int, NetworkStream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = Accept();
    }

    internal static BadServer Codes(params int[] codes) => new((_, n, stream, stop) => Say(stream, codes[Math.Min(n, codes.Length) - 1], stop: stop));

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    internal string Url => $"http://127.0.0.1:{Port}/hook";
    internal List<Request> Requests { get; } = [];

    internal static async Task Say(NetworkStream stream, int code, string headers = "", CancellationToken stop = default) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {code} X\r\nContent-Length: 0\r\n{headers}\r\n"), stop);

    async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                serving.Add(Serve(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await Read(stream, stop.Token);
                int number;
                lock (Requests)
                {
                    Requests.Add(request);
                    number = Requests.Count;
                }

                await answer(request, number, stream, stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
            }
        }
    }

    static async Task<Request> Read(NetworkStream stream, CancellationToken stop)
    {
        var bytes = new List<byte>();
        var buffer = new byte[1 << 14];
        int head;
        while ((head = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0) await More();
        var lines = Encoding.Latin1.GetString([.. bytes[..head]]).Split("\r\n");
        var headers = lines[1..].Select(l => l.Split(": ", 2)).ToDictionary(p => p[0].ToLowerInvariant(), p => p[1]);
        var length = headers.TryGetValue("content-length", out var text) ? int.Parse(text) : 0;
        while (bytes.Count < head + 4 + length) await More();
        return new Request(lines[0], headers, [.. bytes[(head + 4)..]]);

        async Task More()
        {
            var read = await stream.ReadAsync(buffer, stop);
            if (read == 0) throw new IOException("closed");
            bytes.AddRange(buffer[..read]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(serving);
        listener.Dispose();
        stop.Dispose();
    }
}
