// @aws-sdk/client-xray asks for what a shop's traces say: pages by its own paginators, errors by its own exceptions. Prints what it parsed.
import * as XRay from '@aws-sdk/client-xray';

const client = new XRay.XRayClient();
const { SHOP_BEGIN, SHOP_PAY, SHOP_TRACE: trace, SHOP_BROKEN: broken } = process.env;
const [begin, pay] = [Number(SHOP_BEGIN), Number(SHOP_PAY)];
const at = seconds => new Date(seconds * 1000);
// Fractions: this SDK sends them.
const range = { StartTime: at(begin - 10.25), EndTime: at(begin + 300.5) };
const said = {}, errors = {};

async function pages(operation, member, input) {
  const found = { pages: 0, items: [] };
  for await (const page of XRay[`paginate${operation}`]({ client }, input)) {
    found.pages++;
    found.items.push(...page[member]);
  }
  return found;
}
async function send(operation, input = {}) {
  return client.send(new XRay[`${operation}Command`](input));
}
async function refused(name, operation, input) {
  try {
    await send(operation, input);
    errors[name] = { code: null };
  } catch (error) {
    errors[name] = { code: error.name, message: error.Message ?? error.message, status: error.$metadata?.httpStatusCode };
  }
}

said.summaries = await pages('GetTraceSummaries', 'TraceSummaries', { ...range, FilterExpression: 'service("shop-front")' });
said.faults = await pages('GetTraceSummaries', 'TraceSummaries', { ...range, FilterExpression: 'service("shop-front") { fault }' });
said.group = (await send('CreateGroup', { GroupName: 'Shop-js', FilterExpression: 'service("shop-front")' })).Group;
said.groups = await pages('GetGroups', 'Groups', {});
said.graph = await pages('GetServiceGraph', 'Services', range);
said.groupGraph = await pages('GetServiceGraph', 'Services', { ...range, GroupName: 'Shop-js' });
said.traceGraph = await pages('GetTraceGraph', 'Services', { TraceIds: [broken] });
said.traces = await pages('BatchGetTraces', 'Traces', { TraceIds: [trace, broken] });
said.series = await pages('GetTimeSeriesServiceStatistics', 'TimeSeriesServiceStatistics', { ...range, EntitySelectorExpression: 'service("shop-front")', Period: 60 });
said.edgeSeries = await pages('GetTimeSeriesServiceStatistics', 'TimeSeriesServiceStatistics', {
  ...range, EntitySelectorExpression: 'edge("shop-front", "shop-back")', Period: 60 });
await send('CreateGroup', { GroupName: 'Pay-js', FilterExpression: 'service("shop-pay")', InsightsConfiguration: { InsightsEnabled: true } });
said.insights = await pages('GetInsightSummaries', 'InsightSummaries', { StartTime: at(pay), EndTime: at(pay + 90 * 60), GroupName: 'Pay-js' });
const InsightId = said.insights.items[0]?.InsightId;
if (InsightId) {
  said.insight = (await send('GetInsight', { InsightId })).Insight;
  said.insightEvents = (await pages('GetInsightEvents', 'InsightEvents', { InsightId, MaxResults: 1 })).items;
  said.insightGraph = (await send('GetInsightImpactGraph', { InsightId, StartTime: at(pay + 60 * 60), EndTime: at(pay + 90 * 60) })).Services;
}
const { RetrievalToken } = await send('StartTraceRetrieval', { TraceIds: [trace, broken], ...range });
// Of these the SDK has no paginators.
said.retrieved = (await send('ListRetrievedTraces', { RetrievalToken, TraceFormat: 'XRAY' })).Traces;
said.retrievedGraph = (await send('GetRetrievedTracesGraph', { RetrievalToken })).Services.map(({ Service }) => Service);

await send('CreateSamplingRule', { SamplingRule: {
  RuleName: 'Reading-js', ResourceARN: '*', Priority: 77, FixedRate: 0.25, ReservoirSize: 10, ServiceName: 'shop-*', ServiceType: '*',
  Host: '*', HTTPMethod: '*', URLPath: '/orders/*', Version: 1, Attributes: { tier: 'gold' } } });
said.rules = await pages('GetSamplingRules', 'SamplingRuleRecords', {});
const { $metadata, ...targets } = await send('GetSamplingTargets', { SamplingStatisticsDocuments: ['Reading-js', 'Nobody'].map(RuleName => (
  { RuleName, ClientID: 'a5a5a5a5a5a5a5a5a5a5a5a5', Timestamp: new Date(), RequestCount: 40, SampledCount: 12, BorrowCount: 2 })) });
said.targets = targets;
await send('DeleteSamplingRule', { RuleName: 'Reading-js' });

await refused('six ids', 'BatchGetTraces', { TraceIds: Array(6).fill(trace) });
await refused('no trace id', 'BatchGetTraces', { TraceIds: ['nonsense'] });
await refused('filter', 'GetTraceSummaries', { ...range, FilterExpression: 'service("x"' });
await refused('keyword', 'GetTraceSummaries', { ...range, FilterExpression: 'responsecode("404")' });
await refused('backwards', 'GetTraceSummaries', { StartTime: at(begin), EndTime: at(begin - 1) });
await refused('token', 'GetTraceSummaries', { ...range, NextToken: 'foreign' });
await refused('period', 'GetTimeSeriesServiceStatistics', { ...range, Period: 61 });
await refused('no group', 'GetServiceGraph', { ...range, GroupName: 'Nobody' });
await refused('same group', 'CreateGroup', { GroupName: 'Shop-js' });
await refused('long group', 'CreateGroup', { GroupName: 'x'.repeat(33) });
await refused('default rule', 'DeleteSamplingRule', { RuleName: 'Default' });
await refused('no arn', 'TagResource', { ResourceARN: 'arn:aws:xray:us-east-1:000000000000:group/Nobody/X', Tags: [{ Key: 'a', Value: 'b' }] });
await refused('no insight', 'GetInsight', { InsightId: '00000000-0000-1000-8000-000000000000' });
// This SDK checks nothing itself.
await refused('nothing', 'GetTraceSummaries', {});
await refused('no retrieval', 'ListRetrievedTraces', { RetrievalToken: 'foreign' });
await send('DeleteGroup', { GroupName: 'Shop-js' });
await send('DeleteGroup', { GroupName: 'Pay-js' });
console.log(JSON.stringify({ said, errors }, function (key, value) {
  return this[key] instanceof Date ? this[key].getTime() / 1000 : value;
}));
