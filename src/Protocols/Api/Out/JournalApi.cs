using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api.Out;

/// <summary>
/// What of the acknowledged rows is not loaded: <c>/api/journal</c> lists it, <c>/api/journal/retry</c> and <c>/api/journal/drop</c> take
/// <c>{"names": ["…"]}</c>, the names of segments that were set aside. Bodies must be JSON by their content type, which a page of another
/// site can't send unasked.
/// </summary>
internal static class JournalApi
{
    public static void MapJournal(this IEndpointRouteBuilder api)
    {
        api.MapGet("/journal", (IngestPipeline pipeline) => TypedResults.Json(Read(pipeline), ApiJson.Answers.JournalStatus));
        api.MapPost("/journal/retry", (HttpRequest request, IngestPipeline pipeline) => EachAsync(request, pipeline, pipeline.Retry));
        api.MapPost("/journal/drop", (HttpRequest request, IngestPipeline pipeline) => EachAsync(request, pipeline, pipeline.Drop));
    }

    public static JournalStatus Read(IngestPipeline pipeline)
    {
        var (segments, reason) = pipeline.Waiting;
        var size = pipeline.SetAsideSize;
        return new JournalStatus(
            pipeline.JournalBytes,
            pipeline.JournalLimitBytes,
            pipeline.LoadTrouble,
            segments,
            reason.Length == 0 ? null : reason,
            pipeline.UnknownFiles,
            size.Bytes,
            size.LimitBytes,
            size.DeletedRows,
            [.. pipeline.SetAside.Select(segment => new JournalSetAside(
                segment.Name,
                segment.Bytes,
                IsoTime.Text(segment.At),
                [.. segment.Rows.Select(rows => new JournalRows(SignalTable.Name(rows.Signal), rows.Reason, rows.Rows, rows.Message))]))]);
    }

    /// <summary>A short text for users; null when nothing is set aside.</summary>
    public static string? Notice(IngestPipeline pipeline)
    {
        if (pipeline.SetAside is not { Count: > 0 } aside)
            return null;
        var size = pipeline.SetAsideSize;
        var deleted = size.DeletedRows == 0
            ? ""
            : $"; {size.DeletedRows} older rows were deleted since the start because --journal-refused-max-bytes ({size.LimitBytes} bytes) or {SetAsideFolder.MostSegments} segments were exceeded";
        var rows = aside.SelectMany(s => s.Rows).GroupBy(r => (r.Signal, r.Reason)).OrderBy(g => g.Key.Signal)
            .Select(g => $"{g.Sum(r => r.Rows)} of {SignalTable.Name(g.Key.Signal)} ({g.Key.Reason})");
        return $"rows are set aside because the engine refused them: {string.Join(", ", rows)}; weir journal list shows them, weir journal retry loads them again{deleted}";
    }

    private static async Task<IResult> EachAsync(HttpRequest request, IngestPipeline pipeline, Func<string, bool> change)
    {
        if (!request.HasJsonContentType())
            return ApiFaults.Result(request.HttpContext, new Fault(FaultKind.Unsupported, "the body must be JSON, with content type application/json"));
        JournalNames? names;
        try
        {
            names = await request.ReadFromJsonAsync(ApiJson.Default.JournalNames, request.HttpContext.RequestAborted);
        }
        catch (System.Text.Json.JsonException)
        {
            names = null;
        }
        if (names?.Names is not { Count: > 0 } wanted)
            return ApiFaults.Result(request.HttpContext, new Fault(FaultKind.Malformed, "the body must be {\"names\": [\"…\"]} with the names of segments"));
        try
        {
            foreach (var name in wanted)
            {
                if (!change(name))
                    return ApiFaults.Result(request.HttpContext, ApiFaults.NotFound($"There is no set-aside segment {name}."));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ApiFaults.Result(request.HttpContext, new Fault(FaultKind.Unavailable, error.Message, TimeSpan.FromSeconds(10)));
        }
        return TypedResults.Json(Read(pipeline), ApiJson.Answers.JournalStatus);
    }
}
