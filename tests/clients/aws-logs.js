// @aws-sdk/client-cloudwatch-logs: AWS_ENDPOINT_URL_LOGS, AWS_REGION and the key variables say the rest.
import {
  CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, DescribeLogGroupsCommand, DescribeLogStreamsCommand,
  FilterLogEventsCommand, GetLogEventsCommand, PutLogEventsCommand, PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as pause } from 'node:timers/promises';

const client = new CloudWatchLogsClient();
const [logGroupName, logStreamName] = ['cruddur-js', 'machine/app/1'];
await client.send(new CreateLogGroupCommand({ logGroupName, tags: { team: 'cruddur' } }));
const again = await client.send(new CreateLogGroupCommand({ logGroupName })).catch(error => error.name);
await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
const missing = await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [{ timestamp: Date.now(), message: 'x' }] })).catch(e => e.name);
await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
const timestamp = Date.now();
const put = await client.send(new PutLogEventsCommand({
  logGroupName, logStreamName,
  logEvents: [
    { timestamp, message: 'test log' },
    { timestamp: timestamp + 1, message: '{"level":"error","took":41,"text":"äöü 🌊\\nsecond line"}' },
    { timestamp: timestamp + 2, message: '[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK' },
  ],
}));
const events = async pattern => {
  // What is acknowledged can be read within a second.
  for (let i = 0; i < 1800; i++, await pause(100)) {
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: pattern, startTime: timestamp - 1000 }));
    if (events.length > 0) return events.map(e => e.message);
  }
  return [];
};
const found = { all: await events(undefined), term: await events('"test log"'), json: await events('{ $.took > 40 }'), none: undefined };
const got = await client.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
const end = await client.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, nextToken: got.nextForwardToken }));
const groups = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'cruddur-js' }));
const streams = await client.send(new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }));
console.log(JSON.stringify({
  timestamp, again, missing, token: put.nextSequenceToken, rejected: put.rejectedLogEventsInfo ?? null, found,
  events: got.events.map(e => [e.timestamp - timestamp, e.message]), sameToken: end.nextForwardToken === got.nextForwardToken, after: end.events.length,
  groups: groups.logGroups.map(g => [g.logGroupName, g.retentionInDays, g.arn]),
  streams: streams.logStreams.map(s => [s.logStreamName, s.firstEventTimestamp - timestamp, s.lastEventTimestamp - timestamp]),
}));
