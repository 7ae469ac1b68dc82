using System.Text;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Collector;

/// <summary>The write key of a request: Basic (key as user name, colon or not), X-Write-Key, or in the body; each of the clients has one of these.</summary>
static class WriteKey
{
    public static string? Of(HttpRequest request, string? inBody) => Basic(request.Headers.Authorization) ?? Header(request.Headers["X-Write-Key"]) ?? inBody;

    static string? Basic(string? header)
    {
        if (header is null || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var n)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, n);
        return text.IndexOf(':', StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text;
    }

    // Jitsu writes "id:secret"; one of ours may stand on either side of the colon.
    static string? Header(string? header) => string.IsNullOrEmpty(header) ? null : header.Trim(':').Split(':')[^1];
}
