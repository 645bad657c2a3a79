using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Model;
using Weir.Features.Logs;
using Weir.Protocols.Aws;
using Weir.Protocols.CloudWatchLogs.FilterPattern;
using Weir.Protocols.CloudWatchLogs.Groups;
using Weir.Protocols.CloudWatchLogs.In;
using Weir.Protocols.CloudWatchLogs.Out;
using static Weir.Protocols.Aws.Member;

namespace Weir.Protocols.CloudWatchLogs;

/// <summary>The table of operations: what serves each, and the constraints of its members.</summary>
internal static class CloudWatchLogsService
{
    private static readonly FlagShape Flag = new();
    private static readonly LongShape Time = new(0);
    private static readonly LongShape EventLimit = new(1, StoredLineReader.MaxEvents);
    private static readonly LongShape ListLimit = new(1, 50);
    private static readonly TextMapShape TagMap = new(LogNames.TagKey, LogNames.TagValue, LogGroupTagOperations.MaxTags, 1);
    private static readonly ListShape TagKeys = new(LogNames.TagKey, LogGroupTagOperations.MaxTags);
    private static readonly Member Group = Must("logGroupName", LogNames.LogGroupName);
    private static readonly Member Stream = Must("logStreamName", LogNames.LogStreamName);
    private static readonly Member StreamPrefix = May("logStreamNamePrefix", LogNames.LogStreamName);
    private static readonly Member Resource = Must("resourceArn", new TextShape(1, 1011));
    private static readonly Member NextToken = May("nextToken", new TextShape(1, 4096));
    private static readonly Member[] EitherGroup = [May("logGroupName", LogNames.LogGroupName), May("logGroupIdentifier", LogNames.LogGroupIdentifier)];
    private static readonly Member[] Range = [May("startTime", Time), May("endTime", Time)];

    public static AwsService Of(IServiceProvider services)
    {
        var groups = services.GetRequiredService<LogGroupOperations>();
        var streams = services.GetRequiredService<StreamOperations>();
        var tags = services.GetRequiredService<LogGroupTagOperations>();
        return new AwsService(
            "logs",
            AwsProtocol.Json11,
            new("PutLogEvents", services.GetRequiredService<PutLogEvents>().Put) { Brings = Signal.Logs },
            new("GetLogEvents", services.GetRequiredService<GetLogEvents>().Get,
                [.. EitherGroup, Stream, .. Range, NextToken, May("limit", EventLimit), May("startFromHead", Flag)]),
            new("FilterLogEvents", services.GetRequiredService<FilterLogEvents>().Filter,
                [.. EitherGroup, May("logStreamNames", new ListShape(LogNames.LogStreamName, 100, 1)), StreamPrefix, .. Range,
                    May("filterPattern", LogNames.FilterPattern), NextToken, May("limit", EventLimit), May("startFromHead", Flag)]),
            new("TestMetricFilter", TestMetricFilter.Test, Must("filterPattern", LogNames.FilterPattern), Must("logEventMessages", new ListShape(new TextShape(1), 50, 1))),
            // The operation refuses a name that is too long, with another message.
            new("CreateLogGroup", groups.CreateLogGroup,
                Must("logGroupName", LogNames.LogGroupName with { Max = int.MaxValue }), May("logGroupClass", LogNames.LogGroupClass), May("kmsKeyId", new TextShape(0, 256)),
                May("deletionProtectionEnabled", Flag), May("tags", TagMap)),
            new("DeleteLogGroup", groups.DeleteLogGroup, Group),
            new("DescribeLogGroups", groups.DescribeLogGroups,
                May("logGroupNamePrefix", LogNames.LogGroupName), May("logGroupNamePattern", LogNames.LogGroupNamePattern),
                May("logGroupIdentifiers", new ListShape(LogNames.LogGroupIdentifier, 50, 1)), May("logGroupClass", LogNames.LogGroupClass), May("limit", ListLimit), NextToken),
            new("PutRetentionPolicy", groups.PutRetentionPolicy,
                Group, Must("retentionInDays", new LongShape(OneOf: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]))),
            new("DeleteRetentionPolicy", groups.DeleteRetentionPolicy, Group),
            new("PutLogGroupDeletionProtection", groups.PutLogGroupDeletionProtection,
                Must("logGroupIdentifier", LogNames.LogGroupIdentifier), Must("deletionProtectionEnabled", Flag)),
            new("CreateLogStream", streams.CreateLogStream, Group, Stream),
            new("DeleteLogStream", streams.DeleteLogStream, Group, Stream),
            new("DescribeLogStreams", streams.DescribeLogStreams,
                [.. EitherGroup, StreamPrefix, May("orderBy", new TextShape(OneOf: ["LogStreamName", "LastEventTime"])), May("descending", Flag), May("limit", ListLimit), NextToken]),
            new("TagResource", tags.TagResource, Resource, Must("tags", TagMap)),
            new("UntagResource", tags.UntagResource, Resource, Must("tagKeys", TagKeys)),
            new("ListTagsForResource", tags.ListTagsForResource, Resource),
            new("TagLogGroup", tags.TagLogGroup, Group, Must("tags", TagMap)),
            new("UntagLogGroup", tags.UntagLogGroup, Group, Must("tags", TagKeys)),
            new("ListTagsLogGroup", tags.ListTagsLogGroup, Group))
        {
            Target = "Logs_20140328",
            ValidationType = CloudWatchLogsFaults.InvalidParameterException,
            Words = CloudWatchLogsFaults.From,
            Counted = WireProtocol.CloudWatchLogs,
        };
    }
}
