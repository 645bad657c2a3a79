using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Search;

/// <summary>Reads traces by id from the store and assembles them.</summary>
internal sealed class TraceLoader(ITelemetryReader reader, IEntityDocuments format)
{
    /// <summary>Maximum rows of one query; with more rows the traces are queried in halves. A single trace with more rows is read up to this limit, which is reported.</summary>
    internal static int MaxRows { get; set; } = 200_000;
    private const int TracesAtOnce = 250;

    /// <summary>The existing traces, in the order of the ids. OpenTelemetry spans are returned in X-Ray's form, also when they are only a part of a trace.</summary>
    public async Task<IReadOnlyList<Trace>> LoadAsync(IReadOnlyList<TraceId> ids, string? environment, CancellationToken cancellationToken)
    {
        var traces = new List<Trace>(ids.Count);
        foreach (var chunk in ids.Chunk(TracesAtOnce))
        {
            var cut = new HashSet<TraceId>();
            var documents = (await RowsAsync(
                chunk, environment, ["trace_id", "document", "received_at", "in_progress"], new ExistsExpr(new FieldExpr("document")), cut, cancellationToken))
                .ToLookup(row => row.TraceId("trace_id"));
            var spans = (await RowsAsync(chunk, environment, format.SpanColumns, EntityRows.OpenTelemetry, cut, cancellationToken))
                .ToLookup(row => row.TraceId("trace_id"));
            traces.AddRange(chunk.Distinct().Select(id => Assemble(id, documents[id], spans[id], cut.Contains(id))).OfType<Trace>());
        }
        return traces;
    }

    private async Task<IReadOnlyList<ResultRow>> RowsAsync(
        TraceId[] ids, string? environment, IReadOnlyList<string> columns, Expr condition, HashSet<TraceId> cut, CancellationToken cancellationToken)
    {
        var query = new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [.. columns.Select(column => new Selection(column, new FieldExpr(column)))],
            Where = new InExpr(EntityRows.TraceId, [.. ids.Select(id => (object)id.ToBytes())]) & condition,
            Environment = environment,
            OrderBy = [new Ordering(new FieldExpr("in_progress")), new Ordering(new FieldExpr("received_at"))],
            Limit = MaxRows,
            Budget = QueryBudget.Long,
        };
        var result = await reader.QueryAsync(query, cancellationToken);
        var rows = result.Page(out var more);
        if (!more)
            return rows;
        if (ids.Length > 1)
        {
            var half = ids.Length / 2;
            var first = await RowsAsync(ids[..half], environment, columns, condition, cut, cancellationToken);
            return [.. first, .. await RowsAsync(ids[half..], environment, columns, condition, cut, cancellationToken)];
        }
        cut.Add(ids[0]);
        return rows;
    }

    private Trace? Assemble(TraceId id, IEnumerable<ResultRow> documents, IEnumerable<ResultRow> spans, bool isCut)
    {
        var entities = new List<TraceEntity>();
        var arrivals = new HashSet<long>();
        var protocols = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (row, isSpan) in documents.Select(row => (row, false)).Concat(spans.Select(row => (row, true))))
        {
            protocols.Add(row.ColumnOrNull("protocol") as string ?? WireProtocol.XRay);
            arrivals.Add(row.UnixNanoseconds("received_at"));
            // When one can't be read, the rest of the trace still can.
            if ((isSpan ? format.ReadSpan(row) : format.ReadDocument(row.Text("document"))) is { } entity)
                entities.Add(entity);
        }
        if (entities.Count == 0)
            return null;
        var trace = Trace.Assemble(id, entities, arrivals.Count, arrivals.Max(), [.. protocols], arrivals);
        trace?.IsCut = isCut;
        return trace;
    }
}
