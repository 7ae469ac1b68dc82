using System.Security.Cryptography;
using System.Text;

namespace Coterie.Server.Access;

/// <summary>Keys that programs send: a public head to look it up by, and a secret of 158 bits. Only the SHA-256 of a key is kept.</summary>
static class SecretKey
{
    // Without letters that are mistaken for others.
    const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    public const int IdLength = 8;
    const int SecretLength = 32;

    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    public static string New(string id) => id + RandomNumberGenerator.GetString(Alphabet, SecretLength);

    /// <summary>A secret that stands alone: for links that are used once.</summary>
    public static string NewToken() => RandomNumberGenerator.GetString(Alphabet, SecretLength);

    public static bool HasForm(string? key) => key is { Length: IdLength + SecretLength };

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Compares in the same time wherever the two differ, also when there is nothing to compare with.</summary>
    public static bool Fits(string key, string? hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(key)), Encoding.ASCII.GetBytes(hash ?? Hash(""))) && hash is not null;
}
