// @aws-sdk/client-xray: every command it has. Prints what each answered, or the name of the exception.
import * as XRay from '@aws-sdk/client-xray';
import { setTimeout as pause } from 'node:timers/promises';

const client = new XRay.XRayClient();
const now = Math.floor(Date.now() / 1000);
const hex = n => [...crypto.getRandomValues(new Uint8Array(n))].map(b => b.toString(16).padStart(2, '0')).join('');
const trace = `1-${now.toString(16)}-${hex(12)}`;
const StartTime = new Date((now - 600) * 1000), EndTime = new Date((now + 60) * 1000);
const answers = {};
async function send(name, input = {}) {
  try {
    const { $metadata, ...said } = await client.send(new XRay[`${name}Command`](input));
    answers[name] = said;
  } catch (error) {
    answers[name] = { exception: error.name, message: error.message, status: error.$metadata?.httpStatusCode };
  }
  return answers[name];
}

const id = hex(8);
await send('PutTraceSegments', { TraceSegmentDocuments: [JSON.stringify({ trace_id: trace, id, name: 'backend-ops', start_time: now - 1, end_time: now, annotations: { size: 3 } })] });
await send('PutTelemetryRecords', { TelemetryRecords: [{ Timestamp: new Date(), SegmentsReceivedCount: 1, BackendConnectionErrors: { HTTPCode4XXCount: 0 } }], Hostname: 'h' });
for (let i = 0; i < 1800 && !(await send('BatchGetTraces', { TraceIds: [trace] })).Traces?.length; i++) await pause(100);
await send('GetTraceSummaries', { StartTime, EndTime, FilterExpression: 'service("backend-ops")' });
await send('GetServiceGraph', { StartTime, EndTime });
await send('GetTraceGraph', { TraceIds: [trace] });
await send('GetTimeSeriesServiceStatistics', { StartTime, EndTime, EntitySelectorExpression: 'service("backend-ops")' });
const group = await send('CreateGroup', { GroupName: 'Ops', FilterExpression: 'fault', Tags: [{ Key: 'a', Value: 'b' }] });
await send('GetGroup', { GroupName: 'Ops' });
await send('GetGroups');
await send('UpdateGroup', { GroupName: 'Ops', FilterExpression: 'error' });
const ResourceARN = group.Group.GroupARN;
await send('TagResource', { ResourceARN, Tags: [{ Key: 'c', Value: 'd' }] });
await send('UntagResource', { ResourceARN, TagKeys: ['a'] });
await send('ListTagsForResource', { ResourceARN });
await send('CreateSamplingRule', { SamplingRule: {
  RuleName: 'Ops', ResourceARN: '*', Priority: 5, FixedRate: 0.5, ReservoirSize: 1, ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: 'GET', URLPath: '/a/*',
  Version: 1, Attributes: { tier: 'gold' }, SamplingRateBoost: { MaxRate: 0.75, CooldownWindowMinutes: 1 } } });
await send('UpdateSamplingRule', { SamplingRuleUpdate: { RuleName: 'Ops', Priority: 6 } });
await send('GetSamplingRules');
await send('GetSamplingTargets', {
  SamplingStatisticsDocuments: [{ RuleName: 'Ops', ClientID: hex(12), Timestamp: new Date(), RequestCount: 5, SampledCount: 2, BorrowCount: 1 }],
  SamplingBoostStatisticsDocuments: [{ RuleName: 'Ops', ServiceName: 'backend-ops', Timestamp: new Date(), AnomalyCount: 4, TotalCount: 5, SampledAnomalyCount: 1 }] });
await send('GetSamplingStatisticSummaries');
await send('DeleteSamplingRule', { RuleName: 'Ops' });
await send('PutEncryptionConfig', { Type: 'KMS', KeyId: 'alias/k' });
await send('GetEncryptionConfig');
await send('PutResourcePolicy', { PolicyName: 'ops', PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' });
await send('ListResourcePolicies');
await send('DeleteResourcePolicy', { PolicyName: 'ops' });
const InsightId = '83fa6ac9-1c4c-4b0e-8a1c-111111111111';
await send('GetInsightSummaries', { StartTime, EndTime, GroupName: 'Ops' });
await send('GetInsight', { InsightId });
await send('GetInsightEvents', { InsightId });
await send('GetInsightImpactGraph', { InsightId, StartTime, EndTime });
const { RetrievalToken } = await send('StartTraceRetrieval', { TraceIds: [trace], StartTime, EndTime });
await send('ListRetrievedTraces', { RetrievalToken, TraceFormat: 'OTEL' });
await send('GetRetrievedTracesGraph', { RetrievalToken });
await send('CancelTraceRetrieval', { RetrievalToken });
await send('UpdateTraceSegmentDestination', { Destination: 'CloudWatchLogs' });
await send('GetTraceSegmentDestination');
await send('UpdateIndexingRule', { Name: 'Default', Rule: { Probabilistic: { DesiredSamplingPercentage: 5 } } });
await send('GetIndexingRules');
await send('DeleteGroup', { GroupName: 'Ops' });
const commands = Object.keys(XRay).filter(name => name.endsWith('Command') && !name.startsWith('$')).map(name => name.slice(0, -7)).sort();
console.log(JSON.stringify({ trace, id, commands, answers }));
