// One large trace by the OpenTelemetry SDK for Node: `node otel-trace.js 10000`, OTEL_EXPORTER_OTLP_ENDPOINT says where to.
// A checkout of six services, each with a provider and a resource of its own, with events, links, exceptions and errors. The spans' times
// are made up, so that a trace of minutes is sent in seconds; ids, batches and bytes are the SDK's. The same number gives the same shape.
import { context, trace, SpanKind, SpanStatusCode, diag, DiagLogLevel } from '@opentelemetry/api';
import { node, resources } from '@opentelemetry/sdk-node';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';

const wanted = Math.max(2, Number(process.argv[2] ?? process.env.TRACE_SPANS ?? 10_000));
const failures = [];
diag.setLogger({ error: (...m) => failures.push(m.join(' ')), warn() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.ERROR);

const SERVICES = ['gateway', 'orders', 'payments', 'inventory', 'pricing', 'emails'];
const WORK = ['load cart', 'SELECT orders', 'reserve stock', 'price offer', 'charge card', 'render mail', 'check limits', 'GET /stock/{id}'];
const providers = SERVICES.map((service) => new node.NodeTracerProvider({
  resource: resources.resourceFromAttributes({ 'service.name': service, 'service.version': '1.4.2', 'host.name': `${service}-7f` }),
  spanProcessors: [new node.BatchSpanProcessor(new OTLPTraceExporter(), { maxQueueSize: wanted + 10, maxExportBatchSize: 2000, scheduledDelayMillis: 200 })],
}));
const tracers = providers.map((provider, i) => provider.getTracer(`shop.${SERVICES[i]}`, '2.1'));

let seed = wanted;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const below = (most) => Math.floor(random() * most);
const began = Date.now() - 90_000;
const other = tracers[1].startSpan('an earlier order', { startTime: began - 60_000 });
other.end(began - 59_000);

let made = 0, failed = 0, events = 0, links = 0;
/** A span of [from, to) ms and what is below it, at most so many spans. */
function span(parent, service, from, to, most, level) {
  made++;
  const entry = level === 0;
  const links_ = random() < 0.002 ? [{ context: other.spanContext(), attributes: { 'messaging.operation': 'process' } }] : [];
  links += links_.length;
  const one = tracers[service].startSpan(entry ? 'POST /checkout' : WORK[below(WORK.length)], {
    kind: entry ? SpanKind.SERVER : [SpanKind.INTERNAL, SpanKind.CLIENT][below(2)],
    startTime: began + from,
    links: links_,
    attributes: entry
      ? { 'http.request.method': 'POST', 'url.path': '/checkout', 'http.response.status_code': 200, 'client.address': '10.0.0.8' }
      : { 'app.shard': below(64), 'app.tenant': `tenant-${below(12)}`, 'app.cached': random() < 0.3, 'app.attempt': 1 + below(3), 'db.rows': below(500), 'app.order': `o-${below(1e6)}` },
  }, parent ?? context.active());
  if (random() < 0.05) {
    events++;
    one.addEvent('cache miss', { key: `k${below(1000)}` }, began + from + (to - from) * random());
  }
  if (!entry && random() < 0.004) {
    failed++;
    one.recordException(new TypeError('no such offer'), began + to);
    one.setStatus({ code: SpanStatusCode.ERROR, message: 'no such offer' });
  }
  const within = trace.setSpan(context.active(), one);
  let left = most - 1;
  const children = Math.min(left, level < 2 ? 12 : level > 12 ? 1 : 1 + below(5));
  for (let i = 0; i < children && left > 0; i++) {
    const share = i === children - 1 ? left : Math.max(1, Math.floor((left / (children - i)) * (0.6 + 0.8 * random())));
    const slot = (to - from) / children;
    const start = from + slot * i + slot * 0.05 * random();
    span(within, random() < 0.75 ? service : below(SERVICES.length), start, start + slot * (0.4 + 0.55 * random()), Math.min(share, left), level + 1);
    left -= Math.min(share, left);
  }
  one.end(began + to);
  return one;
}
const root = span(null, 0, 0, 42_000, wanted, 0);
await Promise.all(providers.map((provider) => provider.forceFlush()));
await Promise.all(providers.map((provider) => provider.shutdown()));
console.log(JSON.stringify({ traceId: root.spanContext().traceId, spanId: root.spanContext().spanId, linkedTraceId: other.spanContext().traceId, spans: made, failed, events, links, failures }));
process.exit(failures.length === 0 ? 0 : 1);
