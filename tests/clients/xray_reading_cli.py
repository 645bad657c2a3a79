"""The AWS command line asks for what a shop's traces say; it pages by itself. Prints what it printed, and its complaints."""
import contextlib, io, json, os, re, sys, time
sys.argv = ["aws"]
from awscli.clidriver import create_clidriver

driver = create_clidriver()
begin, pay, trace, broken = int(os.environ["SHOP_BEGIN"]), int(os.environ["SHOP_PAY"]), os.environ["SHOP_TRACE"], os.environ["SHOP_BROKEN"]
RANGE = ["--start-time", str(begin - 10), "--end-time", str(begin + 300)]
said, errors = {}, {}


def aws(command, *arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = driver.main(["--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json", "xray", command, *arguments])
    text = out.getvalue()
    return code, json.loads(text) if text.strip() else None, err.getvalue().strip()


def items(member, command, *arguments):
    code, answer, error = aws(command, *arguments)
    assert code == 0, (command, error)
    return {"items": answer[member]}


def refused(name, command, *arguments):
    code, _, error = aws(command, *arguments)
    match = re.fullmatch(r"(?s)An error occurred \((\w+)\) when calling the \w+ operation: (.*)", error)
    errors[name] = {"code": match and match[1], "message": match and match[2], "exit": code, "text": error}


said["summaries"] = items("TraceSummaries", "get-trace-summaries", *RANGE, "--filter-expression", 'service("shop-front")')
said["faults"] = items("TraceSummaries", "get-trace-summaries", *RANGE, "--filter-expression", 'service("shop-front") { fault }')
said["group"] = aws("create-group", "--group-name", "Shop-cli", "--filter-expression", 'service("shop-front")')[1]["Group"]
said["groups"] = items("Groups", "get-groups")
said["graph"] = items("Services", "get-service-graph", *RANGE)
said["groupGraph"] = items("Services", "get-service-graph", *RANGE, "--group-name", "Shop-cli")
said["traceGraph"] = items("Services", "get-trace-graph", "--trace-ids", broken)
said["traces"] = items("Traces", "batch-get-traces", "--trace-ids", trace, broken)
said["series"] = items("TimeSeriesServiceStatistics", "get-time-series-service-statistics", *RANGE, "--entity-selector-expression", 'service("shop-front")', "--period", "60")
said["edgeSeries"] = items("TimeSeriesServiceStatistics", "get-time-series-service-statistics", *RANGE, "--entity-selector-expression", 'edge("shop-front", "shop-back")', "--period", "60")
aws("create-group", "--group-name", "Pay-cli", "--filter-expression", 'service("shop-pay")', "--insights-configuration", "InsightsEnabled=true")
said["insights"] = items("InsightSummaries", "get-insight-summaries", "--start-time", str(pay), "--end-time", str(pay + 90 * 60), "--group-name", "Pay-cli")
if said["insights"]["items"]:
    id_ = said["insights"]["items"][0]["InsightId"]
    said["insight"] = aws("get-insight", "--insight-id", id_)[1]["Insight"]
    said["insightEvents"] = aws("get-insight-events", "--insight-id", id_)[1]["InsightEvents"]
    said["insightGraph"] = aws("get-insight-impact-graph", "--insight-id", id_, "--start-time", str(pay + 60 * 60), "--end-time", str(pay + 90 * 60))[1]["Services"]

aws("create-sampling-rule", "--sampling-rule", json.dumps({
    "RuleName": "Reading-cli", "ResourceARN": "*", "Priority": 77, "FixedRate": 0.25, "ReservoirSize": 10, "ServiceName": "shop-*", "ServiceType": "*",
    "Host": "*", "HTTPMethod": "*", "URLPath": "/orders/*", "Version": 1, "Attributes": {"tier": "gold"}}))
said["rules"] = items("SamplingRuleRecords", "get-sampling-rules")
said["targets"] = aws("get-sampling-targets", "--sampling-statistics-documents", *[
    f"RuleName={name},ClientID=c11c11c11c11c11c11c11c11,Timestamp={int(time.time())},RequestCount=40,SampledCount=12,BorrowCount=2"
    for name in ("Reading-cli", "Nobody")])[1]
aws("delete-sampling-rule", "--rule-name", "Reading-cli")

refused("six ids", "batch-get-traces", "--trace-ids", *[trace] * 6)
refused("no trace id", "batch-get-traces", "--trace-ids", "nonsense")
refused("filter", "get-trace-summaries", *RANGE, "--filter-expression", 'service("x"')
refused("keyword", "get-trace-summaries", *RANGE, "--filter-expression", 'responsecode("404")')
refused("backwards", "get-trace-summaries", "--start-time", str(begin), "--end-time", str(begin - 1))
refused("token", "get-trace-summaries", *RANGE, "--next-token", "foreign", "--no-paginate")
refused("period", "get-time-series-service-statistics", *RANGE, "--period", "61")
refused("no group", "get-service-graph", *RANGE, "--group-name", "Nobody")
refused("same group", "create-group", "--group-name", "Shop-cli")
refused("long group", "create-group", "--group-name", "x" * 33)
refused("default rule", "delete-sampling-rule", "--rule-name", "Default")
refused("no arn", "tag-resource", "--resource-arn", "arn:aws:xray:us-east-1:000000000000:group/Nobody/X", "--tags", "Key=a,Value=b")
refused("no insight", "get-insight", "--insight-id", "00000000-0000-1000-8000-000000000000")
aws("delete-group", "--group-name", "Shop-cli")
aws("delete-group", "--group-name", "Pay-cli")
print(json.dumps({"said": said, "errors": errors}))
