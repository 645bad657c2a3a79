using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Access;
using Weir.Core.Settings;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore;

/// <summary>
/// Honeycomb's <c>/queries/{dataset}</c> (specifications kept under an id) and <c>/query_results/{dataset}</c> (runs of them, polled).
/// Specifications are checked when they are kept and given back as they came, so that clients find what they sent.
/// </summary>
internal sealed class QueryObjectsApi(StoredQueries queries, DatasetDirectory datasets, QueryAsker asker, QueryRuns runs)
{
    private static readonly ManageException NoQuery = new(ManageFault.NotFound with { Detail = "Query not found" });

    /// <summary>Results are kept in memory, so this is said of those that are gone as well.</summary>
    private static readonly ManageException NoResult = new(ManageFault.NotFound with
    {
        Detail = "Query result not found; results are kept for 15 minutes and not past a restart: create another one of the query",
    });

    public static void Map(IEndpointRouteBuilder endpoints, string prefix, ManageDialect dialect)
    {
        Task Run(HttpContext http, Func<QueryObjectsApi, Func<ManageCall, Task>> handler)
        {
            var services = http.RequestServices;
            var keys = services.GetRequiredService<AccessKeys>();
            return ManageCall.RunAsync(http, dialect, keys, handler(services.GetRequiredService<QueryObjectsApi>()));
        }
        endpoints.MapPost(prefix + "/queries/{dataset}", http => Run(http, api => api.KeepAsync)).NeedsReadingOnly();
        endpoints.MapGet(prefix + "/queries/{dataset}/{id}", http => Run(http, api => api.ReadAsync));
        endpoints.MapPost(prefix + "/query_results/{dataset}", http => Run(http, api => api.StartAsync)).NeedsReadingOnly();
        endpoints.MapGet(prefix + "/query_results/{dataset}/{id}", http => Run(http, api => api.PollAsync));
        // What the query page is given by a result's query_url: the id alone.
        if (dialect == ManageDialect.Login)
            endpoints.MapGet(prefix + "/queries/{id}", http => Run(http, api => api.FindAsync));
    }

    private async Task KeepAsync(ManageCall call)
    {
        var body = await call.BodyAsync();
        await call.EnterDatasetAsync(datasets);
        asker.Check(Spec(body));
        body.Remove("id");
        // AND is what no combination means, and the service leaves it out.
        if (body["filter_combination"] is JsonValue combination && combination.TryGetValue(out string? word) && word == "AND")
            body.Remove("filter_combination");
        var id = QueryRuns.NewId();
        var query = await queries.AddAsync(call.Scope, call.Dataset, id, JsonSerializer.SerializeToElement(body, ManageJson.Default.JsonNode), call.Stop);
        await call.AnswerAsync(StatusCodes.Status200OK, Json(query));
    }

    private async Task ReadAsync(ManageCall call)
    {
        await call.EnterDatasetAsync(datasets);
        await call.AnswerAsync(StatusCodes.Status200OK, Json(Find(call, call.Route("id"))));
    }

    /// <summary>A kept query, whatever its dataset.</summary>
    private Task FindAsync(ManageCall call)
    {
        var query = Find(call, call.Route("id"));
        return call.AnswerAsync(StatusCodes.Status200OK, new KeptQuery(query.Id, query.Dataset, query.Value.Spec), ReportJson.Default.KeptQuery);
    }

    private async Task StartAsync(ManageCall call)
    {
        var request = await call.BodyAsync();
        await call.EnterDatasetAsync(datasets);
        var input = new ManageInput(request);
        var id = input.Required("query_id", 64);
        var series = !input.Bool("disable_series", otherwise: false);
        var others = !input.Bool("disable_other_by_aggregate", otherwise: true);
        var totals = !input.Bool("disable_total_by_aggregate", otherwise: true);
        var limit = input.Whole("limit", 0, series ? SpecCheck.MostGroups : SpecCheck.MostGroupsWithoutSeries);
        input.Check();
        var query = Find(call, id);
        var spec = SpecReader.Read(query.Value.Spec);
        if (limit > 0)
            spec = spec with { Limit = (int)limit };
        asker.Check(spec, series);
        var (scope, dataset) = (call.Scope.Length == 0 ? null : call.Scope, call.Dataset);
        var run = runs.Start(async (work, stop) =>
        {
            var result = await asker.AskAsync(spec, scope, dataset, new QueryWants(series, others), stop, work);
            return json => ObjectResultWriter.Write(json, result, totals, others);
        });
        run.Subject = query;
        call.Http.Response.Headers.Location = call.Http.Request.Path.Value!.TrimEnd('/') + "/" + run.Id;
        call.Http.Response.StatusCode = StatusCodes.Status201Created;
        await ExploreAnswers.WriteAsync(call.Http, json => Write(json, call.Host, run, query, complete: false));
    }

    private async Task PollAsync(ManageCall call)
    {
        await call.EnterDatasetAsync(datasets);
        var run = runs.Find(call.Route("id"));
        if (run?.Subject is not { } query || (call.Scope.Length > 0 && query.Environment.Length > 0 && query.Environment != call.Scope))
            throw NoResult;
        if (run.Problem is { } problem)
        {
            await ManageCall.RefuseAsync(call.Http, problem);
            return;
        }
        if (run.State == RunState.Cancelled)
            throw NoResult;
        var complete = run.State == RunState.Done;
        if (complete)
        {
            call.Http.Response.Headers.CacheControl = "private, max-age=86400";
            call.Http.Response.Headers.LastModified = run.EndedAt.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        }
        await ExploreAnswers.WriteAsync(call.Http, json => Write(json, call.Host, run, query, complete));
    }

    private static void Write(Utf8JsonWriter json, string host, QueryRun run, Stored<StoredQuery> query, bool complete)
    {
        json.WriteStartObject();
        json.WriteString("id", run.Id);
        json.WriteBoolean("complete", complete);
        json.WritePropertyName("query");
        query.Value.Write(json);
        if (complete)
        {
            json.WritePropertyName("data");
            run.Result!(json);
        }
        var link = $"{host}/query?kept={query.Id}";
        json.WriteStartObject("links");
        json.WriteString("query_url", link);
        json.WriteString("graph_image_url", link + "&view=graph");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static JsonNode Json(Stored<StoredQuery> query) => JsonSerializer.SerializeToNode(query.Value, StoredQuery.Json)!;

    private Stored<StoredQuery> Find(ManageCall call, string id) => queries.Find(call.Scope, id) ?? throw NoQuery;

    /// <summary>Throws <see cref="SpecException"/>.</summary>
    private static QuerySpec Spec(JsonObject body)
    {
        using var json = JsonDocument.Parse(body.ToJsonString(ManageJson.Default.Options));
        return SpecReader.Read(json.RootElement);
    }
}
