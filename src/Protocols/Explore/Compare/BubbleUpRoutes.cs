using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Features.Questions.BubbleUp;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Compare;

/// <summary>What is different about a selection, as a run that is watched and cancelled like a query.</summary>
internal static class BubbleUpRoutes
{
    private const int LongestWaitMs = 30_000;

    /// <summary>Needs IColumnDirectory beside what the query routes need. May be called by several rooms.</summary>
    public static IServiceCollection AddBubbleUp(this IServiceCollection services)
    {
        services.TryAddSingleton<BubbleUpRunner>();
        return services;
    }

    public static void MapBubbleUp(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/bubbleup", http => QueryApi.AnsweredAsync(http, StartAsync));

    private static async Task StartAsync(HttpContext http)
    {
        var services = http.RequestServices;
        using var request = await QueryRequest.ReadAsync(http.Request, http.RequestAborted);
        var spec = request.Spec;
        var dataset = request.Dataset;
        var selection = BubbleUpRequest.Selection(request.Root);
        var columns = BubbleUpRequest.Columns(request.Root);
        var limit = Math.Max(1, request.Whole("limit", 30, 500));
        var wait = request.Whole("waitMs", 1500, LongestWaitMs);
        var asker = services.GetRequiredService<QueryAsker>();
        asker.Check(spec);
        var runner = services.GetRequiredService<BubbleUpRunner>();
        var runs = services.GetRequiredService<QueryRuns>();
        var run = runs.Start(async (work, stop) =>
        {
            var scope = await asker.ScopeAsync(spec, environment: null, dataset, stop);
            var result = await runner.RunAsync(new BubbleUpQuestion(spec, scope, selection, columns, limit), work, stop);
            return json => BubbleUpWriter.Write(json, result);
        });
        await runs.WaitAsync(run, TimeSpan.FromMilliseconds(wait), http.RequestAborted);
        await QueryApi.WriteAsync(http, run);
    }
}
