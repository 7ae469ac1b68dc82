// Sends COUNT events with one vendor's client, unmodified, and ends when it says that all are sent.
// node send.mjs segment|rudderstack|posthog|jitsu HOST KEY COUNT
const [, , client, host, key, countText] = process.argv;
const count = Number(countText), start = Date.UTC(2024, 0, 1);
const at = i => new Date(start + i * 1000);

const clients = {
  async segment() {
    const { Analytics } = await import("@segment/analytics-node");
    const analytics = new Analytics({ writeKey: key, host, flushAt: 100, flushInterval: 1000 });
    analytics.on("error", e => { console.error(e); process.exitCode = 1; });
    for (let i = 0; i < count; i++) analytics.track({ userId: `u${i % 50}`, event: "Order Completed", properties: { order_id: `o${i}`, revenue: i }, timestamp: at(i) });
    await analytics.closeAndFlush({ timeout: 60000 });
  },
  async rudderstack() {
    const { default: RudderAnalytics } = await import("@rudderstack/rudder-sdk-node");
    const analytics = new RudderAnalytics(key, { dataPlaneUrl: host, flushAt: 100, flushInterval: 1000, maxQueueSize: 1e9 });
    for (let i = 0; i < count; i += 100) {
      const sent = Array.from({ length: Math.min(100, count - i) }, (_, k) => new Promise((done, failed) =>
        analytics.track({ userId: `u${k % 50}`, event: "Order Completed", properties: { order_id: `o${i + k}`, revenue: i + k }, timestamp: at(i + k) }, e => e ? failed(e) : done())));
      await analytics.flush();
      await Promise.all(sent);
    }
  },
  async posthog() {
    const { PostHog } = await import("posthog-node");
    const posthog = new PostHog(key, { host, flushAt: 100, flushInterval: 1000, maxQueueSize: 1e6, disableGeoip: true });
    posthog.on("error", e => { console.error(e); process.exitCode = 1; });
    for (let i = 0; i < count; i++) {
      posthog.capture({ distinctId: `u${i % 50}`, event: "Order Completed", properties: { order_id: `o${i}`, revenue: i }, timestamp: at(i) });
      if (i % 1000 === 999) await posthog.flush();
    }
    await posthog.shutdown(60000);
  },
  async jitsu() {
    const { jitsuAnalytics } = await import("@jitsu/js");
    const analytics = jitsuAnalytics({ host, writeKey: key, s2s: true });
    for (let i = 0; i < count; i += 50)
      await Promise.all(Array.from({ length: Math.min(50, count - i) }, (_, k) => analytics.track("Order Completed", { userId: `u${k}`, order_id: `o${i + k}`, revenue: i + k })));
  },
};

await clients[client]();
