"""The boto3 calls of watchtower's handler, in its order, as a log handler of the standard library makes them happen:
describe the groups, create the group, put first, create the stream when the service says it is missing, put again."""
import json, logging, os, sys, time
import boto3
from botocore.exceptions import ClientError

GROUP, STREAM = "cruddur-py", "machine/cruddur/app/1"
client = boto3.client("logs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
calls = []


def call(name, **arguments):
    try:
        answer = getattr(client, name)(**arguments)
        calls.append([name, answer["ResponseMetadata"]["HTTPStatusCode"]])
        return answer
    except ClientError as error:
        calls.append([name, error.response["Error"]["Code"], error.response["Error"]["Message"]])
        return error


class Handler(logging.Handler):
    def __init__(self):
        super().__init__()
        self.token, self.warnings = None, []
        found = False
        for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=GROUP):
            calls.append(["describe_log_groups", page["ResponseMetadata"]["HTTPStatusCode"]])
            found = found or any(g["logGroupName"] == GROUP for g in page["logGroups"])
        if not found:
            call("create_log_group", logGroupName=GROUP)
        sts = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
        account = sts.get_caller_identity()["Account"]
        call("tag_resource", resourceArn=f"arn:aws:logs:{sts.meta.region_name}:{account}:log-group:{GROUP}", tags={"app": "cruddur"})
        call("put_retention_policy", logGroupName=GROUP, retentionInDays=30)

    def emit(self, record):
        message = self.format(record)
        batch = [{"timestamp": int(record.created * 1000), "message": message}]
        for _ in range(5):
            token = {"sequenceToken": self.token} if self.token else {}
            answer = call("put_log_events", logGroupName=GROUP, logStreamName=STREAM, logEvents=batch, **token)
            if isinstance(answer, ClientError):
                if answer.response["Error"]["Code"] == "ResourceNotFoundException":
                    call("create_log_stream", logGroupName=GROUP, logStreamName=STREAM)
                continue
            self.token = answer["nextSequenceToken"]
            if "rejectedLogEventsInfo" in answer:
                self.warnings.append(answer["rejectedLogEventsInfo"])
            return
        self.warnings.append("not delivered")


handler = Handler()
log = logging.getLogger("app")
log.setLevel(logging.INFO)
log.addHandler(handler)
log.info("test log")
log.info("HomeActivities äöü 🌊")
log.error("[2023-Feb-27 01:09] 172.18.0.1 GET http /api/activities/home? 200 OK")
tags = client.list_tags_log_group(logGroupName=GROUP)["tags"]
print(json.dumps({"calls": calls, "warnings": handler.warnings, "tags": tags}))
sys.exit(1 if handler.warnings else 0)
