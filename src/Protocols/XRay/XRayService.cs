using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Account;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.In;
using Weir.Protocols.XRay.Insights;
using Weir.Protocols.XRay.Out;
using Weir.Protocols.XRay.Retrieval;
using Weir.Protocols.XRay.Sampling;
using static Weir.Protocols.Aws.Member;

namespace Weir.Protocols.XRay;

/// <summary>The table of the API (2016-04-12, 38 operations): each with its path, what serves it, and the constraints of its members.</summary>
internal static class XRayService
{
    public const string SigningName = "xray";

    private static readonly TextShape Any = new();
    private static readonly TimeShape Time = new();
    private static readonly FlagShape Flag = new();
    private static readonly NumberShape Count = new(Whole: true, Min: 0);
    private static readonly NumberShape Number = new();
    private static readonly TextShape GroupName = new(1, 32);
    private static readonly TextShape GroupArn = new(1, 400);
    private static readonly TextShape RuleName = new(1, 32);
    private static readonly TextShape ShortToken = new(1, 100);
    private static readonly TextShape ResourceArn = new(1, 1011);
    private static readonly TextShape PolicyName = new(1, 128, @"[\w+=,.@-]+", static text => text.All(static c => char.IsLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal)));
    private static readonly TextShape InsightId = new(
        0, int.MaxValue, "[0-9a-fA-F]{8}\\-[0-9a-fA-F]{4}\\-[1-5][0-9a-fA-F]{3}\\-[89abAB][0-9a-fA-F]{3}\\-[0-9a-fA-F]{12}", IsInsightId);

    private static readonly ListShape TraceIds = new(new TextShape(1, 35));
    private static readonly ListShape Tags = new(new ObjectShape(Must("Key", new TextShape(1, 128)), Must("Value", new TextShape(0, 256))), 200);
    private static readonly ObjectShape Insights = new(May("InsightsEnabled", Flag), May("NotificationsEnabled", Flag));
    private static readonly ObjectShape Boost = new(Must("MaxRate", new NumberShape(Min: 0, Max: 1)), Must("CooldownWindowMinutes", Count));
    private static readonly TextMapShape Attributes = new(new TextShape(1, 32), new TextShape(1, 32), 5);
    private static readonly Member NextToken = May("NextToken", Any);
    private static readonly Member RetrievalToken = Must("RetrievalToken", new TextShape(0, 1020));
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

    // What SDKs report is checked document by document: one invalid document must not hide the others of its process.
    private static readonly ListShape Statistics = new(new ObjectShape(), 25);

    public static AwsService Of(IServiceProvider services)
    {
        var options = services.GetRequiredService<XRayOptions>();
        var aws = services.GetRequiredService<IOptions<AwsOptions>>().Value;
        var graphs = services.GetRequiredService<GraphOperations>();
        var insights = services.GetRequiredService<InsightOperations>();
        var groups = services.GetRequiredService<TraceGroupOperations>();
        var rules = services.GetRequiredService<SamplingRuleOperations>();
        var targets = services.GetRequiredService<SamplingTargetOperations>();
        var tags = services.GetRequiredService<ResourceTagOperations>();
        var encryption = services.GetRequiredService<EncryptionOperations>();
        var policies = services.GetRequiredService<ResourcePolicyOperations>();
        var retrieval = services.GetRequiredService<RetrievalOperations>();
        var search = services.GetRequiredService<TransactionSearchOperations>();
        return new AwsService(
            SigningName,
            AwsProtocol.RestJson,
            new("PutTraceSegments", "/TraceSegments", services.GetRequiredService<PutTraceSegments>().InvokeAsync, Must("TraceSegmentDocuments", new ListShape(Any))) { Brings = Signal.Spans },
            new("PutTelemetryRecords", "/TelemetryRecords", services.GetRequiredService<PutTelemetryRecords>().InvokeAsync, Must("TelemetryRecords", new ListShape(TelemetryRecord)),
                May("EC2InstanceId", new TextShape(0, 20)), May("Hostname", new TextShape(0, 255)), May("ResourceARN", new TextShape(0, 500))),
            new("BatchGetTraces", "/Traces", services.GetRequiredService<BatchGetTraces>().InvokeAsync, Must("TraceIds", TraceIds), NextToken),
            new("GetTraceSummaries", "/TraceSummaries", services.GetRequiredService<GetTraceSummaries>().InvokeAsync,
                [.. Range, May("TimeRangeType", new TextShape(OneOf: ["TraceId", "Event", "Service"])), May("Sampling", Flag),
                    May("SamplingStrategy", new ObjectShape(May("Name", new TextShape(OneOf: ["PartialScan", "FixedRate"])), May("Value", Number))),
                    May("FilterExpression", Any), NextToken]),
            new("GetServiceGraph", "/ServiceGraph", graphs.ServiceGraphAsync, [.. Range, .. Group, NextToken]),
            new("GetTraceGraph", "/TraceGraph", graphs.TraceGraphAsync, Must("TraceIds", TraceIds), NextToken),
            new("GetTimeSeriesServiceStatistics", "/TimeSeriesServiceStatistics", graphs.TimeSeriesAsync,
                [.. Range, .. Group, May("EntitySelectorExpression", new TextShape(1, 500)), May("Period", new NumberShape(Whole: true)),
                    May("ForecastStatistics", Flag), NextToken]),
            new("GetInsightSummaries", "/InsightSummaries", insights.SummariesAsync,
                [.. Range, .. Group, May("States", new ListShape(new TextShape(OneOf: ["ACTIVE", "CLOSED"]), 1)),
                    May("MaxResults", new NumberShape(Whole: true, 1, 100)), May("NextToken", ShortToken)]),
            new("GetInsight", "/Insight", insights.GetAsync, Must("InsightId", InsightId)),
            new("GetInsightEvents", "/InsightEvents", insights.EventsAsync, Must("InsightId", InsightId), May("MaxResults", new NumberShape(Whole: true, 1, 50)), May("NextToken", ShortToken)),
            new("GetInsightImpactGraph", "/InsightImpactGraph", insights.ImpactGraphAsync, [Must("InsightId", InsightId), .. Range, May("NextToken", ShortToken)]),
            new("CreateGroup", groups.CreateAsync, Must("GroupName", GroupName), May("FilterExpression", Any), May("InsightsConfiguration", Insights), May("Tags", Tags)),
            new("UpdateGroup", groups.UpdateAsync, [.. Group, May("FilterExpression", Any), May("InsightsConfiguration", Insights)]),
            new("GetGroup", groups.GetAsync, Group),
            new("DeleteGroup", groups.DeleteAsync, Group),
            new("GetGroups", "/Groups", groups.ListAsync, May("NextToken", ShortToken)),
            new("CreateSamplingRule", rules.CreateAsync, Must("SamplingRule", SamplingRule), May("Tags", Tags)),
            new("UpdateSamplingRule", rules.UpdateAsync, Must("SamplingRuleUpdate", SamplingRuleUpdate)),
            new("DeleteSamplingRule", rules.DeleteAsync, May("RuleName", Any), May("RuleARN", Any)),
            new("GetSamplingRules", rules.ListAsync, NextToken),
            new("GetSamplingTargets", "/SamplingTargets", targets.TargetsAsync, Must("SamplingStatisticsDocuments", Statistics), May("SamplingBoostStatisticsDocuments", Statistics)),
            new("GetSamplingStatisticSummaries", "/SamplingStatisticSummaries", targets.SummariesAsync, NextToken),
            new("TagResource", tags.TagAsync, Must("ResourceARN", ResourceArn), Must("Tags", Tags)),
            new("UntagResource", tags.UntagAsync, Must("ResourceARN", ResourceArn), Must("TagKeys", new ListShape(new TextShape(1, 128), 200))),
            new("ListTagsForResource", tags.ListAsync, Must("ResourceARN", ResourceArn), NextToken),
            new("GetEncryptionConfig", "/EncryptionConfig", encryption.GetAsync),
            new("PutEncryptionConfig", encryption.PutAsync, May("KeyId", new TextShape(1, 3000)), Must("Type", new TextShape(OneOf: ["NONE", "KMS"]))),
            new("PutResourcePolicy", policies.PutAsync, Must("PolicyName", PolicyName), Must("PolicyDocument", Any), May("PolicyRevisionId", Any), May("BypassPolicyLockoutCheck", Flag)),
            new("DeleteResourcePolicy", policies.DeleteAsync, Must("PolicyName", PolicyName), May("PolicyRevisionId", Any)),
            new("ListResourcePolicies", policies.ListAsync, May("NextToken", ShortToken)),
            new("StartTraceRetrieval", retrieval.StartAsync, [Must("TraceIds", TraceIds with { Max = 100 }), .. Range]),
            new("ListRetrievedTraces", retrieval.ListAsync, RetrievalToken, May("TraceFormat", new TextShape(OneOf: ["XRAY", "OTEL"])), NextToken),
            new("GetRetrievedTracesGraph", retrieval.GraphAsync, RetrievalToken, NextToken),
            new("CancelTraceRetrieval", retrieval.CancelAsync, RetrievalToken),
            new("GetIndexingRules", search.RulesAsync, NextToken),
            new("UpdateIndexingRule", search.UpdateRuleAsync, Must("Name", Any),
                Must("Rule", new ObjectShape(May("Probabilistic", new ObjectShape(Must("DesiredSamplingPercentage", Number)))))),
            new("GetTraceSegmentDestination", search.DestinationAsync),
            new("UpdateTraceSegmentDestination", search.UpdateDestinationAsync, May("Destination", new TextShape(OneOf: ["XRay", "CloudWatchLogs"]))))
        {
            Words = XRayFaults.From,
            Limits = new BodyLimits(options.MaxRequestBytes, options.MaxRequestBytes),
            RepairsText = true,
            Counted = WireProtocol.XRay,
            Unsigned = (context, operation) => ByDaemon(context, operation, options, aws),
        };
    }

    /// <summary>
    /// The daemon's port takes what comes, as the daemon does: SDKs ask it for sampling rules unsigned. With keys required that is all
    /// it takes unsigned.
    /// </summary>
    private static AwsCaller? ByDaemon(HttpContext context, string operation, XRayOptions options, AwsOptions aws)
    {
        if (context.Connection.LocalPort != options.TcpPort || context.Request.Headers.Authorization.Count > 0
            || (aws.FindKey is not null && operation is not ("GetSamplingRules" or "GetSamplingTargets")))
            return null;
        return new AwsCaller("", aws.AccountId, aws.Region, XRayRoom.DefaultEnvironment, aws.FindKey is null ? KeyKind.Manage : KeyKind.PostServerItem);
    }

    /// <summary>A UUID of version 1 to 5.</summary>
    private static bool IsInsightId(string text) =>
        Guid.TryParseExact(text, "D", out _) && text[14] is >= '1' and <= '5' && text[19] is '8' or '9' or 'a' or 'b' or 'A' or 'B';
}
