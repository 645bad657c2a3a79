// A page of another origin sends OTLP, Honeycomb events and a Rollbar item in every way that pages send. Prints what became of each.
// OTLP, MAIN: addresses of Weir. PLAYWRIGHT: playwright-core's index.mjs. CHROMIUM: the browser.
import http from "node:http";

const { chromium } = await import(process.env.PLAYWRIGHT);
const page0 = http.createServer((_, answer) => {
  answer.setHeader("content-type", "text/html");
  answer.end("<html></html>");
});
await new Promise((ready) => page0.listen(0, "127.0.0.1", ready));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const page = await (await browser.newContext()).newPage();
await page.goto(`http://localhost:${page0.address().port}/`);

const hex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
const json = { "content-type": "application/json" };
const answers = {};

function span(traceId) {
  const now = BigInt(Date.now()) * 1000000n;
  const one = { traceId, spanId: hex(8), name: "documentLoad", kind: 3, startTimeUnixNano: String(now - 10000000n), endTimeUnixNano: String(now) };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [one] }] }] });
}

async function send(name, url, body, way) {
  answers[name] = { trace: body.match(/[0-9a-f]{32}/)[0], said: await page.evaluate(way, { url, body, json }) };
}

const otlp = `${process.env.OTLP}/v1/traces`;
await send("beacon of a blob", otlp, span(hex(16)), ({ url, body }) => navigator.sendBeacon(url, new Blob([body], { type: "application/json" })));
await send("beacon of a text", otlp, span(hex(16)), ({ url, body }) => navigator.sendBeacon(url, body));
await send("fetch with credentials", otlp, span(hex(16)), ({ url, body, json }) =>
  fetch(url, { method: "POST", body, credentials: "include", headers: json }).then((r) => r.status, String));
await send("fetch with keepalive and headers", otlp, span(hex(16)), ({ url, body, json }) =>
  fetch(url, { method: "POST", body, keepalive: true, headers: { ...json, b3: "1", "x-tenant": "a" } }).then((r) => r.status, String));
await send("request of XMLHttpRequest with credentials", otlp, span(hex(16)), ({ url, body }) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.withCredentials = true;
    request.setRequestHeader("content-type", "application/json");
    request.onload = () => done(request.status);
    request.onerror = () => done("error");
    request.send(body);
  }));
await send("event of honeycomb", `${process.env.MAIN}/1/events/page`, JSON.stringify({ "trace.trace_id": hex(16), "trace.span_id": "a", name: "click" }),
  ({ url, body, json }) => fetch(url, { method: "POST", body, credentials: "include", headers: { ...json, "x-honeycomb-team": "k" } }).then((r) => r.status, String));
await send("item of rollbar", `${process.env.MAIN}/api/1/item/`,
  JSON.stringify({ data: { environment: "e", custom: { trace_id: hex(16) }, body: { message: { body: "m" } } } }),
  ({ url, body, json }) => fetch(url, { method: "POST", body, credentials: "include", headers: { ...json, "x-rollbar-access-token": "t" } }).then((r) => r.status, String));
// What answers with data stays closed: the page may not read it.
answers.reading = { said: await page.evaluate((url) => fetch(url).then((r) => r.status, () => "closed"), `${process.env.MAIN}/api/status`) };

// Beacons have no answer: give the browser the time to send them.
await page.waitForLoadState("networkidle");
await page.goto("about:blank");
await browser.close();
page0.close();
console.log(JSON.stringify(answers));
