// @aws-sdk/client-xray: AWS_ENDPOINT_URL_XRAY, AWS_REGION and the key variables say the rest.
import { XRayClient, BatchGetTracesCommand, GetTraceSummariesCommand, PutTraceSegmentsCommand } from '@aws-sdk/client-xray';
import { setTimeout as pause } from 'node:timers/promises';

const client = new XRayClient();
const now = Date.now() / 1000;
const hex = n => [...crypto.getRandomValues(new Uint8Array(n))].map(b => b.toString(16).padStart(2, '0')).join('');
const trace = `1-${Math.floor(now).toString(16)}-${hex(12)}`;
const document = {
  trace_id: trace, id: hex(8), name: 'backend-js', start_time: now - 0.2, end_time: now,
  http: { request: { method: 'GET', url: 'http://localhost/api/activities/home', client_ip: '172.18.0.1' }, response: { status: 200 } },
  annotations: { handle: 'andrewbrown' },
  subsegments: [{ id: hex(8), name: 'mock-data', start_time: now - 0.1, end_time: now - 0.05, metadata: { home: { length: 3 } } }],
};
const put = await client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [JSON.stringify(document), '{}'] }));
let batch;
for (let i = 0; i < 1800; i++, await pause(100)) {
  batch = await client.send(new BatchGetTracesCommand({ TraceIds: [trace, '1-00000000-000000000000000000000000'] }));
  if (batch.Traces.length > 0) break;
}
const summaries = await client.send(new GetTraceSummariesCommand({
  StartTime: new Date((now - 60) * 1000), EndTime: new Date((now + 60) * 1000), FilterExpression: 'service("backend-js")',
}));
console.log(JSON.stringify({
  trace, id: document.id, sent: document,
  unprocessed: put.UnprocessedTraceSegments,
  traces: batch.Traces, unknown: batch.UnprocessedTraceIds,
  summaries: summaries.TraceSummaries,
}));
