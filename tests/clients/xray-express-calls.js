// aws-xray-sdk in two Express apps, one of which calls the other: the patched http client, the AWS SDK, a MySQL client, promises, more
// subsegments than a datagram carries, a document that none carries; and which requests a rule samples.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const AWSXRay = require('aws-xray-sdk');
const http = require('http');
const express = require('express');
const { CloudWatchLogsClient, DescribeLogGroupsCommand, GetLogEventsCommand } = require('@aws-sdk/client-cloudwatch-logs');

const log = [];
const write = (...m) => log.push(m.map(String).join(' '));
AWSXRay.setLogger({ debug: write, info: write, warn: write, error: write });
AWSXRay.captureHTTPsGlobal(http);
// No database is needed to see what the SDK makes of a driver: this one answers after a moment, or not at all.
const mysql = AWSXRay.captureMySQL({
  createConnection: config => ({ config, query: (options, values, done) => setTimeout(() => (typeof values === 'function' ? values : done)(/nowhere/.test(options.sql ?? options) ? Object.assign(new Error('no such table'), { code: 'ER_NO_SUCH_TABLE' }) : null, []), 3) }),
  createPool: () => ({}), createPoolCluster: () => ({}),
});
const logs = AWSXRay.captureAWSv3Client(new CloudWatchLogsClient({ endpoint: process.env.AWS_ENDPOINT_URL }));
const heard = [];

// The SDK has one name a process; a host that fits the pattern names its segments itself.
AWSXRay.middleware.enableDynamicNaming('shop-users');
const users = express();
users.use(AWSXRay.express.openSegment('shop-users'));
users.get('/users/:name', (request, response) => {
  heard.push(request.headers['x-amzn-trace-id']);
  response.status(request.params.name === 'nobody' ? 404 : request.params.name === 'busy' ? 429 : 200).json({});
});
users.use(AWSXRay.express.closeSegment());
const userServer = users.listen(0, '127.0.0.1');
await once(userServer, 'listening');

const get = (port, path, headers = {}) => new Promise((done, failed) => http.get({ host: '127.0.0.1', port, path, headers }, answer => {
  answer.resume();
  answer.on('end', () => done(answer.statusCode));
}).on('error', failed));

const app = express();
app.use(AWSXRay.express.openSegment('shop-express'));
app.get('/call/:name', async (request, response) => {
  response.json(await get(userServer.address().port, `/users/${request.params.name}`, { host: 'shop-users' }));
});
app.get('/refused', async (_, response) => {
  // A port that nobody listens on.
  response.json(await get(1, '/').catch(error => error.code));
});
app.get('/aws', async (_, response) => {
  await logs.send(new DescribeLogGroupsCommand({}));
  await logs.send(new GetLogEventsCommand({ logGroupName: 'nobody', logStreamName: 'nothing' })).catch(() => {});
  response.json('done');
});
app.get('/sql', (_, response) => {
  const connection = mysql.createConnection({ host: 'db.example', port: 3306, user: 'app', database: 'shop' });
  connection.query('SELECT * FROM carts WHERE id = ?', [1], () => connection.query('SELECT * FROM nowhere', () => response.json('done')));
});
app.get('/many', (_, response) => {
  for (let i = 0; i < 250; i++) AWSXRay.captureFunc(`step ${i}`, subsegment => subsegment.addAnnotation('i', i));
  response.json('done');
});
app.get('/large/:size', (request, response) => {
  AWSXRay.getSegment().addMetadata('filler', 'x'.repeat(Number(request.params.size)));
  response.json('done');
});
app.get('/user', (_, response) => {
  const segment = AWSXRay.getSegment();
  segment.setUser('andrewbrown');
  segment.addAnnotation('plan', 'gold');
  segment.addAnnotation('seats', 4);
  segment.addAnnotation('trial', false);
  segment.addMetadata('cart', { items: [1, { sku: 'a' }], note: 'grüße' }, 'shop');
  response.status(402).json('done');
});
app.get('/throws', async () => {
  await AWSXRay.captureAsyncFunc('load', async subsegment => {
    try {
      await pause(1);
      throw new RangeError('no feed');
    } catch (error) {
      subsegment.close(error);
      throw error;
    }
  });
});
app.get('/health', (_, response) => response.json('fine'));
app.use(AWSXRay.express.closeSegment());
app.use((error, _, response, next) => response.status(500).json({ error: error.message }));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const port = server.address().port;

const traces = {};
const hex = n => [...crypto.getRandomValues(new Uint8Array(n))].map(b => b.toString(16).padStart(2, '0')).join('');
for (const path of ['/call/worf', '/call/nobody', '/call/busy', '/refused', '/aws', '/sql', '/many', '/large/60000', '/large/70000', '/user', '/throws']) {
  traces[path] = `1-${Math.floor(Date.now() / 1000).toString(16)}-${hex(12)}`;
  await get(port, path, { 'x-amzn-trace-id': `Root=${traces[path]};Parent=53995c3f42cd8ad8;Sampled=1` });
}
// Without a header the rules decide; the SDK fetches them from the daemon's port when it first has to.
const refreshed = () => log.some(line => line.includes('refreshed centralized sampling rule cache'));
await get(port, '/health');
for (let i = 0; i < 3600 && !refreshed(); i++) await pause(50);
const from = log.length;
for (let i = 0; i < 30; i++) {
  await get(port, '/health');
  await get(port, '/user', { 'user-agent': 'by-the-rules' });
}
// A datagram is told of when it has left.
let sent = [];
for (let i = 0; i < 3600 && sent.filter(line => line.includes('by-the-rules')).length < 30; i++) {
  await pause(50);
  sent = log.slice(from).filter(line => line.startsWith('UDP message sent: '));
}
const complaints = log.filter(line => /too large|EMSGSIZE/.test(line)).map(line => line.slice(0, 80));
console.log(JSON.stringify({ traces, heard, complaints, refreshed: refreshed(), port, users: userServer.address().port,
  health: sent.filter(line => line.includes('/health"')).length, ruled: sent.filter(line => line.includes('by-the-rules')).length,
  lines: log.filter(line => !line.includes('trace_id')).slice(-3) }));
process.exit(0);
