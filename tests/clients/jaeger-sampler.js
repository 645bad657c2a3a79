// @opentelemetry/sampler-jaeger-remote against the X-Ray daemon's port: the sampling rules steer an OpenTelemetry SDK.
// Prints how many of 4,000 root spans of each name it would record.
import { JaegerRemoteSampler } from '@opentelemetry/sampler-jaeger-remote';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { setTimeout as pause } from 'node:timers/promises';

const never = { shouldSample: () => ({ decision: 0 }), toString: () => 'never' };
const sampler = new JaegerRemoteSampler({
  endpoint: `http://${process.env.AWS_XRAY_DAEMON_ADDRESS}`, serviceName: 'shop-jaeger', initialSampler: never, poolingInterval: 200,
});
const hex = n => [...crypto.getRandomValues(new Uint8Array(n))].map(b => b.toString(16).padStart(2, '0')).join('');
const count = name => {
  let taken = 0;
  for (let i = 0; i < 4000; i++) taken += sampler.shouldSample(ROOT_CONTEXT, hex(16), name, SpanKind.SERVER, {}, []).decision === 2 ? 1 : 0;
  return taken;
};
for (let i = 0; i < 1800 && count('GET /checkout') === 0; i++) await pause(100);
console.log(JSON.stringify({ checkout: count('GET /checkout'), health: count('GET /health'), other: count('GET /') }));
process.exit(0);
