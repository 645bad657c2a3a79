using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Graph;

/// <param name="IsCut">There are more received messages than the limit; these are the newest.</param>
internal sealed record FoundLinks(IReadOnlyList<EventLink> Links, bool IsCut);

/// <summary>A message from one service to another that is known by a link and not by a parent: received in another trace, or later.</summary>
/// <param name="Age">Seconds from the end of the sending to the start of the receiving.</param>
internal sealed record EventLink(ServiceKey From, ServiceKey To, long Start, long End, double Age, CallStatistics Received);

/// <summary>
/// Finds the senders of the messages that linked segments and spans received. Evaluated at query time: the newest links of the range,
/// and for each the entity that it names, at any time.
/// </summary>
internal sealed class EventLinks(ITelemetryReader reader)
{
    /// <summary>Maximum receivers of one graph; older ones are left out.</summary>
    public const int MostReceivers = 2000;

    private const int AtOnce = 250;
    private static readonly FieldExpr Links = new("links");

    private readonly record struct Receiver(ServiceKey Service, long Start, long End, CallStatistics Statistics, TraceId TraceId, SpanId SpanId);

    public async Task<FoundLinks> ReadAsync(CallScope scope, CancellationToken cancellationToken)
    {
        Expr where = new ExistsExpr(Links);
        // Most ranges have none, which is cheap to check; reading attributes is expensive.
        var any = new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("receivers", EntityRows.Call(Function.Count))],
            Where = where,
            Range = scope.Range,
            Environment = scope.Environment,
            Limit = 1,
        };
        if ((await reader.QueryAsync(any, cancellationToken)).First is not { } row || row.Long("receivers") == 0)
            return new FoundLinks([], false);
        var received = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select =
                [
                    .. ServiceColumns, new Selection("links", Links), new Selection("start", EntityRows.Start), new Selection("end", EntityRows.End),
                    new Selection("open", EntityRows.IsOpen), new Selection("throttle", EntityRows.Throttle), new Selection("fault", EntityRows.Fault),
                    new Selection("error", EntityRows.Error),
                ],
                Where = scope.Traces is { } traces ? where & traces : where,
                Range = scope.Range,
                Environment = scope.Environment,
                OrderBy = [new Ordering(new FieldExpr("start"), Descending: true)],
                Limit = MostReceivers,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        var receivers = received.Page(out var more).SelectMany(Of).ToList();
        var found = new List<EventLink>();
        foreach (var chunk in receivers.Chunk(AtOnce))
        {
            var senders = await SendersAsync(chunk, scope.Environment, cancellationToken);
            foreach (var receiver in chunk)
            {
                if (senders.TryGetValue((receiver.TraceId, receiver.SpanId), out var sender) && sender.Service != receiver.Service)
                    found.Add(new EventLink(sender.Service, receiver.Service, receiver.Start, receiver.End, Math.Max(0, (receiver.Start - sender.End) / 1e9), receiver.Statistics));
            }
        }
        return new FoundLinks(found, more);
    }

    /// <summary>For completely read traces: links between them and within them.</summary>
    public static IReadOnlyList<EventLink> Between(IReadOnlyList<Trace> traces)
    {
        var senders = new Dictionary<(TraceId, SpanId), (ServiceKey Service, long End)>();
        foreach (var trace in traces)
        {
            var inferred = trace.Inferred.Select(s => s.ParentId).ToHashSet();
            foreach (var entity in trace.Entities)
            {
                var target = entity.Target;
                senders.TryAdd(
                    (trace.Id, entity.Id),
                    (inferred.Contains(entity.Id) ? new ServiceKey(target.Name, target.Type, null) : TraceMap.KeyOf(entity.Top), entity.End ?? entity.Start));
            }
        }
        var found = new List<EventLink>();
        foreach (var entity in traces.SelectMany(trace => trace.Entities))
        {
            foreach (var link in entity.Links)
            {
                if (link.SpanId is not { } id || !senders.TryGetValue((link.TraceId, id), out var sender) || TraceMap.KeyOf(entity.Top) is var to && to == sender.Service)
                    continue;
                var statistics = new CallStatistics();
                statistics.Add(entity);
                found.Add(new EventLink(
                    sender.Service, TraceMap.KeyOf(entity.Top), entity.Start, entity.End ?? entity.Start, Math.Max(0, (entity.Start - sender.End) / 1e9), statistics));
            }
        }
        return found;
    }

    private static IReadOnlyList<Selection> ServiceColumns =>
    [
        new("service", EntityRows.Service), new("type", EntityRows.If(EntityRows.IsSegment, EntityRows.Origin, EntityRows.SegmentOrigin)),
        new("account", EntityRows.If(EntityRows.IsSegment, EntityRows.Account, new ConstExpr(""))),
    ];

    private static ServiceKey Service(ResultRow row) => new(row.Text("service"), row.TextOrNull("type"), row.TextOrNull("account"));

    private static IEnumerable<Receiver> Of(ResultRow row)
    {
        var (start, end) = (row.Long("start"), row.Long("end"));
        var statistics = new CallStatistics();
        if (!row.Bool("open"))
            statistics.Add(row.Bool("throttle"), row.Bool("fault"), row.Bool("error"), end - start);
        foreach (var link in LinkColumn.Read(row.Text("links")))
            yield return new Receiver(Service(row), start, end, statistics, link.TraceId, link.SpanId!.Value);
    }

    /// <summary>By the kind of entity: a call without an answering segment went to its target, a queue or a topic; everything else belongs to the service.</summary>
    private async Task<Dictionary<(TraceId, SpanId), (ServiceKey Service, long End)>> SendersAsync(
        Receiver[] receivers, string? environment, CancellationToken cancellationToken)
    {
        var traces = new InExpr(EntityRows.TraceId, [.. receivers.Select(r => r.TraceId).Distinct().Select(id => (object)id.ToBytes())]);
        var called = new InQueryExpr(EntityRows.Key, new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("key", EntityRows.ParentKey)],
            Where = traces & EntityRows.IsSegment & EntityRows.HasParent,
            Environment = environment,
            Limit = int.MaxValue,
        });
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select =
                [
                    .. ServiceColumns, new Selection("trace_id", EntityRows.TraceId), new Selection("span_id", EntityRows.SpanId), new Selection("end", EntityRows.End),
                    new Selection("inferred", EntityRows.IsCall & !EntityRows.IsOpen & !called), new Selection("target", CallTarget.RowName),
                    new Selection("target_type", CallTarget.RowType),
                ],
                Where = traces & new InExpr(EntityRows.SpanId, [.. receivers.Select(r => r.SpanId).Distinct().Select(id => (object)id.ToBytes())]),
                Environment = environment,
                OrderBy = [new Ordering(new FieldExpr("in_progress"))],
                Limit = MostReceivers * 10,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        var senders = new Dictionary<(TraceId, SpanId), (ServiceKey, long)>();
        foreach (var row in result.All("senders of messages"))
        {
            var service = row.Bool("inferred") ? new ServiceKey(row.Text("target"), row.TextOrNull("target_type"), null) : Service(row);
            senders.TryAdd((row.TraceId("trace_id"), row.SpanId("span_id")), (service, row.Long("end")));
        }
        return senders;
    }
}
