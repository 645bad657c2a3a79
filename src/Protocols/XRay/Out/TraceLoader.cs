using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.XRay.Out;

/// <summary>Reads traces by id from the store and puts them together.</summary>
internal sealed class TraceLoader(ITelemetryReader reader)
{
    private const int MaxRows = 200_000;
    private const int MaxSpans = 20_000;
    private const int TracesAtOnce = 250;

    /// <summary>The traces that exist, in the order of the ids.</summary>
    /// <param name="range">Where their segments start, if it is known: it makes the look-up cheaper.</param>
    public async Task<IReadOnlyList<Trace>> LoadAsync(
        IReadOnlyList<TraceId> ids, string environment, TimeRange? range, CancellationToken cancellationToken)
    {
        var traces = new List<Trace>(ids.Count);
        foreach (var chunk in ids.Chunk(TracesAtOnce))
            traces.AddRange(await LoadChunkAsync(chunk, environment, range, cancellationToken));
        return traces;
    }

    /// <summary>Also traces that came as OpenTelemetry spans, in X-Ray's form.</summary>
    public async Task<IReadOnlyList<Trace>> LoadAnyAsync(IReadOnlyList<TraceId> ids, string environment, CancellationToken cancellationToken)
    {
        var traces = (await LoadAsync(ids, environment, range: null, cancellationToken)).ToDictionary(trace => trace.Id);
        var missing = ids.Where(id => !traces.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            var query = Query(missing, environment, null, SpanDocuments.Columns) with { Limit = MaxSpans };
            var rows = (await reader.QueryAsync(query, cancellationToken)).Rows.ToLookup(row => row.TraceId("trace_id"));
            foreach (var id in missing)
            {
                if (Assemble(id, rows[id], SpanDocuments.Of) is { } trace)
                    traces[id] = trace;
            }
        }
        return [.. ids.Where(traces.ContainsKey).Select(id => traces[id])];
    }

    private static TelemetryQuery Query(IReadOnlyList<TraceId> ids, string environment, TimeRange? range, IReadOnlyList<string> columns) => new()
    {
        Signal = Signal.Spans,
        Select = [.. columns.Select(column => new Selection(column, new FieldExpr(column)))],
        Where = new InExpr(new FieldExpr("trace_id"), [.. ids.Select(id => (object)id.ToBytes())]),
        Range = range,
        Environment = environment,
        Limit = MaxRows,
        Budget = QueryBudget.Long,
    };

    private async Task<IEnumerable<Trace>> LoadChunkAsync(
        TraceId[] ids, string environment, TimeRange? range, CancellationToken cancellationToken)
    {
        var query = Query(ids, environment, range, ["trace_id", "document", "received_at", "in_progress"]);
        query = query with
        {
            Where = query.Where! & new ExistsExpr(new FieldExpr("document")),
            OrderBy = [new Ordering(new FieldExpr("in_progress")), new Ordering(new FieldExpr("received_at"))],
        };
        var result = await reader.QueryAsync(query, cancellationToken);
        var rows = result.Rows.ToLookup(row => row.TraceId("trace_id"));
        return ids.Distinct().Select(id => Assemble(id, rows[id], row => row.Text("document"))).OfType<Trace>();
    }

    private static Trace? Assemble(TraceId id, IEnumerable<ResultRow> rows, Func<ResultRow, string> document)
    {
        var entities = new List<TraceEntity>();
        var arrivals = new HashSet<long>();
        foreach (var row in rows)
        {
            arrivals.Add(row.UnixNanoseconds("received_at"));
            try
            {
                if (EntityReader.Read(document(row)) is { } entity)
                    entities.Add(entity);
            }
            catch (JsonException)
            {
                // A document that was checked when it came in can't be read: the rest of the trace still can.
            }
        }
        return entities.Count == 0 ? null : Trace.Assemble(id, entities, arrivals.Count, arrivals.Max());
    }
}
