using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore;

/// <summary>Questions as the web UI asks them: runs that can be watched and cancelled, rows, traces, history.</summary>
internal sealed class QueryApi(QueryAsker asker, QueryRuns runs, QueryHistory history)
{
    private const int LongestWaitMs = 30_000;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/query", http => AnsweredAsync(http, StartAsync));
        endpoints.MapGet("/query/history", http => AnsweredAsync(http, HistoryAsync));
        endpoints.MapPost("/query/rows", http => AnsweredAsync(http, RowsAsync));
        endpoints.MapPost("/query/traces", http => AnsweredAsync(http, TracesAsync));
        endpoints.MapGet("/query/{id}", http => AnsweredAsync(http, WatchAsync));
        endpoints.MapDelete("/query/{id}", http => AnsweredAsync(http, CancelAsync));
    }

    /// <summary>Runs a handler; every refusal is answered here, in the desk's own shape.</summary>
    public static async Task AnsweredAsync(HttpContext http, Func<HttpContext, Task> handler)
    {
        try
        {
            await handler(http);
        }
        catch (SpecException error)
        {
            await ManageCall.RefuseAsync(http, ManageFault.Of(error));
        }
        catch (FaultException error)
        {
            await ManageCall.RefuseAsync(http, ManageFault.Of(error.Fault));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    /// <summary>Answers with a run. How far it is, the engine is asked only here: while somebody looks.</summary>
    public static async Task WriteAsync(HttpContext http, QueryRun run)
    {
        var progress = run.State == RunState.Running ? await run.Work.ReadAsync(http.RequestAborted) : null;
        await ExploreAnswers.WriteAsync(http, json => Write(json, run, progress, ManageCall.HostOf(http.Request)));
    }

    /// <summary>
    /// <c>{"id","state","elapsedMs","progress","problem","result"}</c>; progress is
    /// <c>{"rowsRead","totalRows","bytesRead","memoryBytes"}</c>, null when nothing is running in the engine just now.
    /// </summary>
    private static void Write(Utf8JsonWriter json, QueryRun run, QueryProgress? progress, string host)
    {
        json.WriteStartObject();
        json.WriteString("id", run.Id);
        json.WriteString("state", run.State switch
        {
            RunState.Running => "running",
            RunState.Done => "done",
            RunState.Failed => "failed",
            _ => "cancelled",
        });
        json.WriteNumber("elapsedMs", Math.Round(run.Elapsed.TotalMilliseconds, 1));
        json.WritePropertyName("progress");
        if (progress is null || run.State != RunState.Running)
            json.WriteNullValue();
        else
            Write(json, progress);
        json.WritePropertyName("problem");
        if (run.Problem is { } problem)
            problem.ToJson(host).WriteTo(json);
        else
            json.WriteNullValue();
        json.WritePropertyName("result");
        if (run.State == RunState.Done && run.Result is { } result)
            result(json);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, QueryProgress progress)
    {
        json.WriteStartObject();
        json.WriteNumber("rowsRead", progress.RowsRead);
        if (progress.TotalRows is { } total)
            json.WriteNumber("totalRows", total);
        else
            json.WriteNull("totalRows");
        json.WriteNumber("bytesRead", progress.BytesRead);
        json.WriteNumber("memoryBytes", progress.MemoryBytes);
        json.WriteEndObject();
    }

    private async Task StartAsync(HttpContext http)
    {
        using var request = await QueryRequest.ReadAsync(http.Request, http.RequestAborted);
        var spec = request.Spec;
        var wait = request.Whole("waitMs", 1500, LongestWaitMs);
        var dataset = request.Dataset;
        asker.Check(spec);
        var sent = request.Query.Clone();
        var run = runs.Start(async (work, stop) =>
        {
            var result = await asker.AskAsync(spec, environment: null, dataset, new QueryWants(), stop, work);
            if (await history.TryAddAsync(sent, dataset, result.Statistics.Elapsed.TotalMilliseconds, result.Statistics.RowsRead, stop) is { } warning)
                result = result with { Warnings = [.. result.Warnings, warning] };
            return json => ResultWriter.Write(json, result);
        });
        await runs.WaitAsync(run, TimeSpan.FromMilliseconds(wait), http.RequestAborted);
        await WriteAsync(http, run);
    }

    private async Task WatchAsync(HttpContext http)
    {
        var run = Find(http);
        var wait = int.TryParse(http.Request.Query["waitMs"], out var ms) ? Math.Clamp(ms, 0, LongestWaitMs) : 0;
        await runs.WaitAsync(run, TimeSpan.FromMilliseconds(wait), http.RequestAborted);
        await WriteAsync(http, run);
    }

    private Task CancelAsync(HttpContext http)
    {
        Find(http).Cancel();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private QueryRun Find(HttpContext http) =>
        runs.Find((string)http.GetRouteValue("id")!)
        ?? throw new FaultException(new Fault(FaultKind.NotFound, "there is no such run; answers are kept for 15 minutes"));

    private async Task RowsAsync(HttpContext http)
    {
        using var request = await QueryRequest.ReadAsync(http.Request, http.RequestAborted);
        var limit = Math.Max(1, request.Whole("limit", 100, RowLister.Most));
        var columns = request.Root.TryGetProperty("columns", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!).ToHashSet(StringComparer.Ordinal) : null;
        var page = await asker.RowsAsync(request.Spec, environment: null, request.Dataset, limit, RowWriter.ReadCursor(request.Text("before")), http.RequestAborted);
        await ExploreAnswers.WriteAsync(http, json => RowWriter.Write(json, page, columns));
    }

    private async Task TracesAsync(HttpContext http)
    {
        using var request = await QueryRequest.ReadAsync(http.Request, http.RequestAborted);
        var limit = Math.Max(1, request.Whole("limit", TraceLister.Most, TraceLister.Most));
        var traces = await asker.TracesAsync(request.Spec, environment: null, request.Dataset, Place(request.Root), limit, http.RequestAborted);
        await ExploreAnswers.WriteAsync(http, json => RowWriter.Write(json, traces));
    }

    /// <summary>A value stands for those within a tenth of it, unless <c>valueTo</c> says up to where.</summary>
    private static ResultPlace Place(JsonElement root)
    {
        if (!root.TryGetProperty("at", out var at) || at.ValueKind != JsonValueKind.Object)
            return new ResultPlace(null, null, null, null, []);
        double? Number(string member) => at.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        var group = new List<(string, object?)>();
        if (at.TryGetProperty("group", out var keys) && keys.ValueKind == JsonValueKind.Object)
        {
            foreach (var key in keys.EnumerateObject())
                group.Add((key.Name, Value(key.Value)));
        }
        var value = Number("value");
        var (from, to) = (value, Number("valueTo")) switch
        {
            ({ } low, { } high) => (low, high),
            ({ } middle, null) => (middle - (Math.Abs(middle) * 0.1), middle + (Math.Abs(middle) * 0.1)),
            _ => ((double?)null, (double?)null),
        };
        var column = at.TryGetProperty("column", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        return new ResultPlace(Number("time"), column, from, to, group);
    }

    private static object? Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private Task HistoryAsync(HttpContext http) => ExploreAnswers.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var item in history.List())
            json.WriteRawValue(item.Span);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
