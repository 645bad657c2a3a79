using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Access;
using Weir.Core.Explore;
using Weir.Core.Model;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Explore;

/// <summary>
/// Honeycomb's <c>/queries/{dataset}</c> (specifications kept under an id) and <c>/query_results/{dataset}</c> (runs of them, polled).
/// Specifications are checked when they are kept and given back as they came, so that clients find what they sent.
/// </summary>
internal sealed class QueryObjectsApi(ManagedStore store, QueryAsker asker, QueryRuns runs, AccessKeys keys)
{
    private const string Kind = "queries";

    /// <param name="withKeys">The environment is the key's; otherwise the login's, who sees all of them.</param>
    public static void Map(IEndpointRouteBuilder endpoints, string prefix, bool withKeys)
    {
        Task Run(HttpContext http, Func<QueryObjectsApi, Func<HttpContext, string, Task>> handler)
        {
            var api = http.RequestServices.GetRequiredService<QueryObjectsApi>();
            return api.RunAsync(http, withKeys, handler(api));
        }
        endpoints.MapPost(prefix + "/queries/{dataset}", http => Run(http, api => api.KeepAsync));
        endpoints.MapGet(prefix + "/queries/{dataset}/{id}", http => Run(http, api => api.ReadAsync));
        endpoints.MapPost(prefix + "/query_results/{dataset}", http => Run(http, api => api.StartAsync));
        endpoints.MapGet(prefix + "/query_results/{dataset}/{id}", http => Run(http, api => api.PollAsync));
    }

    private Task RunAsync(HttpContext http, bool withKeys, Func<HttpContext, string, Task> handler) => QueryApi.AnsweredAsync(http, _ =>
    {
        var environment = withKeys ? keys.EnvironmentOf(TeamKey.Of(http.Request)) : "";
        return environment is null
            ? throw new FaultException(new Fault(FaultKind.Unauthorized, "unknown API key - check your credentials"))
            : handler(http, environment);
    });

    private async Task KeepAsync(HttpContext http, string environment)
    {
        using var document = await QueryRequest.DocumentAsync(http.Request, http.RequestAborted);
        asker.Check(SpecReader.Read(document.RootElement));
        var body = ObjectOf(document.RootElement);
        body.Remove("id");
        // AND is what no combination means, and the service leaves it out.
        if ((string?)body["filter_combination"] is "AND")
            body.Remove("filter_combination");
        var id = QueryRuns.NewId();
        body["id"] = id;
        await store.PutAsync(Kind, new Managed(environment, Dataset(http), id, body, 0), http.RequestAborted);
        await WriteAsync(http, StatusCodes.Status200OK, body);
    }

    private Task ReadAsync(HttpContext http, string environment) => WriteAsync(http, StatusCodes.Status200OK, Find(environment, Route(http, "id")).Body);

    private async Task StartAsync(HttpContext http, string environment)
    {
        using var document = await QueryRequest.DocumentAsync(http.Request, http.RequestAborted);
        var request = ObjectOf(document.RootElement);
        var query = Find(environment, Text(request, "query_id") ?? throw new SpecException("query_id", "missing", "query_id is missing"));
        using var kept = JsonDocument.Parse(query.Body.ToJsonString());
        var spec = SpecReader.Read(kept.RootElement);
        var series = !Flag(request, "disable_series", false);
        if (request["limit"] is JsonValue limit && limit.TryGetValue(out int groups))
            spec = spec with { Limit = groups };
        asker.Check(spec, series);
        var wants = new QueryWants(series, Others: !Flag(request, "disable_other_by_aggregate", true));
        var totals = !Flag(request, "disable_total_by_aggregate", true);
        var dataset = Dataset(http);
        var scope = environment.Length == 0 ? null : environment;
        var run = runs.Start(async stop =>
        {
            var result = await asker.AskAsync(spec, scope, dataset, wants, stop);
            return json => ObjectResultWriter.Write(json, result, totals, wants.Others);
        });
        run.Subject = query;
        http.Response.Headers.Location = http.Request.Path.Value!.TrimEnd('/') + "/" + run.Id;
        http.Response.StatusCode = StatusCodes.Status201Created;
        await ExploreAnswers.WriteAsync(http, json => Write(json, http, run, query, complete: false));
    }

    private async Task PollAsync(HttpContext http, string environment)
    {
        var run = runs.Find(Route(http, "id"));
        if (run?.Subject is not { } query || (environment.Length > 0 && query.Environment.Length > 0 && query.Environment != environment))
            throw new FaultException(new Fault(FaultKind.NotFound, "there is no such query result; results are kept for 15 minutes"));
        if (run.Problem is { } problem)
        {
            await problem.WriteAsync(http);
            return;
        }
        var complete = run.State == RunState.Done;
        if (complete)
        {
            http.Response.Headers.CacheControl = "private, max-age=86400";
            http.Response.Headers.LastModified = run.EndedAt.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        }
        await ExploreAnswers.WriteAsync(http, json => Write(json, http, run, query, complete));
    }

    private static void Write(Utf8JsonWriter json, HttpContext http, QueryRun run, Managed query, bool complete)
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
        var link = $"{http.Request.Scheme}://{http.Request.Host}/query?kept={query.Id}";
        json.WriteStartObject("links");
        json.WriteString("query_url", link);
        json.WriteString("graph_image_url", link + "&view=graph");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private Managed Find(string environment, string id) => store.Find(Kind, environment, dataset: null, id)
        ?? throw new FaultException(new Fault(FaultKind.NotFound, "Query not found"));

    private static JsonObject ObjectOf(JsonElement json) => JsonNode.Parse(json.GetRawText()) as JsonObject
        ?? throw new FaultException(new Fault(FaultKind.Malformed, "The request body could not be parsed: expected an object."));

    private static string? Text(JsonObject json, string member) => json[member] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool Flag(JsonObject json, string member, bool otherwise) => json[member] is JsonValue value && value.TryGetValue(out bool flag) ? flag : otherwise;

    private static string Route(HttpContext http, string name) => (string)http.GetRouteValue(name)!;

    private static string Dataset(HttpContext http)
    {
        var name = Route(http, "dataset").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return name == DatasetNames.All ? name : DatasetNames.Slug(name);
    }

    private static Task WriteAsync(HttpContext http, int status, JsonObject body)
    {
        http.Response.StatusCode = status;
        return ExploreAnswers.WriteAsync(http, json => body.WriteTo(json));
    }
}
