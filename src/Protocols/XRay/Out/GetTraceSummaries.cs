using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Search;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Filter;

namespace Weir.Protocols.XRay.Out;

/// <summary>
/// <c>POST /TraceSummaries</c>: traces of a time range that match a filter expression, newest first, page by page. A page may be empty
/// and yet name a next one.
/// </summary>
internal sealed class GetTraceSummaries(XRayOptions options, MatchingTraces traces, IIngestPosition? written = null)
{
    public async ValueTask<AwsReply> InvokeAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Range(request, out var range) is { } badRange)
            return badRange;
        if (Type(request, out var type) is { } badType)
            return badType;
        if (Sampling(request, type, out var share) is { } badSampling)
            return badSampling;
        var filter = FilterParser.Parse(request.Text("FilterExpression"), out var syntax);
        if (syntax is not null)
            return XRayFaults.From(syntax);
        TraceCursor? cursor = null;
        if (request.Text("NextToken") is { Length: > 0 } token)
        {
            if (!TraceCursor.TryParse(token, out var start))
                return XRayFaults.Invalid($"Invalid token {token}");
            cursor = start;
        }
        var question = new TraceQuestion(range, type, filter, request.Caller.AccountId, request.Caller.Environment, share);
        if (written is not null)
            await written.WaitLoadedAsync(IIngestPosition.Patience, cancellationToken);
        var page = await traces.PageAsync(question, cursor, options.SummariesPerPage, cancellationToken);
        return AwsReply.Json(json =>
        {
            json.WriteStartArray("TraceSummaries");
            foreach (var (trace, map) in page.Traces)
                TraceSummaryWriter.Write(json, trace, map, type);
            json.WriteEndArray();
            json.WriteSeconds("ApproximateTime", page.Traces.Count > 0 ? page.Traces[0].Trace.Start / 1e9 : page.Next?.Time / 1e9 ?? range.From.UnixSeconds());
            json.WriteNumber("TracesProcessedCount", page.Looked);
            if (page.Next is { } next)
                json.WriteString("NextToken", next.ToString());
        });
    }

    public static AwsFault? Range(AwsRequest request, out TimeRange range)
    {
        range = default;
        if (!request.Has("StartTime"))
            return XRayFaults.Missing("startTime");
        if (!request.Has("EndTime"))
            return XRayFaults.Missing("endTime");
        if (request.Time("StartTime") is not { } from || request.Time("EndTime") is not { } to)
            return AwsFault.Serialization("StartTime and EndTime are seconds since 1970");
        range = new TimeRange(from, to);
        return to < from ? XRayFaults.Invalid("End time cannot be earlier than start time") : null;
    }

    private static AwsFault? Type(AwsRequest request, out TimeRangeType type)
    {
        type = TimeRangeType.TraceId;
        return request.Text("TimeRangeType") is not { } text || Enum.TryParse(text, out type) && Enum.IsDefined(type)
            ? null
            : XRayFaults.Validation("1 validation error detected: Value at 'timeRangeType' failed to satisfy constraint: Member must satisfy enum value set: [TraceId, Event, Service]");
    }

    /// <summary>A FixedRate is applied; a PartialScan reads all traces.</summary>
    private static AwsFault? Sampling(AwsRequest request, TimeRangeType type, out double share)
    {
        share = 1;
        if (!request.Flag("Sampling") || request.Members.ObjectOf("SamplingStrategy") is not { } strategy)
            return null;
        if (strategy.TextOf("Name") != "FixedRate")
            return null;
        if (strategy.NumberOf("Value") is not (>= 0 and <= 1 and var value))
            return XRayFaults.Invalid("FixedRate needs a value from 0 to 1");
        share = value;
        return type == TimeRangeType.Event ? null : XRayFaults.Invalid($"Cannot use FixedRate with input time range type: {type}");
    }
}
