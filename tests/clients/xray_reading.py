"""boto3 asks for what a shop's traces say: pages by its own paginators, errors by its own exceptions. Prints what it parsed."""
import json, os, time
import boto3
from botocore.exceptions import ClientError

client = boto3.client("xray", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
begin, pay, trace, broken = int(os.environ["SHOP_BEGIN"]), int(os.environ["SHOP_PAY"]), os.environ["SHOP_TRACE"], os.environ["SHOP_BROKEN"]
range_ = {"StartTime": begin - 10, "EndTime": begin + 300}
said, errors = {}, {}


def pages(operation, member, **arguments):
    found = list(client.get_paginator(operation).paginate(**arguments))
    return {"pages": len(found), "items": [item for page in found for item in page[member]]}


def refused(name, operation, **arguments):
    try:
        getattr(client, operation)(**arguments)
        errors[name] = {"code": None}
    except ClientError as error:
        errors[name] = {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"],
                        "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}


said["summaries"] = pages("get_trace_summaries", "TraceSummaries", **range_, FilterExpression='service("shop-front")')
said["faults"] = pages("get_trace_summaries", "TraceSummaries", **range_, FilterExpression='service("shop-front") { fault }')
said["group"] = client.create_group(GroupName="Shop-boto", FilterExpression='service("shop-front")')["Group"]
said["groups"] = pages("get_groups", "Groups")
said["graph"] = pages("get_service_graph", "Services", **range_)
said["groupGraph"] = pages("get_service_graph", "Services", **range_, GroupName="Shop-boto")
said["traceGraph"] = pages("get_trace_graph", "Services", TraceIds=[broken])
said["traces"] = pages("batch_get_traces", "Traces", TraceIds=[trace, broken])
said["series"] = pages("get_time_series_service_statistics", "TimeSeriesServiceStatistics", **range_, EntitySelectorExpression='service("shop-front")', Period=60)
said["edgeSeries"] = pages("get_time_series_service_statistics", "TimeSeriesServiceStatistics", **range_,
                           EntitySelectorExpression='edge("shop-front", "shop-back")', Period=60)
client.create_group(GroupName="Pay-boto", FilterExpression='service("shop-pay")', InsightsConfiguration={"InsightsEnabled": True})
found = client.get_insight_summaries(StartTime=pay, EndTime=pay + 90 * 60, GroupName="Pay-boto")["InsightSummaries"]
said["insights"] = {"pages": 1, "items": found}
if found:
    id_ = found[0]["InsightId"]
    said["insight"] = client.get_insight(InsightId=id_)["Insight"]
    said["insightEvents"] = client.get_insight_events(InsightId=id_)["InsightEvents"]
    said["insightGraph"] = client.get_insight_impact_graph(InsightId=id_, StartTime=pay + 60 * 60, EndTime=pay + 90 * 60)["Services"]

client.create_sampling_rule(SamplingRule={
    "RuleName": "Reading-boto", "ResourceARN": "*", "Priority": 77, "FixedRate": 0.25, "ReservoirSize": 10, "ServiceName": "shop-*", "ServiceType": "*",
    "Host": "*", "HTTPMethod": "*", "URLPath": "/orders/*", "Version": 1, "Attributes": {"tier": "gold"}})
said["rules"] = pages("get_sampling_rules", "SamplingRuleRecords")
said["targets"] = client.get_sampling_targets(SamplingStatisticsDocuments=[
    {"RuleName": name, "ClientID": "b0b0b0b0b0b0b0b0b0b0b0b0", "Timestamp": time.time(), "RequestCount": 40, "SampledCount": 12, "BorrowCount": 2}
    for name in ("Reading-boto", "Nobody")])
client.delete_sampling_rule(RuleName="Reading-boto")

refused("six ids", "batch_get_traces", TraceIds=[trace] * 6)
refused("no trace id", "batch_get_traces", TraceIds=["nonsense"])
refused("filter", "get_trace_summaries", **range_, FilterExpression='service("x"')
refused("keyword", "get_trace_summaries", **range_, FilterExpression='responsecode("404")')
refused("backwards", "get_trace_summaries", StartTime=begin, EndTime=begin - 1)
refused("token", "get_trace_summaries", **range_, NextToken="foreign")
refused("period", "get_time_series_service_statistics", **range_, Period=61)
refused("no group", "get_service_graph", **range_, GroupName="Nobody")
refused("same group", "create_group", GroupName="Shop-boto")
refused("long group", "create_group", GroupName="x" * 33)
refused("default rule", "delete_sampling_rule", RuleName="Default")
refused("no arn", "tag_resource", ResourceARN="arn:aws:xray:us-east-1:000000000000:group/Nobody/X", Tags=[{"Key": "a", "Value": "b"}])
refused("no insight", "get_insight", InsightId="00000000-0000-1000-8000-000000000000")
client.delete_group(GroupName="Shop-boto")
client.delete_group(GroupName="Pay-boto")
print(json.dumps({"said": said, "errors": errors}, default=lambda value: value.timestamp()))
