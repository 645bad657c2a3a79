// The calls of winston-cloudwatch 6 (describe, create, describe again, put), then reading with the SDK's own paginators.
import {
  CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, DescribeLogStreamsCommand, GetLogEventsCommand,
  PutLogEventsCommand, paginateFilterLogEvents, paginateGetLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";

const client = new CloudWatchLogsClient({ endpoint: process.argv[2], region: "eu-west-1" });
const logGroupName = "winston", logStreamName = "s1";
const said = {};
const name = command => client.send(command).then(() => "", e => `${e.name}: ${e.message}`);

said.missing = await name(new DescribeLogStreamsCommand({ logGroupName }));
said.created = await name(new CreateLogGroupCommand({ logGroupName }));
said.again = await name(new CreateLogGroupCommand({ logGroupName }));
await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: logStreamName }));
said.streams = logStreams.map(s => s.logStreamName);
const now = Date.now();
const logEvents = Array.from({ length: 25 }, (_, i) => ({ timestamp: now + i, message: `info - é😀 line ${i}` }));
const put = await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents, sequenceToken: logStreams[0].uploadSequenceToken }));
said.rejected = put.rejectedLogEventsInfo ?? null;

said.filtered = [];
for await (const page of paginateFilterLogEvents({ client, pageSize: 7 }, { logGroupName, filterPattern: '"line 1"' }))
  said.filtered.push(...page.events.map(e => e.message));
said.read = 0;
for await (const page of paginateGetLogEvents({ client, pageSize: 10, stopOnSameToken: true }, { logGroupName, logStreamName, startFromHead: true }))
  said.read += page.events.length;
said.token = await name(new GetLogEventsCommand({ logGroupName, logStreamName, nextToken: "x" }));
console.log(JSON.stringify(said));
