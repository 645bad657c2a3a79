"""The calls that watchtower 3.4 makes through boto3, in its order, then reading back. Prints one JSON object."""
import json
import sys
import time

import boto3
import botocore

endpoint, group, stream = sys.argv[1], "cruddur", "machine/app/root/1"
logs = boto3.client("logs", endpoint_url=endpoint)
said = {"created": [], "stream_missing": 0}


def ensure_group():
    for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group):
        if any(g["logGroupName"] == group for g in page["logGroups"]):
            return
    logs.create_log_group(logGroupName=group)
    said["created"].append(group)


def put(events, token=None):
    for _ in range(5):
        try:
            kwargs = {"sequenceToken": token} if token else {}
            reply = logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events, **kwargs)
            assert "rejectedLogEventsInfo" not in reply, reply
            return reply["nextSequenceToken"]
        except botocore.exceptions.ClientError as e:
            if e.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            said["stream_missing"] += 1
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
    raise RuntimeError("not delivered")


ensure_group()
ensure_group()
now = int(time.time() * 1000)
token = put([{"timestamp": now, "message": "test log"}])
for i in range(200):
    token = put([{"timestamp": now + i, "message": f"[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK é😀 {i}"}], token)
logs.put_retention_policy(logGroupName=group, retentionInDays=7)
account = boto3.client("sts", endpoint_url=endpoint).get_caller_identity()["Account"]
arn = f"arn:aws:logs:{logs.meta.region_name}:{account}:log-group:{group}"
logs.tag_resource(resourceArn=arn, tags={"team": "a"})
said["tags"] = logs.list_tags_for_resource(resourceArn=arn)["tags"]
events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
said["read"] = [len(events), events[0]["message"], events[-1]["message"]]
logs.delete_log_stream(logGroupName=group, logStreamName=stream)
put([{"timestamp": now + 500, "message": "again"}])
said["again"] = [e["message"] for e in logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]]
pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, PaginationConfig={"PageSize": 7})
said["filtered"] = sum(len(page["events"]) for page in pages)
print(json.dumps(said, ensure_ascii=True))
