using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Coterie.Reports.Html;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Pages;

/// <summary>Scripts and styles, from the assemblies' resources: named by the hash of their content, so that browsers keep them for ever.</summary>
static class AssetFiles
{
    static readonly IReadOnlyDictionary<string, Lazy<Asset>> All = new Dictionary<string, Lazy<Asset>>(StringComparer.Ordinal)
    {
        ["style.css"] = new(() => Of(PageShell.Style() + "\n" + Own("pages.css") + "\n" + Own("explain.css") + "\n" + Own("api.css"), "text/css; charset=utf-8")),
        ["echarts.js"] = new(() => Of(PageShell.Resource("echarts.js"), "text/javascript; charset=utf-8")),
        ["report.js"] = new(() => Of(PageShell.Resource("report.js"), "text/javascript; charset=utf-8")),
        ["pages.js"] = new(() => Of(Own("pages.js"), "text/javascript; charset=utf-8")),
        ["early.js"] = new(() => Of(Own("early.js"), "text/javascript; charset=utf-8")),
    };

    sealed record Asset(byte[] Plain, byte[] Compressed, string Type, string Hash);

    public static string Href(string name) => $"/assets/{name}?v={All[name].Value.Hash}";

    public static IResult Serve(HttpContext http, string name)
    {
        if (!All.TryGetValue(name, out var lazy)) return Results.NotFound();
        var asset = lazy.Value;
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.Headers.Vary = "Accept-Encoding";
        if (!http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal)) return Results.Bytes(asset.Plain, asset.Type);
        http.Response.Headers.ContentEncoding = "br";
        return Results.Bytes(asset.Compressed, asset.Type);
    }

    static Asset Of(string text, string type)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        using var to = new MemoryStream();
        using (var brotli = new BrotliStream(to, CompressionLevel.Optimal)) brotli.Write(plain);
        return new(plain, to.ToArray(), type, Convert.ToHexStringLower(SHA256.HashData(plain))[..16]);
    }

    static string Own(string name)
    {
        using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource '{name}' is missing from this build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
