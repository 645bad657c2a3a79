using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weir.Core.Access;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Honeycomb;

/// <summary>
/// <c>/2</c>, the management of a team, in JSON:API with <c>Authorization: Bearer id:secret</c>: who a key is, and the environments there are.
/// Nothing is made here: a key is made by <c>weir keys create</c>, an environment by being named.
/// </summary>
internal sealed class TeamApi(AccessKeys keys, Datasets known, DatasetDirectory datasets)
{
    private const string MediaType = "application/vnd.api+json";
    private const string Bearer = "Bearer ";
    private const string NotServed =
        "Weir serves GET /2/auth, GET /2/teams/{team}/environments and /2/teams/{team}/environments/{id}. Keys are created with weir keys create; an environment exists as soon as a key or an event uses its name.";

    public Task AuthAsync(HttpContext http)
    {
        if (KeyOf(http.Request, out var id) is not { } key)
            return RefuseUnknownAsync(http);
        if (!key.May(KeyPermissions.Manage))
            return RefuseKindAsync(http, key);
        var environment = key.Environment;
        return WriteAsync(http, StatusCodes.Status200OK, new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["id"] = id,
                ["type"] = "api-keys",
                ["attributes"] = new JsonObject
                {
                    ["name"] = environment,
                    ["key_type"] = "management",
                    ["disabled"] = false,
                    ["scopes"] = new JsonArray("environments:read"),
                },
                ["relationships"] = new JsonObject { ["team"] = new JsonObject { ["data"] = new JsonObject { ["id"] = AuthApi.Team, ["type"] = "teams" } } },
            },
            ["included"] = new JsonArray(new JsonObject
            {
                ["id"] = AuthApi.Team,
                ["type"] = "teams",
                ["attributes"] = new JsonObject { ["name"] = AuthApi.Team, ["slug"] = AuthApi.Team },
            }),
        });
    }

    public async Task EnvironmentsAsync(HttpContext http)
    {
        if (await EnvironmentsOfAsync(http) is not { } environments)
            return;
        await WriteAsync(http, StatusCodes.Status200OK, new JsonObject
        {
            ["data"] = new JsonArray([.. environments.Select(Environment)]),
            ["links"] = new JsonObject { ["next"] = null },
        });
    }

    public async Task EnvironmentAsync(HttpContext http)
    {
        if (await EnvironmentsOfAsync(http) is not { } environments)
            return;
        var id = (string)http.GetRouteValue("id")!;
        if (environments.Contains(id))
            await WriteAsync(http, StatusCodes.Status200OK, new JsonObject { ["data"] = Environment(id) });
        else
            await RefuseAsync(http, StatusCodes.Status404NotFound, "not-found", "Not found", $"there is no environment {id}");
    }

    public static Task NotServedAsync(HttpContext http) =>
        RefuseAsync(http, StatusCodes.Status404NotFound, "not-found", $"{http.Request.Method} {http.Request.Path} is not supported", NotServed);

    /// <summary>A key sees its own environment; where no keys are required, everybody all of them. Null when the request was refused.</summary>
    private async Task<SortedSet<string>?> EnvironmentsOfAsync(HttpContext http)
    {
        if (KeyOf(http.Request, out _) is not { } key)
        {
            await RefuseUnknownAsync(http);
            return null;
        }
        if (!key.May(KeyPermissions.Manage))
        {
            await RefuseKindAsync(http, key);
            return null;
        }
        if ((string)http.GetRouteValue("team")! != AuthApi.Team)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "not-found", "Not found", $"the only team is {AuthApi.Team}");
            return null;
        }
        var environments = new SortedSet<string>(StringComparer.Ordinal) { key.Environment };
        if (keys.Required)
            return environments;
        await datasets.ListAsync("", http.RequestAborted);
        environments.UnionWith(known.List("").Select(d => d.Environment).Where(e => e.Length > 0));
        return environments;
    }

    /// <summary>For a known key: the whole token, or its secret after any id.</summary>
    private KeyGrant? KeyOf(HttpRequest request, out string id)
    {
        id = "";
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || authorization.Length == Bearer.Length)
            return null;
        var token = authorization[Bearer.Length..].Trim();
        var colon = token.IndexOf(':', StringComparison.Ordinal);
        id = colon > 0 ? token[..colon] : AuthApi.Team;
        return keys.Find(token[(colon + 1)..]) ?? keys.Find(token);
    }

    private static JsonObject Environment(string name) => new()
    {
        ["id"] = name,
        ["type"] = "environments",
        ["attributes"] = new JsonObject
        {
            ["name"] = name,
            ["slug"] = name,
            ["description"] = "",
            ["settings"] = new JsonObject { ["delete_protected"] = true },
        },
    };

    private static Task RefuseUnknownAsync(HttpContext http) =>
        RefuseAsync(http, StatusCodes.Status401Unauthorized, "unauthorized", "Unknown key", HoneycombFaults.UnknownKey.Message);

    private static Task RefuseKindAsync(HttpContext http, KeyGrant key) => RefuseAsync(
        http, StatusCodes.Status403Forbidden, "forbidden", "The key does not allow this", $"a management key is required; the kind of this key is {key.Kind.Name()}");

    private static Task RefuseAsync(HttpContext http, int status, string code, string title, string detail) => WriteAsync(http, status, new JsonObject
    {
        ["errors"] = new JsonArray(new JsonObject
        {
            ["id"] = http.TraceIdentifier,
            ["status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["code"] = code,
            ["title"] = title,
            ["detail"] = detail,
        }),
    });

    private static async Task WriteAsync(HttpContext http, int status, JsonObject body)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString(ManageJson.Default.Options));
        http.Response.StatusCode = status;
        http.Response.ContentType = MediaType;
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }
}
