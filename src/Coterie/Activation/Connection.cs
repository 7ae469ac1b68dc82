using System.Net;
using System.Net.Sockets;
using Coterie.Profiles;

namespace Coterie.Activation;

/// <summary>The connection of one try: where a name leads is looked up and checked here, and the address that was checked is the one connected to.</summary>
sealed class Connection(WebOptions options)
{
    /// <summary>Whether the receiver was reached at all: if not, nothing arrived.</summary>
    internal bool Made { get; private set; }

    internal async ValueTask<Stream> Make(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = options.Resolve is { } resolve ? await resolve(host, stop).ConfigureAwait(false) : await Dns.GetHostAddressesAsync(host, stop).ConfigureAwait(false);
        var plain = context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps;
        var allowed = Array.FindAll(addresses, a => PublicAddresses.IsPublic(a) ? !plain : options.AllowPrivate);
        if (allowed.Length == 0 && options.AllowPrivate && addresses.Length > 0)
            throw new ForbiddenAddressException($"leads to {addresses[0]}, a public address: customers are not sent there unencrypted (write https)", $"该主机指向公网地址 {addresses[0]}，客户数据不得未经加密发送，请使用 https");
        if (allowed.Length == 0 && addresses.Length > 0)
            throw new ForbiddenAddressException($"leads to {addresses[0]}, a private or local address, and was not connected to (--allow-private allows a receiver of your own network)", $"该主机指向私有或本机地址 {addresses[0]}，未连接；接收方在内部网络时请勾选内部网络");
        if (allowed.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        SocketException? failure = null;
#pragma warning disable CA2000 // The stream that is returned owns the socket; every other way out disposes it.
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, context.DnsEndPoint.Port, stop).ConfigureAwait(false);
                Made = true;
                return new IdleStream(new NetworkStream(socket, ownsSocket: true), options.Idle);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

#pragma warning restore CA2000
        throw failure!;
    }
}

/// <summary>A name leads to an address that must not be connected to.</summary>
sealed class ForbiddenAddressException(string en, string zh) : IOException(en)
{
    public Bilingual What { get; } = new(en, zh);
}
