using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coterie.Tests.Server.Hardness;

/// <summary>A bare connection: bytes are sent as they are.</summary>
sealed class Raw : IDisposable
{
    readonly TcpClient client = new();

    public static async Task<Raw> To(Uri server)
    {
        var raw = new Raw();
        await raw.client.ConnectAsync(IPAddress.Loopback, server.Port);
        return raw;
    }

    public async Task Send(string text) => await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Everything that comes until the server ends the connection; an error when it does not.</summary>
    public async Task<string> ToTheEnd()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var all = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(all, patience.Token);
        }
        catch (IOException)
        {
            // Cut off by the server while something was on its way.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    public void Dispose() => client.Dispose();
}
