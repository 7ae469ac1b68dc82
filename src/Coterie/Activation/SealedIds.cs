using System.Security.Cryptography;
using System.Text;

namespace Coterie.Activation;

/// <summary>Ids that must not stand in clear and that a receiver still has to be told: AES-256-GCM under a key beside the journals.</summary>
/// <remarks>Who erased a person has to tell those who were sent their data (GDPR article 19); that takes the id until it is done.</remarks>
sealed class SealedIds
{
    const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

    readonly byte[] key;

    SealedIds(byte[] key) => this.key = key;

    /// <summary>The key of the directory that a journal is in; made where there is none.</summary>
    /// <exception cref="InputException">It is damaged.</exception>
    internal static SealedIds Open(string journal)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(journal))!, ".sealing-key");
        if (!File.Exists(path)) Durable.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n")));
        var text = File.ReadAllText(path).Trim();
        if (text.Length != 2 * KeyBytes || !text.All(char.IsAsciiHexDigitLower)) throw Damaged(path, null);
        return new SealedIds(Convert.FromHexString(text));
    }

    internal string Close(string id)
    {
        var plain = Encoding.UTF8.GetBytes(id);
        var closed = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(closed.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(closed.AsSpan(0, NonceBytes), plain, closed.AsSpan(NonceBytes + TagBytes), closed.AsSpan(NonceBytes, TagBytes));
        return Convert.ToBase64String(closed);
    }

    internal string Read(string closed)
    {
        try
        {
            var bytes = Convert.FromBase64String(closed);
            var plain = new byte[bytes.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or OverflowException)
        {
            throw Damaged(".sealing-key", e);
        }
    }

    static InputException Damaged(string path, Exception? inner) =>
        new($"'{path}' is damaged or does not fit the journals beside it: ids of erased customers who are still to be told to receivers cannot be read. Restore it from a backup.", inner);
}
