/** Spans over OTLP, as any SDK sends them: a shop whose checkouts of one tenant are slow and fail. */
export const CHECKOUTS = 240;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** Sends the spans of the last 20 minutes and waits until they can be queried; answers the name of their service. */
export async function sendShop(base: string): Promise<string> {
  const service = `shop-${Date.now().toString(36)}`;
  const run = hex(Date.now() % 0xffffffff, 8);
  const now = Date.now();
  const attribute = (key: string, value: string | number | boolean) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : typeof value === "boolean"
          ? { boolValue: value }
          : { intValue: value },
  });
  const spans = Array.from({ length: CHECKOUTS }, (_, i) => {
    const slow = i % 6 === 0;
    const start = now - 20 * 60_000 + Math.floor((i / CHECKOUTS) * 19 * 60_000);
    const tookMs = slow ? 2400 + (i % 7) * 100 : 20 + (i % 30);
    return {
      traceId: `${run}${hex(i, 24)}`,
      spanId: `${run}${hex(i, 8)}`,
      name: slow ? "POST /checkout" : `GET /items/${i % 3}`,
      kind: 2,
      startTimeUnixNano: `${start}000000`,
      endTimeUnixNano: `${start + tookMs}000000`,
      attributes: [
        attribute("app.tenant", slow ? "globex" : (["acme", "initech", "umbrella"][i % 3] ?? "")),
        attribute("http.status_code", slow && i % 12 === 0 ? 503 : 200),
        attribute("app.items", i % 9),
      ],
      status: slow && i % 12 === 0 ? { code: 2, message: "no stock" } : {},
    };
  });
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [attribute("service.name", service)] },
        scopeSpans: [{ scope: { name: "shop" }, spans }],
      },
    ],
  };
  const sent = await fetch(`${base}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-honeycomb-team": "e2e" },
    body: JSON.stringify(body),
  });
  if (!sent.ok) throw new Error(`the spans were not taken: ${sent.status} ${await sent.text()}`);
  const give = Date.now() + 180_000;
  for (;;) {
    const asked = await fetch(`${base}/api/query`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: {
          calculations: [{ op: "COUNT" }],
          filters: [{ column: "service.name", op: "=", value: service }],
          time_range: 3600,
        },
        dataset: "__all__",
        waitMs: 10_000,
      }),
    });
    const run = (await asked.json()) as { result: { total: { COUNT?: number } } | null };
    if (run.result?.total.COUNT === CHECKOUTS) return service;
    if (Date.now() > give)
      throw new Error(`after three minutes ${JSON.stringify(run.result?.total)} of ${CHECKOUTS} spans`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
