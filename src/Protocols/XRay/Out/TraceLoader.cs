using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.XRay.Out;

/// <summary>Reads traces by id from the store and puts them together.</summary>
internal sealed class TraceLoader(ITelemetryReader reader)
{
    private const int MaxRows = 200_000;
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

    private async Task<IEnumerable<Trace>> LoadChunkAsync(
        TraceId[] ids, string environment, TimeRange? range, CancellationToken cancellationToken)
    {
        var query = new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select =
            [
                new Selection("trace_id", new FieldExpr("trace_id")),
                new Selection("document", new FieldExpr("document")),
                new Selection("received_at", new FieldExpr("received_at")),
                new Selection("in_progress", new FieldExpr("in_progress")),
            ],
            Where = new InExpr(new FieldExpr("trace_id"), [.. ids.Select(id => (object)id.ToBytes())])
                & new ExistsExpr(new FieldExpr("document")),
            Range = range,
            Environment = environment,
            OrderBy = [new Ordering(new FieldExpr("in_progress")), new Ordering(new FieldExpr("received_at"))],
            Limit = MaxRows,
            Budget = QueryBudget.Long,
        };
        var result = await reader.QueryAsync(query, cancellationToken);
        var rows = result.Rows.ToLookup(row => row.TraceId("trace_id"));
        return ids.Distinct().Select(id => Assemble(id, rows[id])).OfType<Trace>();
    }

    private static Trace? Assemble(TraceId id, IEnumerable<ResultRow> rows)
    {
        var entities = new List<TraceEntity>();
        var arrivals = new HashSet<long>();
        foreach (var row in rows)
        {
            arrivals.Add(row.UnixNanoseconds("received_at"));
            try
            {
                if (EntityReader.Read(row.Text("document")) is { } entity)
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
