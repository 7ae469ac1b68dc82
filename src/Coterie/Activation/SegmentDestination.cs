using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Coterie.Activation;

/// <summary>Sends audiences to a receiver that speaks Segment's tracking API: an <c>identify</c> with the audience as a trait, and <c>Audience Entered</c> or <c>Audience
/// Exited</c>.</summary>
/// <remarks>The form is that of Segment's Engage: trait <c>{key: true|false}</c>; track with <c>{audience_key, key: true|false}</c>; <c>context.personas</c>.
/// Limits of its HTTP API: 32 KB an event, 500 KB and 2,500 events a request, message ids under 100 characters. Message ids follow from the batch's key,
/// so that a receiver that has seen one drops it, also where a batch took several requests and only some arrived.</remarks>
public sealed class SegmentDestination : IDestination
{
    internal const int MostEvent = 32_000, MostRequest = 500_000, MostEvents = 2_500;
    // {"batch":[ … ],"sentAt":"…"}
    const int Envelope = 100;

    readonly WebSender sender;
    readonly AuthenticationHeaderValue key;
    readonly TimeProvider clock;

    /// <param name="web">A host alone means its <c>/v1/batch</c>.</param>
    /// <param name="writeKey">The source's write key; sent as the user name of basic authentication.</param>
    /// <exception cref="ConfigurationException">The address or the key cannot be used.</exception>
    public SegmentDestination(WebOptions web, string writeKey)
    {
        writeKey = writeKey.Trim();
        if (writeKey.Length == 0 || writeKey.AsSpan().ContainsAnyExceptInRange('!', '~')) throw new ConfigurationException("The Segment write key is empty or holds spaces or other signs that no key has.", "Segment 写入密钥为空，或含有空格等密钥中不会出现的字符。");
        var uri = web.Check();
        if (uri.AbsolutePath == "/") web = web with { Address = new Uri(uri, "/v1/batch").AbsoluteUri };
        sender = new WebSender(web);
        key = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(writeKey + ":")));
        clock = web.Retry.Clock;
        Facts = new DestinationFacts("segment", $"segment {sender.Shown}", web.Address, Batch: 500);
    }

    public DestinationFacts Facts { get; }

    public async Task Deliver(AudienceBatch batch, CancellationToken stop)
    {
        var part = 0;
        foreach (var request in Requests(batch))
        {
            part++;
            try
            {
                await sender.Post($"{batch.Key}-{part}", () => Body(request, clock.GetUtcNow().UtcDateTime), (headers, _) => headers.Authorization = key, stop).ConfigureAwait(false);
            }
            catch (DeliveryException e) when (part > 1 && !e.MaybeDelivered)
            {
                throw new DeliveryException(e.What, maybe: true, e);
            }
        }
    }

    /// <summary>The events of a batch, in as many requests as the limits ask for.</summary>
    /// <exception cref="DeliveryException">An event is over the limit; nothing was sent.</exception>
    internal static IReadOnlyList<IReadOnlyList<byte[]>> Requests(AudienceBatch batch)
    {
        var requests = new List<IReadOnlyList<byte[]>>();
        var (current, size) = (new List<byte[]>(), Envelope);
        for (var i = 0; i < batch.Changes.Count; i++)
        {
            foreach (var bytes in Events(batch, i))
            {
                if (bytes.Length > MostEvent)
                    throw new DeliveryException($"the traits of customer '{batch.Changes[i].Id}' make an event of {bytes.Length:N0} bytes; at most {MostEvent:N0} are taken. Send fewer columns (--columns)", maybe: false);
                if (current.Count > 0 && (size + bytes.Length + 1 > MostRequest || current.Count == MostEvents))
                {
                    requests.Add(current);
                    (current, size) = ([], Envelope);
                }

                current.Add(bytes);
                size += bytes.Length + 1;
            }
        }

        if (current.Count > 0) requests.Add(current);
        return requests;
    }

    static IEnumerable<byte[]> Events(AudienceBatch batch, int place)
    {
        var change = batch.Changes[place];
        var member = change.Kind != ChangeKind.Exited;
        yield return Event(batch, change, "identify", $"{batch.Key}-{place}-i", json =>
        {
            json.WriteStartObject("traits");
            json.WriteBoolean(batch.Audience, member);
            for (var i = 0; i < change.Traits.Count; i++)
            {
                // A confidence is of the audience and not of the person.
                json.WritePropertyName(batch.Traits[i].Name == "confidence" ? $"{batch.Audience}_confidence" : batch.Traits[i].Name);
                BatchText.Value(json, change.Traits[i]);
            }

            json.WriteEndObject();
        });
        if (change.Kind == ChangeKind.Changed) yield break;
        yield return Event(batch, change, "track", $"{batch.Key}-{place}-t", json =>
        {
            json.WriteString("event", member ? "Audience Entered" : "Audience Exited");
            json.WriteStartObject("properties");
            json.WriteString("audience_key", batch.Audience);
            json.WriteBoolean(batch.Audience, member);
            json.WriteString("audience_name", batch.Name.En);
            json.WriteEndObject();
        });
    }

    static byte[] Event(AudienceBatch batch, AudienceChange change, string type, string id, Action<Utf8JsonWriter> rest) => BatchText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("messageId", id);
        json.WriteString("userId", change.Id);
        json.WriteString("timestamp", BatchText.Time(batch.AsOf));
        json.WriteStartObject("context");
        json.WriteStartObject("personas");
        json.WriteString("computation_class", "audience");
        json.WriteString("computation_key", batch.Audience);
        json.WriteEndObject();
        json.WriteEndObject();
        rest(json);
        json.WriteEndObject();
    });

    // sentAt is when it is sent: the receiver takes a wrong clock of ours out with it.
    static byte[] Body(IReadOnlyList<byte[]> events, DateTime now) => BatchText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("batch");
        foreach (var e in events) json.WriteRawValue(e, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("sentAt", BatchText.Time(now));
        json.WriteEndObject();
    });
}
