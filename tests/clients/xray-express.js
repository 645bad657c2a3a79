// aws-xray-sdk in an Express app: AWS_XRAY_DAEMON_ADDRESS says where the daemon is. Requests to itself; the second fails.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const AWSXRay = require('aws-xray-sdk');
const express = require('express');

const log = [];
const write = (...m) => log.push(m.map(String).join(' '));
AWSXRay.setLogger({ debug: write, info: write, warn: write, error: write });

const app = express();
const service = process.env.AWS_XRAY_TRACING_NAME ?? 'backend-express';
app.use(AWSXRay.express.openSegment(service));
app.get('/api/activities/home', (_, response, next) => {
  AWSXRay.captureAsyncFunc('mock-data', async subsegment => {
    subsegment.addAnnotation('handle', 'andrewbrown');
    subsegment.addAnnotation('length', 3);
    subsegment.addMetadata('now', { iso: new Date().toISOString() }, 'home');
    await pause(5);
    subsegment.close();
    response.json([]);
  });
});
app.get('/api/activities/broken', () => { throw new RangeError('no feed'); });
app.use(AWSXRay.express.closeSegment());
app.use((error, _, response, next) => response.status(500).json({ error: error.message }));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${server.address().port}`;

const traces = [];
for (const path of ['/api/activities/home', '/api/activities/broken']) {
  const trace = `1-${Math.floor(Date.now() / 1000).toString(16)}-${[...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, '0')).join('')}`;
  const answer = await fetch(base + path, { headers: { 'x-amzn-trace-id': `Root=${trace};Sampled=1` } });
  traces.push({ trace, status: answer.status });
  await answer.text();
}
// Without a header the rules decide. The SDK fetches them from the daemon's port when it first has to.
const refreshed = () => log.some(line => line.includes('refreshed centralized sampling rule cache'));
await (await fetch(base + '/api/activities/home')).text();
for (let i = 0; i < 3600 && !refreshed(); i++) await pause(50);
await (await fetch(base + '/api/activities/home', { headers: { 'user-agent': 'decided-by-the-rules' } })).text();
// A datagram is told of when it has left.
for (let i = 0; i < 3600 && !log.some(line => line.startsWith('UDP message sent: ') && line.includes('decided-by-the-rules')); i++) await pause(50);
server.close();
const rule = log.filter(line => line.includes('decided-by-the-rules')).map(line => /"rule_name":"([^"]*)"/.exec(line)?.[1])[0];
console.log(JSON.stringify({ service, traces, refreshed: refreshed(), rule: rule ?? null }));
process.exit(refreshed() ? 0 : 1);
