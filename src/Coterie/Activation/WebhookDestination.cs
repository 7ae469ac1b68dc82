using System.Globalization;
using System.Text.Json;

namespace Coterie.Activation;

/// <summary>Posts batches to a web address of the shop, signed as Standard Webhooks says.</summary>
/// <remarks><c>webhook-id</c> is the batch's key and stays the same over all tries; <c>webhook-timestamp</c> and the signature are of each try.</remarks>
public sealed class WebhookDestination : IDestination
{
    readonly WebSender sender;
    readonly WebhookSecrets secrets;
    readonly TimeProvider clock;

    /// <exception cref="ConfigurationException">The address cannot be used.</exception>
    public WebhookDestination(WebOptions web, WebhookSecrets secrets)
    {
        sender = new WebSender(web);
        this.secrets = secrets;
        clock = web.Retry.Clock;
        Facts = new DestinationFacts("webhook", $"webhook {sender.Shown}", web.Address, Batch: 500);
    }

    public DestinationFacts Facts { get; }

    public Task Deliver(AudienceBatch batch, CancellationToken stop)
    {
        var body = Body(batch);
        return sender.Post(batch.Key, () => body, (headers, bytes) =>
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            headers.Add("webhook-id", batch.Key);
            headers.Add("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
            headers.Add("webhook-signature", secrets.Sign(batch.Key, now, bytes));
        }, stop);
    }

    /// <summary>What is posted: type, timestamp and data, as Standard Webhooks advises.</summary>
    internal static byte[] Body(AudienceBatch batch) => BatchText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "audience.changed");
        json.WriteString("timestamp", BatchText.Time(batch.AsOf));
        json.WriteStartObject("data");
        json.WriteStartObject("audience");
        json.WriteString("key", batch.Audience);
        json.WriteString("segment", batch.Segment);
        json.WriteString("name", batch.Name.En);
        json.WriteString("name_zh", batch.Name.Zh);
        json.WriteEndObject();
        json.WriteNumber("batch", batch.Number);
        json.WriteStartArray("changes");
        foreach (var change in batch.Changes) ChangeText.Write(json, change, batch.Traits);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });
}

/// <summary>A change as JSON.</summary>
static class ChangeText
{
    internal static string Word(ChangeKind kind) => kind switch
    {
        ChangeKind.Entered => "entered",
        ChangeKind.Exited => "exited",
        _ => "changed",
    };

    internal static void Write(Utf8JsonWriter json, AudienceChange change, IReadOnlyList<AudienceTrait> traits, Action<Utf8JsonWriter>? before = null)
    {
        json.WriteStartObject();
        before?.Invoke(json);
        json.WriteString("change", Word(change.Kind));
        json.WriteString("customer_id", change.Id);
        if (change.Kind != ChangeKind.Exited)
        {
            json.WriteStartObject("traits");
            for (var i = 0; i < traits.Count; i++)
            {
                json.WritePropertyName(traits[i].Name);
                BatchText.Value(json, change.Traits[i]);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
