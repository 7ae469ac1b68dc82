namespace Coterie.Server.Pages;

/// <summary>How one SDK is told to send here.</summary>
/// <param name="Name">The SDK's.</param>
/// <param name="Code">To be pasted.</param>
sealed record Snippet(string Name, string Code);

/// <summary>The lines that make each SDK send to this server.</summary>
static class Snippets
{
    /// <param name="host">This server's address, without a slash at the end.</param>
    /// <param name="key">The source's write key.</param>
    public static IReadOnlyList<Snippet> Of(string host, string key) =>
    [
        new("Segment · @segment/analytics-node", $$"""
            import { Analytics } from "@segment/analytics-node";
            const analytics = new Analytics({ writeKey: "{{key}}", host: "{{host}}" });
            analytics.track({ userId: "u1", event: "Order Completed", properties: { order_id: "o1", revenue: 42 } });
            """),
        new("RudderStack · @rudderstack/rudder-sdk-node", $$"""
            import RudderAnalytics from "@rudderstack/rudder-sdk-node";
            const analytics = new RudderAnalytics("{{key}}", { dataPlaneUrl: "{{host}}" });
            analytics.track({ userId: "u1", event: "Order Completed", properties: { order_id: "o1", revenue: 42 } });
            """),
        new("PostHog · posthog-node", $$"""
            import { PostHog } from "posthog-node";
            const posthog = new PostHog("{{key}}", { host: "{{host}}" });
            posthog.capture({ distinctId: "u1", event: "Order Completed", properties: { order_id: "o1", revenue: 42 } });
            """),
        new("Jitsu · @jitsu/js", $$"""
            import { jitsuAnalytics } from "@jitsu/js";
            const analytics = jitsuAnalytics({ host: "{{host}}", writeKey: "{{key}}" });
            await analytics.track("Order Completed", { userId: "u1", order_id: "o1", revenue: 42 });
            """),
        new("curl", $$"""
            curl {{host}}/v1/track -u {{key}}: -d '{"userId":"u1","event":"Order Completed","properties":{"order_id":"o1","revenue":42} }'
            """),
    ];
}
