using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Coterie.Activation;

/// <summary>Secrets that say that a webhook is from us. Holds bytes only and is never written anywhere.</summary>
public sealed class WebhookSecrets
{
    const string Prefix = "whsec_";
    readonly byte[][] keys;

    WebhookSecrets(byte[][] keys) => this.keys = keys;

    /// <summary>Reads one secret, or several with spaces between them while an old one is being replaced: each signs.</summary>
    /// <param name="where">Where the text is from, for messages.</param>
    /// <exception cref="ConfigurationException">It is not <c>whsec_</c> and 24 to 64 bytes in base64; the message does not repeat it.</exception>
    public static WebhookSecrets Parse(string text, string where)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) throw new ConfigurationException($"{where} holds no webhook secret.", "签名密钥为空。");
        return new WebhookSecrets([.. words.Select(word =>
        {
            var bytes = new byte[word.Length];
            if (!word.StartsWith(Prefix, StringComparison.Ordinal) || !Convert.TryFromBase64String(word[Prefix.Length..], bytes, out var length) || length is < 24 or > 64)
                throw new ConfigurationException($"{where} holds something that is not a webhook secret: '{Prefix}' and 24 to 64 random bytes in base64 are expected (Standard Webhooks). "
                    + "Make one with: echo whsec_$(openssl rand -base64 32)",
                    $"签名密钥无效：应为“{Prefix}”加 24 到 64 个随机字节的 base64（Standard Webhooks）。生成方法：echo whsec_$(openssl rand -base64 32)");
            return bytes[..length];
        })]);
    }

    /// <summary>The value of <c>webhook-signature</c>: <c>v1,</c> and HMAC-SHA256 over <c>id.timestamp.body</c> in base64, one for each secret (Standard Webhooks 1.0).</summary>
    /// <param name="timestamp">Seconds since 1970.</param>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }
}
