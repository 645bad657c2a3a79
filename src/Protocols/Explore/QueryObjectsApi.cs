using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Access;
using Weir.Features.Questions;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore;

/// <summary>
/// Honeycomb's <c>/queries/{dataset}</c> (specifications kept under an id) and <c>/query_results/{dataset}</c> (runs of them, polled).
/// Specifications are checked when they are kept and given back as they came, so that clients find what they sent.
/// </summary>
internal sealed class QueryObjectsApi(ManagedStore store, DatasetDirectory datasets, QueryAsker asker, QueryRuns runs)
{
    private const string Kind = "queries";

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
        call.Dataset = await datasets.SlugAsync(call);
        asker.Check(Spec(body));
        body.Remove("id");
        // AND is what no combination means, and the service leaves it out.
        if (body["filter_combination"] is JsonValue combination && combination.TryGetValue(out string? word) && word == "AND")
            body.Remove("filter_combination");
        var id = QueryRuns.NewId();
        body["id"] = id;
        await store.PutAsync(Kind, new Managed(call.Scope, call.Dataset, id, body, 0), call.Stop);
        await call.AnswerAsync(StatusCodes.Status200OK, body);
    }

    private async Task ReadAsync(ManageCall call)
    {
        call.Dataset = await datasets.SlugAsync(call);
        await call.AnswerAsync(StatusCodes.Status200OK, Find(call, call.Route("id")).Body);
    }

    /// <summary><c>{"id","dataset","query"}</c> of a kept query, whatever its dataset.</summary>
    private Task FindAsync(ManageCall call)
    {
        var query = Find(call, call.Route("id"));
        var spec = (JsonObject)query.Body.DeepClone();
        spec.Remove("id");
        return call.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["id"] = query.Id, ["dataset"] = query.Dataset, ["query"] = spec });
    }

    private async Task StartAsync(ManageCall call)
    {
        var request = await call.BodyAsync();
        call.Dataset = await datasets.SlugAsync(call);
        var input = new ManageInput(request);
        var id = input.Required("query_id", 64);
        var series = !input.Bool("disable_series", otherwise: false);
        var others = !input.Bool("disable_other_by_aggregate", otherwise: true);
        var totals = !input.Bool("disable_total_by_aggregate", otherwise: true);
        var limit = input.Whole("limit", 0, series ? SpecCheck.MostGroups : SpecCheck.MostGroupsWithoutSeries);
        input.Check();
        var query = Find(call, id);
        var spec = Spec(query.Body);
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
        call.Dataset = await datasets.SlugAsync(call);
        var run = runs.Find(call.Route("id"));
        if (run?.Subject is not { } query || (call.Scope.Length > 0 && query.Environment.Length > 0 && query.Environment != call.Scope))
            throw NoResult;
        if (run.Problem is { } problem)
        {
            await problem.WriteAsync(call.Http);
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

    private static void Write(Utf8JsonWriter json, string host, QueryRun run, Managed query, bool complete)
    {
        json.WriteStartObject();
        json.WriteString("id", run.Id);
        json.WriteBoolean("complete", complete);
        json.WritePropertyName("query");
        query.Body.WriteTo(json);
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

    private Managed Find(ManageCall call, string id) => store.Find(Kind, call.Scope, dataset: null, id) ?? throw NoQuery;

    /// <summary>Throws <see cref="SpecException"/>.</summary>
    private static QuerySpec Spec(JsonObject body)
    {
        using var json = JsonDocument.Parse(body.ToJsonString(ManageJson.Default.Options));
        return SpecReader.Read(json.RootElement);
    }
}
