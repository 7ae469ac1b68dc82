using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Coterie.Activation;

/// <summary>Which addresses are on the public internet. A web address given to us must not reach this machine, its neighbours, or the service that tells a cloud
/// machine its secrets (server-side request forgery, OWASP API7:2023).</summary>
/// <remarks>IPv4: everything but the special-purpose registry of RFC 6890 as kept by IANA, multicast, and 168.63.129.16 (a host service of Azure in a public
/// range). IPv6: only 2000::/3 without its special blocks, and addresses that carry an IPv4 address (mapped, NAT64) by that address; 6to4 and Teredo,
/// which carry one too, are long retired and refused.</remarks>
public static class PublicAddresses
{
    static readonly (uint Network, int Bits)[] Special4 =
    [
        Of("0.0.0.0", 8), Of("10.0.0.0", 8), Of("100.64.0.0", 10), Of("127.0.0.0", 8), Of("169.254.0.0", 16), Of("172.16.0.0", 12), Of("192.0.0.0", 24), Of("192.0.2.0", 24),
        Of("192.88.99.0", 24), Of("192.168.0.0", 16), Of("198.18.0.0", 15), Of("198.51.100.0", 24), Of("203.0.113.0", 24), Of("224.0.0.0", 4), Of("240.0.0.0", 4), Of("168.63.129.16", 32),
    ];

    static readonly (UInt128 Network, int Bits)[] Special6 =
        [Of6("2001::", 23), Of6("2001:db8::", 32), Of6("2002::", 16), Of6("3fff::", 20)];

    static readonly (UInt128 Network, int Bits) Global6 = Of6("2000::", 3), Mapped = Of6("::ffff:0:0", 96), Nat64 = Of6("64:ff9b::", 96);

    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return IsPublic4(Value4(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return false;
        var value = Value6(address);
        if (In(value, Mapped) || In(value, Nat64)) return IsPublic4((uint)value);
        return In(value, Global6) && !Array.Exists(Special6, s => In(value, s));
    }

    static bool IsPublic4(uint value) => !Array.Exists(Special4, s => (value ^ s.Network) >> (32 - s.Bits) == 0);

    static bool In(UInt128 value, (UInt128 Network, int Bits) block) => (value ^ block.Network) >> (128 - block.Bits) == UInt128.Zero;

    static uint Value4(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    static UInt128 Value6(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes());

    static (uint, int) Of(string network, int bits) => (Value4(IPAddress.Parse(network)), bits);

    static (UInt128, int) Of6(string network, int bits) => (Value6(IPAddress.Parse(network)), bits);
}
