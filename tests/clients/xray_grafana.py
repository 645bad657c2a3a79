"""What Grafana's X-Ray data source asks, with the inputs it makes, and what it takes out of the answers: a member that its code follows without
looking must be there, or the plugin falls over. Prints the frames it would show. (grafana/x-ray-datasource, pkg/datasource)"""
import collections, json, os
import boto3

client = boto3.client("xray", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
begin, pay, trace = int(os.environ["SHOP_BEGIN"]), int(os.environ["SHOP_PAY"]), os.environ["SHOP_TRACE"]
# A panel's time range; the SDK for Go sends it with fractions, this one in whole seconds.
FROM, TO = begin - 10, begin + 600
frames = {}


def pages(operation, member, **arguments):
    return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[member]]


# CheckHealth, and the list of groups in the query editor.
client.get_groups()
groups = pages("get_groups", "Groups")
frames["groups"] = [group["GroupName"] for group in groups]

# getTraceSummaries: without a query there is no FilterExpression; it stops at 1,000 rows.
for name, query in [("summaries", None), ("filtered", 'service(id(name: "shop-front", type: "AWS::ECS::Container"))')]:
    rows = []
    for page in client.get_paginator("get_trace_summaries").paginate(StartTime=FROM, EndTime=TO, **({"FilterExpression": query} if query else {})):
        for s in page["TraceSummaries"]:
            http = s["Http"]
            rows.append([s["Id"], s.get("StartTime") and s["StartTime"].timestamp(), http.get("HttpMethod"), http.get("HttpStatus"), s.get("Duration"), http.get("HttpURL"),
                         http.get("ClientIp"), sum(len(values) for values in s.get("Annotations", {}).values())])
        if len(rows) >= 1000:
            break
    frames[name] = rows

# getTimeSeriesServiceStatistics: the query is the selector, the resolution 60 or 300.
for name, query in [("series", None), ("service", 'service(id(name: "shop-front", type: "AWS::ECS::Container"))'), ("edge", 'edge("shop-front", "shop-back")')]:
    rows = []
    for s in pages("get_time_series_service_statistics", "TimeSeriesServiceStatistics", StartTime=FROM, EndTime=TO, Period=60,
                   **({"EntitySelectorExpression": query} if query else {})):
        values = s.get("EdgeSummaryStatistics") or s.get("ServiceSummaryStatistics")
        if values is not None:
            rows.append([s["Timestamp"].timestamp(), values["ErrorStatistics"]["ThrottleCount"], values["ErrorStatistics"]["TotalCount"],
                         values["FaultStatistics"]["TotalCount"], values["OkCount"], values["TotalCount"], values["TotalResponseTime"]])
    frames[name] = rows

# getAnalytics: the four quarters of the range side by side, by the time of the event, at a fixed rate; without a query it first counts the
# traces of the group to find the rate.
count = sum((s.get("ServiceSummaryStatistics") or s["EdgeSummaryStatistics"])["TotalCount"]
            for s in pages("get_time_series_service_statistics", "TimeSeriesServiceStatistics", StartTime=FROM, EndTime=TO, GroupName="Default", Period=60))


def analytics(query, sampling):
    traces, quarter = [], (TO - FROM) // 4
    for i in range(4):
        token = None
        while token != "":
            page = client.get_trace_summaries(
                StartTime=FROM + quarter * i, EndTime=FROM + quarter * (i + 1), TimeRangeType="Event", Sampling=True,
                SamplingStrategy={"Name": "FixedRate", "Value": sampling}, **({"FilterExpression": query} if query else {}),
                **({"NextToken": token} if token else {}))
            traces += page["TraceSummaries"]
            token = page.get("NextToken", "")
    return traces


def key(service):
    return f"{service['Name']} ({service['Type']})"


counted = collections.defaultdict(collections.Counter)
found = analytics('service("shop-front")', 1.0)
for s in found:
    for cause in s["ResponseTimeRootCauses"]:
        counted["slow service"][key(cause["Services"][-1])] += 1
        counted["slow path"][" => ".join(key(service) + "".join(f" -> {path['Name']}" for path in service["EntityPath"][1:]) for service in cause["Services"])] += 1
    for kind in ("Error", "Fault"):
        for cause in s[f"{kind}RootCauses"]:
            counted[f"{kind} service"][key(cause["Services"][-1])] += 1
            counted[f"{kind} path"][" => ".join(
                key(service) + "".join(f" -> {e['Name']}" for path in service["EntityPath"] for e in path["Exceptions"]) for service in cause["Services"])] += 1
            messages = [e["Message"] for service in cause["Services"] for path in service["EntityPath"] for e in path["Exceptions"] if "Message" in e]
            counted[f"{kind} message"][messages[0] if messages else "-"] += 1
    counted["URL"][s["Http"].get("HttpURL", "-")] += 1
    counted["Status Code"][str(s["Http"].get("HttpStatus", "-"))] += 1
    for user in s["Users"]:
        counted["User"][user["UserName"]] += 1
frames["analytics"] = {"count": count, "traces": len(found), "sampled": len(analytics(None, min(10000 / count, 1))), **counted}
# Services that name no platform have a type too, an empty one.
frames["without type"] = sorted({key(service) for s in analytics('service("shop-pay") { fault }', 1.0) for kind in ("Fault", "Error", "ResponseTime")
                                 for cause in s[f"{kind}RootCauses"] for service in cause["Services"]})
frames["half"] = len(analytics('service("shop-front")', 0.5))

# getServiceMap, and the accounts of the map; getTrace with the trace's graph beside it.
frames["map"] = pages("get_service_graph", "Services", StartTime=FROM, EndTime=TO, GroupName="Default")
frames["trace"] = client.batch_get_traces(TraceIds=[trace])["Traces"]
frames["traceGraph"] = pages("get_trace_graph", "Services", TraceIds=[trace])

# getInsights: of every group one after another; "All" states are an empty list, not none.
client.create_group(GroupName="Pay-grafana", FilterExpression='service("shop-pay")', InsightsConfiguration={"InsightsEnabled": True})
rows = []
for states in ([], ["CLOSED"], ["ACTIVE"]):
    for group in pages("get_groups", "Groups"):
        for insight in client.get_insight_summaries(StartTime=pay, EndTime=pay + 90 * 60, States=states, GroupName=group["GroupName"])["InsightSummaries"]:
            rows.append([states, insight["InsightId"], insight["Summary"].split(".")[1].strip() if "EndTime" in insight else insight["Summary"], insight["State"],
                         insight["Categories"], key({"Type": "", **insight["RootCauseServiceId"]}), insight["TopAnomalousServices"][0]["ServiceId"]["Name"],
                         insight["GroupName"], insight["StartTime"].timestamp()])
frames["insights"] = rows
client.delete_group(GroupName="Pay-grafana")
print(json.dumps(frames, default=lambda value: value.timestamp()))
