using Weir.Core.Query;
using Weir.Protocols.XRay.Filter;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.In;

namespace Weir.Protocols.XRay.Out;

/// <summary>
/// <c>POST /TraceSummaries</c>: traces of a time range that match a filter expression, newest first, page by page. A page may be empty
/// and yet name a next one.
/// </summary>
internal sealed class GetTraceSummaries(XRayOptions options, TraceSearch search, TraceLoader loader, GroupStore groups)
{
    private const int Batch = 250;

    public async ValueTask<XRayReply> InvokeAsync(XRayRequest request, CancellationToken cancellationToken)
    {
        if (Range(request, out var range) is { } badRange)
            return badRange;
        if (Type(request, out var type) is { } badType)
            return badType;
        if (Sampling(request, type) is { } badSampling)
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
        var page = await ReadAsync(request, range, type, filter, cursor, cancellationToken);
        return XRayReply.Ok(json =>
        {
            json.WriteStartArray("TraceSummaries");
            foreach (var (trace, map) in page.Traces)
                TraceSummaryWriter.Write(json, trace, map, type);
            json.WriteEndArray();
            json.WriteSeconds("ApproximateTime", page.Traces.Count > 0 ? page.Traces[0].Trace.Start / 1e9 : range.From.UnixSeconds());
            json.WriteNumber("TracesProcessedCount", page.Processed);
            if (page.Next is { } next)
                json.WriteString("NextToken", next.ToString());
        });
    }

    private sealed record Page(List<(Trace Trace, TraceMap Map)> Traces, int Processed, TraceCursor? Next);

    private async Task<Page> ReadAsync(
        XRayRequest request, TimeRange range, TimeRangeType type, FilterExpr? filter, TraceCursor? cursor, CancellationToken cancellationToken)
    {
        var evaluator = new FilterEvaluator(groups, request.Caller.AccountId);
        var found = new List<(Trace, TraceMap)>();
        var processed = 0;
        while (found.Count < options.SummariesPerPage && processed < options.TracesScannedPerPage)
        {
            var limit = filter is null ? options.SummariesPerPage - found.Count : Batch;
            var candidates = await search.FindAsync(range, type, filter, cursor, limit, request.Caller.Environment, cancellationToken);
            if (candidates.Count == 0)
                return new Page(found, processed, null);
            var traces = (await loader.LoadAsync([.. candidates.Select(c => c.Id)], request.Caller.Environment, null, cancellationToken))
                .ToDictionary(trace => trace.Id);
            foreach (var candidate in candidates)
            {
                cursor = new TraceCursor(candidate.Time, candidate.Id);
                processed++;
                if (!traces.TryGetValue(candidate.Id, out var trace))
                    continue;
                // Parts before the range were not seen by the search: such a trace began earlier.
                if (type == TimeRangeType.TraceId && trace.Start < range.From.UnixNanoseconds())
                    continue;
                var map = TraceMap.Of(trace);
                if (!evaluator.Matches(filter, trace, map))
                    continue;
                found.Add((trace, map));
                if (found.Count == options.SummariesPerPage)
                    break;
            }
            if (candidates.Count < limit && found.Count < options.SummariesPerPage)
                return new Page(found, processed, null);
        }
        return new Page(found, processed, cursor);
    }

    public static XRayFault? Range(XRayRequest request, out TimeRange range)
    {
        range = default;
        if (!request.Has("StartTime"))
            return XRayFaults.Missing("startTime");
        if (!request.Has("EndTime"))
            return XRayFaults.Missing("endTime");
        if (request.Time("StartTime") is not { } from || request.Time("EndTime") is not { } to)
            return XRayFaults.Unreadable("StartTime and EndTime are seconds since 1970");
        range = new TimeRange(from, to);
        return to < from ? XRayFaults.Invalid("End time cannot be earlier than start time") : null;
    }

    private static XRayFault? Type(XRayRequest request, out TimeRangeType type)
    {
        type = TimeRangeType.TraceId;
        return request.Text("TimeRangeType") is not { } text || Enum.TryParse(text, out type) && Enum.IsDefined(type)
            ? null
            : XRayFaults.Validation("1 validation error detected: Value at 'timeRangeType' failed to satisfy constraint: Member must satisfy enum value set: [TraceId, Event, Service]");
    }

    private static XRayFault? Sampling(XRayRequest request, TimeRangeType type)
    {
        if (!request.Flag("Sampling") || request.Members.ObjectOf("SamplingStrategy") is not { } strategy)
            return null;
        if (strategy.TextOf("Name") != "FixedRate")
            return null;
        if (strategy.NumberOf("Value") is not (>= 0 and <= 1))
            return XRayFaults.Invalid("FixedRate needs a value from 0 to 1");
        return type == TimeRangeType.Event ? null : XRayFaults.Invalid($"Cannot use FixedRate with input time range type: {type}");
    }
}
