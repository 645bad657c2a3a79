using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Story;

/// <summary><c>GET /api/story/{traceId}</c>: one request as one timeline.</summary>
public static class StoryApi
{
    public static void MapStoryApi(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/story/{traceId}", async (string traceId, ITelemetryReader reader, HttpContext context) =>
        {
            if (!TraceId.TryParse(traceId, out var id))
            {
                return Results.Problem(
                    $"'{traceId}' is no trace id: 32 hex digits, or 1-<8 hex>-<24 hex> as X-Ray writes it.", statusCode: StatusCodes.Status400BadRequest);
            }
            var story = await new StoryTeller(reader).TellAsync(id, context.RequestAborted);
            return story is null
                ? Results.Problem(
                    $"Nothing is stored under trace id {id.ToHex()}. If it was sent just now, it appears within a second.",
                    statusCode: StatusCodes.Status404NotFound)
                : Results.Json(story, StoryJson.Default.StoryAnswer);
        });
}
