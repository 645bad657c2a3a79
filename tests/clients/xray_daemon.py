"""What the official X-Ray daemon sends, as its source makes it: batches of at most 50 documents with its headers, a telemetry record a minute with
every count (zeros too) and empty texts for what it does not know, and SDKs' sampling calls passed on. Prints the answers.
(aws/aws-xray-daemon, pkg/processor, pkg/telemetry, pkg/proxy)"""
import json, os, re, time, urllib.request
import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

client = boto3.client("xray", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
client.meta.events.register("before-sign.xray.*", lambda request, **_: (
    request.headers.__setitem__("X-Amzn-Xray-Timestamp", f"{time.time():.9f}"),
    request.headers.__setitem__("User-Agent", str(request.headers["User-Agent"]) + " xray-agent/xray-daemon/3.6.1 exec-env/UNKNOWN OS/linux-amd64")))
# Of some hours ago: what came late is passed on all the same.
now = time.time() - 3 * 3600


def document(i, **more):
    return json.dumps({"name": "behind-the-daemon", "id": f"{i + 1:016x}", "trace_id": f"1-{int(now):08x}-dae{os.getpid():021x}", "start_time": now, "end_time": now + 0.1, **more},
                      separators=(",", ":"))


batch = [document(i) for i in range(50)]
# Bodies are passed on as they came: with line feeds, in ASCII or not, and now and then wrong.
batch[1] = batch[1].replace("{", "{\n ", 1)
batch[2] = document(2, user="grüße")
batch[3] = batch[3].replace('"end_time"', '"ended"')
batch[4] = "not json"
answer = client.put_trace_segments(TraceSegmentDocuments=batch)["UnprocessedTraceSegments"]
# How it looks up the trace of what was refused.
ids = {re.search(r'"id":"(.*?)"', d)[1]: d for d in batch if '"id":"' in d}
logged = [re.search(r'"trace_id":"(.*?)"', ids[one["Id"]])[1] if one.get("Id") else None for one in answer]


def record(received, **counts):
    zeros = {"HTTPCode4XXCount": 0, "HTTPCode5XXCount": 0, "ConnectionRefusedCount": 0, "OtherCount": 0, "TimeoutCount": 0, "UnknownHostCount": 0}
    return {"Timestamp": time.time(), "SegmentsReceivedCount": received, "SegmentsRejectedCount": counts.get("rejected", 0), "SegmentsSentCount": received,
            "SegmentsSpilloverCount": counts.get("spilled", 0), "BackendConnectionErrors": zeros}


telemetry = [client.put_telemetry_records(EC2InstanceId="", Hostname="", ResourceARN="", TelemetryRecords=records)["ResponseMetadata"]["HTTPStatusCode"]
             for records in ([record(50)], [record(10, rejected=1, spilled=2)] + [record(1)] * 9)]


def passed_on(path, body):
    """The request of an SDK as the daemon's proxy signs and sends it."""
    request = AWSRequest("POST", os.environ["AWS_ENDPOINT_URL"] + path, data=body, headers={"Content-Type": "application/json", "Accept-Encoding": "gzip"})
    SigV4Auth(boto3.Session().get_credentials(), "xray", "us-east-1").add_auth(request)
    sent = urllib.request.Request(request.url, data=body, headers={**dict(request.headers), "X-Forwarded-For": "127.0.0.1"})
    with urllib.request.urlopen(sent) as reply:
        return json.load(reply)


rules = [r["SamplingRule"]["RuleName"] for body in (b"{}", b"", b'{"NextToken": null}') for r in passed_on("/GetSamplingRules", body)["SamplingRuleRecords"]]
targets = passed_on("/SamplingTargets", json.dumps({"SamplingStatisticsDocuments": [
    {"RuleName": "Default", "ClientID": "00112233445566778899aabb", "Timestamp": int(now), "RequestCount": 1, "SampledCount": 1, "BorrowCount": 0}]}).encode())
print(json.dumps({"trace": f"1-{int(now):08x}-dae{os.getpid():021x}", "unprocessed": answer, "logged": logged, "telemetry": telemetry, "rules": rules, "targets": targets}))
