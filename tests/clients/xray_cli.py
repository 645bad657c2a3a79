"""Every subcommand of `aws xray` that Debian's command line has, one after another in one process. Prints what each answered."""
import contextlib, io, json, os, sys, time
sys.argv = ["aws"]
from awscli.clidriver import create_clidriver

NOW = int(time.time())
TRACE = f"1-{NOW:08x}-{os.urandom(12).hex()}"
SEGMENT = os.urandom(8).hex()
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "xray:PutTraceSegments", "Resource": "*"}]})
RANGE = ["--start-time", str(NOW - 600), "--end-time", str(NOW + 60)]
INSIGHT = ["--insight-id", "83fa6ac9-1c4c-4b0e-8a1c-111111111111"]
answers = {}


def document(i, **more):
    return json.dumps({"trace_id": TRACE, "id": i, "name": "backend-cli", "start_time": NOW - 2, "end_time": NOW - 1, **more})


def aws(command, *arguments, into=None):
    """Runs `aws xray COMMAND ARGUMENTS`; keeps its exit code, what it printed (JSON when it is) and what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = driver.main(["--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json", "xray", command, *arguments])
    text = out.getvalue()
    answer = {"code": code, "said": json.loads(text) if text.strip() else None, "error": err.getvalue().strip() or None}
    answers[into or command] = answer
    return answer["said"]


driver = create_clidriver()
aws("put-trace-segments", "--trace-segment-documents", document(SEGMENT, http={"response": {"status": 200}}), "{}")
aws("put-telemetry-records", "--telemetry-records", f"Timestamp={NOW},SegmentsReceivedCount=1,SegmentsSentCount=1,SegmentsSpilloverCount=0,SegmentsRejectedCount=0,BackendConnectionErrors={{TimeoutCount=0,OtherCount=0}}", "--hostname", "h")
for _ in range(1800):
    if aws("batch-get-traces", "--trace-ids", TRACE)["Traces"]:
        break
    time.sleep(0.1)
aws("get-trace-summaries", *RANGE, "--filter-expression", 'service("backend-cli")')
aws("get-service-graph", *RANGE)
aws("get-trace-graph", "--trace-ids", TRACE)
aws("get-time-series-service-statistics", *RANGE, "--entity-selector-expression", 'service("backend-cli")', "--period", "60")
group = aws("create-group", "--group-name", "Cli", "--filter-expression", 'service("backend-cli")', "--insights-configuration",
            "InsightsEnabled=true,NotificationsEnabled=false", "--tags", "Key=stage,Value=test")
arn = group["Group"]["GroupARN"]
aws("get-group", "--group-name", "Cli")
aws("get-groups")
aws("update-group", "--group-arn", arn, "--filter-expression", "fault")
aws("tag-resource", "--resource-arn", arn, "--tags", "Key=team,Value=a b", "Key=stage,Value=prod")
aws("untag-resource", "--resource-arn", arn, "--tag-keys", "team")
aws("list-tags-for-resource", "--resource-arn", arn)
aws("create-sampling-rule", "--sampling-rule", json.dumps({
    "RuleName": "Cli", "ResourceARN": "*", "Priority": 7, "FixedRate": 0.25, "ReservoirSize": 2, "ServiceName": "backend-cli",
    "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1}))
aws("update-sampling-rule", "--sampling-rule-update", '{"RuleName":"Cli","FixedRate":0.5}')
aws("get-sampling-rules")
aws("get-sampling-targets", "--sampling-statistics-documents",
    f"RuleName=Cli,ClientID=00112233445566778899aabb,Timestamp={NOW},RequestCount=10,SampledCount=2,BorrowCount=1",
    f"RuleName=Gone,ClientID=00112233445566778899aabb,Timestamp={NOW},RequestCount=10,SampledCount=2,BorrowCount=1")
aws("get-sampling-statistic-summaries")
aws("delete-sampling-rule", "--rule-name", "Cli")
aws("delete-sampling-rule", "--rule-name", "Cli", into="delete-sampling-rule again")
aws("put-encryption-config", "--type", "NONE")
aws("get-encryption-config")
aws("put-resource-policy", "--policy-name", "cli", "--policy-document", POLICY)
aws("list-resource-policies")
aws("delete-resource-policy", "--policy-name", "cli", "--policy-revision-id", "1")
aws("get-insight-summaries", *RANGE, "--group-name", "Cli")
aws("get-insight", *INSIGHT)
aws("get-insight-events", *INSIGHT)
aws("get-insight-impact-graph", *INSIGHT, *RANGE)
aws("delete-group", "--group-name", "Cli")
aws("create-group", "--group-name", "Default", into="create-group Default")
commands = sorted(c for c in driver._get_command_table()["xray"].create_help_command().command_table if c != "help")
print(json.dumps({"trace": TRACE, "id": SEGMENT, "commands": commands, "answers": answers}))
