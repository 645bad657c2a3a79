using System.Collections.Frozen;

namespace Weir.Protocols.XRay.Model;

/// <summary>The inputs of all operations of the API (2016-04-12, 38 operations) with their constraints, by path.</summary>
internal static class OperationInputs
{
    private static readonly TextShape Any = new();
    private static readonly TimeShape Time = new();
    private static readonly FlagShape Flag = new();
    private static readonly NumberShape Count = new(Whole: true, Min: 0);
    private static readonly NumberShape Number = new();
    private static readonly TextShape GroupName = new(1, 32);
    private static readonly TextShape GroupArn = new(1, 400);
    private static readonly TextShape RuleName = new(1, 32);
    private static readonly TextShape ShortToken = new(1, 100);
    private static readonly TextShape TraceId = new(1, 35);
    private static readonly TextShape ResourceArn = new(1, 1011);
    private static readonly TextShape RetrievalToken = new(0, 1020);
    private static readonly TextShape PolicyName = new(1, 128, @"[\w+=,.@-]+", static text => text.All(static c => char.IsLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal)));
    private static readonly TextShape InsightId = new(
        0, int.MaxValue, "[0-9a-fA-F]{8}\\-[0-9a-fA-F]{4}\\-[1-5][0-9a-fA-F]{3}\\-[89abAB][0-9a-fA-F]{3}\\-[0-9a-fA-F]{12}", IsInsightId);

    private static readonly ListShape Tags = new(new ObjectShape(Must("Key", new TextShape(1, 128)), Must("Value", new TextShape(0, 256))), 200);
    private static readonly ObjectShape Insights = new(May("InsightsEnabled", Flag), May("NotificationsEnabled", Flag));
    private static readonly ObjectShape Boost = new(Must("MaxRate", new NumberShape(Min: 0, Max: 1)), Must("CooldownWindowMinutes", Count));
    private static readonly TextMapShape Attributes = new(5, new TextShape(1, 32));
    private static readonly Member NextToken = May("NextToken", Any);
    private static readonly Member[] Group = [May("GroupName", GroupName), May("GroupARN", GroupArn)];
    private static readonly Member[] Range = [Must("StartTime", Time), Must("EndTime", Time)];

    private static readonly ObjectShape SamplingRule = new(
        May("RuleName", RuleName), May("RuleARN", Any), Must("ResourceARN", new TextShape(0, 500)),
        Must("Priority", new NumberShape(Whole: true, 1, 9999)), Must("FixedRate", new NumberShape(Min: 0, Max: 1)),
        Must("ReservoirSize", Count), Must("ServiceName", new TextShape(0, 64)), Must("ServiceType", new TextShape(0, 64)),
        Must("Host", new TextShape(0, 64)), Must("HTTPMethod", new TextShape(0, 10)), Must("URLPath", new TextShape(0, 128)),
        Must("Version", new NumberShape(Whole: true, 1)), May("Attributes", Attributes), May("SamplingRateBoost", Boost));

    private static readonly ObjectShape SamplingRuleUpdate = new(
        May("RuleName", RuleName), May("RuleARN", Any), May("ResourceARN", new TextShape(0, 500)), May("Priority", new NumberShape(Whole: true)),
        May("FixedRate", Number), May("ReservoirSize", new NumberShape(Whole: true)), May("Host", new TextShape(0, 64)),
        May("ServiceName", new TextShape(0, 64)), May("ServiceType", new TextShape(0, 64)), May("HTTPMethod", new TextShape(0, 10)),
        May("URLPath", new TextShape(0, 128)), May("Attributes", Attributes), May("SamplingRateBoost", Boost));

    private static readonly ObjectShape TelemetryRecord = new(
        Must("Timestamp", Time), May("SegmentsReceivedCount", Number), May("SegmentsSentCount", Number), May("SegmentsSpilloverCount", Number),
        May("SegmentsRejectedCount", Number), May("BackendConnectionErrors", new ObjectShape()));

    // What SDKs report is checked document by document: one that is off must not hide the others of its process.
    private static readonly ObjectShape Statistics = new();

    public static FrozenDictionary<string, ObjectShape> ByPath { get; } = new Dictionary<string, ObjectShape>(StringComparer.Ordinal)
    {
        ["/TraceSegments"] = new(Must("TraceSegmentDocuments", new ListShape(Any))),
        ["/TelemetryRecords"] = new(
            Must("TelemetryRecords", new ListShape(TelemetryRecord)), May("EC2InstanceId", new TextShape(0, 20)), May("Hostname", new TextShape(0, 255)),
            May("ResourceARN", new TextShape(0, 500))),
        ["/Traces"] = new(Must("TraceIds", new ListShape(TraceId)), NextToken),
        ["/TraceSummaries"] = new(
            [.. Range, May("TimeRangeType", new TextShape(OneOf: ["TraceId", "Event", "Service"])), May("Sampling", Flag),
                May("SamplingStrategy", new ObjectShape(May("Name", new TextShape(OneOf: ["PartialScan", "FixedRate"])), May("Value", Number))),
                May("FilterExpression", Any), NextToken]),
        ["/ServiceGraph"] = new([.. Range, .. Group, NextToken]),
        ["/TraceGraph"] = new(Must("TraceIds", new ListShape(TraceId)), NextToken),
        ["/TimeSeriesServiceStatistics"] = new(
            [.. Range, .. Group, May("EntitySelectorExpression", new TextShape(1, 500)), May("Period", new NumberShape(Whole: true)),
                May("ForecastStatistics", Flag), NextToken]),
        ["/CreateGroup"] = new(Must("GroupName", GroupName), May("FilterExpression", Any), May("InsightsConfiguration", Insights), May("Tags", Tags)),
        ["/UpdateGroup"] = new([.. Group, May("FilterExpression", Any), May("InsightsConfiguration", Insights)]),
        ["/GetGroup"] = new(Group),
        ["/DeleteGroup"] = new(Group),
        ["/Groups"] = new(May("NextToken", ShortToken)),
        ["/CreateSamplingRule"] = new(Must("SamplingRule", SamplingRule), May("Tags", Tags)),
        ["/UpdateSamplingRule"] = new(Must("SamplingRuleUpdate", SamplingRuleUpdate)),
        ["/DeleteSamplingRule"] = new(May("RuleName", Any), May("RuleARN", Any)),
        ["/GetSamplingRules"] = new(NextToken),
        ["/SamplingTargets"] = new(
            Must("SamplingStatisticsDocuments", new ListShape(Statistics, 25)), May("SamplingBoostStatisticsDocuments", new ListShape(Statistics, 25))),
        ["/SamplingStatisticSummaries"] = new(NextToken),
        ["/InsightSummaries"] = new(
            [.. Range, .. Group, May("States", new ListShape(new TextShape(OneOf: ["ACTIVE", "CLOSED"]), 1)),
                May("MaxResults", new NumberShape(Whole: true, 1, 100)), May("NextToken", ShortToken)]),
        ["/Insight"] = new(Must("InsightId", InsightId)),
        ["/InsightEvents"] = new(Must("InsightId", InsightId), May("MaxResults", new NumberShape(Whole: true, 1, 50)), May("NextToken", ShortToken)),
        ["/InsightImpactGraph"] = new([Must("InsightId", InsightId), .. Range, May("NextToken", ShortToken)]),
        ["/EncryptionConfig"] = new(),
        ["/PutEncryptionConfig"] = new(May("KeyId", new TextShape(1, 3000)), Must("Type", new TextShape(OneOf: ["NONE", "KMS"]))),
        ["/TagResource"] = new(Must("ResourceARN", ResourceArn), Must("Tags", Tags)),
        ["/UntagResource"] = new(Must("ResourceARN", ResourceArn), Must("TagKeys", new ListShape(new TextShape(1, 128), 200))),
        ["/ListTagsForResource"] = new(Must("ResourceARN", ResourceArn), NextToken),
        ["/PutResourcePolicy"] = new(
            Must("PolicyName", PolicyName), Must("PolicyDocument", Any), May("PolicyRevisionId", Any), May("BypassPolicyLockoutCheck", Flag)),
        ["/DeleteResourcePolicy"] = new(Must("PolicyName", PolicyName), May("PolicyRevisionId", Any)),
        ["/ListResourcePolicies"] = new(May("NextToken", ShortToken)),
        ["/StartTraceRetrieval"] = new([Must("TraceIds", new ListShape(TraceId, 100)), .. Range]),
        ["/ListRetrievedTraces"] = new(
            Must("RetrievalToken", RetrievalToken), May("TraceFormat", new TextShape(OneOf: ["XRAY", "OTEL"])), NextToken),
        ["/GetRetrievedTracesGraph"] = new(Must("RetrievalToken", RetrievalToken), NextToken),
        ["/CancelTraceRetrieval"] = new(Must("RetrievalToken", RetrievalToken)),
        ["/GetIndexingRules"] = new(NextToken),
        ["/UpdateIndexingRule"] = new(
            Must("Name", Any), Must("Rule", new ObjectShape(May("Probabilistic", new ObjectShape(Must("DesiredSamplingPercentage", Number)))))),
        ["/GetTraceSegmentDestination"] = new(),
        ["/UpdateTraceSegmentDestination"] = new(May("Destination", new TextShape(OneOf: ["XRay", "CloudWatchLogs"]))),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static Member Must(string name, Shape shape) => new(name, shape, Required: true);

    private static Member May(string name, Shape shape) => new(name, shape);

    /// <summary>A UUID of version 1 to 5.</summary>
    private static bool IsInsightId(string text) =>
        Guid.TryParseExact(text, "D", out _) && text[14] is >= '1' and <= '5' && text[19] is '8' or '9' or 'a' or 'b' or 'A' or 'B';
}
