using System.Net;

namespace Coterie.Activation;

/// <summary>Where a web request goes, and within what limits.</summary>
public sealed record WebOptions
{
    public required string Address { get; init; }
    /// <summary>Lets it reach private and local addresses, any port, and plain http.</summary>
    public bool AllowPrivate { get; init; }
    /// <summary>For a whole try, from the name's look-up to the answer.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Without a byte in either direction.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(15);
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);
    public RetryOptions Retry { get; init; } = new();
    public Action<string> Say { get; init; } = _ => { };
    /// <summary>Names to addresses; null asks the system.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>The address, checked.</summary>
    /// <exception cref="ConfigurationException">It cannot be used; the message does not repeat what may be secret.</exception>
    internal Uri Check()
    {
        if (!Uri.TryCreate(Address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            throw new ConfigurationException("--url is not a web address; write https://HOST/PATH.", "地址不是网址，应写作 https://主机/路径。");
        if (uri.UserInfo.Length > 0) throw new ConfigurationException($"--url holds a user name or password before '{uri.Host}'; take it out, the signature or key says who we are.", $"地址在“{uri.Host}”之前含有用户名或密码，请删去；身份由签名或密钥说明。");
        if (uri.Fragment.Length > 0) throw new ConfigurationException("--url has a part after '#', which is never sent; take it out.", "地址含有“#”之后的部分，它不会被发送，请删去。");
        if (AllowPrivate) return uri;
        if (uri.Scheme != "https") throw new ConfigurationException($"--url: customers must not travel unencrypted; write https://{uri.Host}… (plain http only inside your own network, with --allow-private).", $"客户数据不得未经加密传输，请写作 https://{uri.Host}…（仅在勾选内部网络时可用 http）。");
        if (uri.Port is not (443 or 8443)) throw new ConfigurationException($"--url: port {uri.Port} is not open to the public web; use 443 or 8443 (any port inside your own network, with --allow-private).", $"端口 {uri.Port} 不对公网开放，请使用 443 或 8443（勾选内部网络时可用任意端口）。");
        // An address written as such needs no look-up to be refused; names are checked when they are connected to.
        if (IPAddress.TryParse(uri.DnsSafeHost, out var literal) && !PublicAddresses.IsPublic(literal))
            throw new ConfigurationException($"--url: {literal} is a private or local address; name a public host, or add --allow-private for a receiver of your own network.", $"{literal} 是私有或本机地址；请使用公网主机，接收方在内部网络时请勾选内部网络。");
        return uri;
    }

    /// <summary>Scheme, host and port: a path or query may be secret.</summary>
    internal static string Shown(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
