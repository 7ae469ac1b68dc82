using System.Text.Json;
using Coterie.Server.Customers;

namespace Coterie.Server.Api;

/// <summary>An event of a customer.</summary>
/// <param name="Properties">Everything else that the sender said, as JSON.</param>
sealed record TimelineEvent(string Id, DateTime Time, string Kind, string? Product, string? Category, string? Brand, double? Price, double? Quantity, string? Currency, string? Order, string? Session,
    string? Text, string? Channel, string? Device, string? Country, JsonElement? Properties)
{
    public static TimelineEvent Of(CustomerEvent e) => new(e.Id, e.Time, e.Kind, e.Product, e.Category, e.Brand, e.Price, e.Quantity, e.Currency, e.Order, e.Session, e.Text, e.Channel, e.Device, e.Country, Json(e.Properties));

    static JsonElement? Json(string? text)
    {
        if (text is null) return null;
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 200 });
        return document.RootElement.Clone();
    }
}
