using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Requests;
using Weir.Protocols.Api.In;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api.Routes;

/// <summary><c>GET /api/story/{traceId}</c>, one request as one timeline, and the calls of an open story.</summary>
public static class StoryApi
{
    public static void MapStoryApi(this IEndpointRouteBuilder endpoints)
    {
        var story = endpoints.MapGroup("/api/story/{traceId}");
        story.MapGet("", async (string traceId, ITelemetryReader reader, CancellationToken stop) =>
        {
            var id = await TraceAsync(reader, traceId, stop);
            return Results.Json(
                await new StoryTeller(reader).TellAsync(id, stop) ?? throw new FaultException(ApiFaults.NotFound(
                    $"Nothing with the trace id {id.ToHex()} is stored. If it was sent just now, it appears within a second.")),
                StoryJson.Default.StoryAnswer);
        });
        story.MapGet("/spans/{spanId}", async (string traceId, string spanId, ITelemetryReader reader, CancellationToken stop) => Results.Json(
            await new StoryLookups(reader).SpanAsync(await TraceAsync(reader, traceId, stop), Span(spanId), stop), StoryJson.Default.StorySpanAnswer));
        story.MapGet("/values", async (string traceId, HttpRequest request, ITelemetryReader reader, TimeProvider time, CancellationToken stop) => Results.Json(
            await new StoryLookups(reader).ValuesAsync(await TraceAsync(reader, traceId, stop), Query(request, time).Required("column", "http.route"), stop),
            StoryJson.Default.StoryValues));
        story.MapGet("/find", async (string traceId, HttpRequest request, ITelemetryReader reader, TimeProvider time, CancellationToken stop) => Results.Json(
            await new StoryLookups(reader).FindAsync(await TraceAsync(reader, traceId, stop), Query(request, time).Required("text", "timeout"), stop),
            StoryJson.Default.StoryFound));
        endpoints.MapGet("/api/durations", async (HttpRequest request, ITelemetryReader reader, TimeProvider time, CancellationToken stop) =>
        {
            var query = Query(request, time);
            return Results.Json(
                await new Durations(reader).ReadAsync(
                    query.Required("service", "backend-flask"), query.Required("name", "mock-data"), query.Number("durationNs") ?? 0, query.Range(), stop),
                StoryJson.Default.DurationAnswer);
        });
    }

    private static QueryParameters Query(HttpRequest request, TimeProvider time) => new(request.Query, time);

    /// <summary>An id in a form that all signals share, or the text of a client of Honeycomb under which spans are stored.</summary>
    private static async Task<TraceId> TraceAsync(ITelemetryReader reader, string text, CancellationToken cancellationToken)
    {
        if (TraceId.TryParse(text, out var id))
            return id;
        id = ClientIds.Trace(Encoding.UTF8.GetBytes(text));
        if (!id.IsEmpty && (await reader.QueryAsync(StoryQueries.Spans(id) with { Limit = 1 }, cancellationToken)).First is not null)
            return id;
        throw new FaultException(ApiFaults.Invalid(
            $"'{text}' is not a trace id (32 hex digits, or X-Ray's form 1-<8 hex>-<24 hex>), and no event has it as its trace.trace_id."));
    }

    private static SpanId Span(string text) => SpanId.TryParse(text, out var id)
        ? id
        : throw new FaultException(ApiFaults.Invalid($"'{text}' is not a span id (16 hex digits)."));
}
