// The OpenTelemetry SDK for Node, set up by OTEL_* variables alone, as its documentation says. One server span with a child, one log record.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { context, trace, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';

const failures = [];
const { diag, DiagLogLevel } = await import('@opentelemetry/api');
diag.setLogger({ error: (...m) => failures.push(m.join(' ')), warn() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.ERROR);

const sdk = new NodeSDK();
sdk.start();
const tracer = trace.getTracer('home.activities', '1.0');
const root = tracer.startSpan('GET /api/activities/home', {
  kind: SpanKind.SERVER,
  attributes: { 'http.request.method': 'GET', 'url.path': '/api/activities/home', 'http.response.status_code': 500, 'client.address': '172.18.0.1' },
});
const within = trace.setSpan(context.active(), root);
const child = tracer.startSpan('home-activities-mock-data', {}, within);
child.setAttributes({ 'app.result_length': 3, 'app.ratio': 0.5, 'app.cached': false, 'app.tags': ['a', 'b'], 'app.now': new Date().toISOString() });
child.addEvent('cache miss', { key: 'home' });
child.end();
root.recordException(new TypeError('no feed'));
root.setStatus({ code: SpanStatusCode.ERROR, message: 'no feed' });
root.end();
logs.getLogger('app').emit({
  severityNumber: SeverityNumber.WARN, severityText: 'WARN', body: 'HomeActivities', attributes: { 'user.handle': 'andrewbrown' }, context: within,
});
await sdk.shutdown();
const { traceId, spanId } = root.spanContext();
console.log(JSON.stringify({ traceId, spanId, childId: child.spanContext().spanId, failures }));
process.exit(failures.length === 0 ? 0 : 1);
