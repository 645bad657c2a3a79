"""boto3's X-Ray client: what the official daemon and people's scripts call."""
import json, os, time
import boto3
from botocore.exceptions import ClientError

client = boto3.client("xray", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
now = time.time()
trace = f"1-{int(now):08x}-{os.urandom(12).hex()}"
document = {"trace_id": trace, "id": os.urandom(8).hex(), "name": "backend-boto", "start_time": now - 0.3, "end_time": now - 0.1,
            "fault": True, "http": {"request": {"method": "GET", "url": "http://localhost/x"}, "response": {"status": 500}}}
unprocessed = client.put_trace_segments(TraceSegmentDocuments=[json.dumps(document), "{}"])["UnprocessedTraceSegments"]
client.put_telemetry_records(TelemetryRecords=[{"Timestamp": now, "SegmentsReceivedCount": 1}], Hostname="h")
traces = []
deadline = time.time() + 180
while time.time() < deadline and not traces:
    time.sleep(0.1)
    for page in client.get_paginator("batch_get_traces").paginate(TraceIds=[trace]):
        traces += page["Traces"]
summaries = []
for page in client.get_paginator("get_trace_summaries").paginate(
        StartTime=now - 60, EndTime=now + 60, FilterExpression='service("backend-boto") AND fault'):
    summaries += page["TraceSummaries"]
try:
    client.batch_get_traces(TraceIds=[trace] * 6)
    six = None
except ClientError as error:
    six = error.response["Error"]["Code"]
groups = [g["GroupName"] for page in client.get_paginator("get_groups").paginate() for g in page["Groups"]]
rules = [r["SamplingRule"]["RuleName"] for page in client.get_paginator("get_sampling_rules").paginate() for r in page["SamplingRuleRecords"]]
print(json.dumps({"trace": trace, "id": document["id"], "unprocessed": unprocessed, "traces": traces, "summaries": summaries,
                  "six": six, "groups": groups, "rules": rules}, default=str))
