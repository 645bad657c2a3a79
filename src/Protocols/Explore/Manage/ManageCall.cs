using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Explore.Manage;

/// <summary>Who mounts the API: with keys, under <c>/1</c>, or for the web UI's login, under <c>/api</c>.</summary>
internal enum ManageDialect
{
    Keys,
    Login,
}

/// <summary>One request to the management API: who asks, for which environment and dataset, and how it is answered.</summary>
internal sealed partial class ManageCall(HttpContext http, ManageDialect dialect, string scope)
{
    private static readonly BodyLimits Limits = new(1 << 20, 4 << 20);

    public HttpContext Http => http;

    public ManageDialect Dialect => dialect;

    /// <summary>The environment, or empty for all of them.</summary>
    public string Scope => scope;

    /// <summary>The path's dataset as slug, <c>__all__</c>, or empty.</summary>
    public string Dataset { get; set; } = "";

    public CancellationToken Stop => http.RequestAborted;

    /// <summary>The scope of a request; throws when keys are required and this is none, or one that may not do what is asked.</summary>
    public static ManageCall Of(HttpContext http, ManageDialect dialect, AccessKeys keys)
    {
        if (dialect == ManageDialect.Login)
            return new ManageCall(http, dialect, http.Request.Query["environment"].ToString());
        if (keys.Find(TeamKey.Of(http.Request)) is not { } key)
            throw new ManageException(ManageFault.UnknownKey);
        return key.May(KeyNeeds.Of(http))
            ? new ManageCall(http, dialect, key.Environment)
            : throw new ManageException(ManageFault.KeyDoesNotAllow(key, KeyNeeds.Of(http)));
    }

    public string Route(string name) => (string?)http.GetRouteValue(name) ?? "";

    public string? Query(string name) => http.Request.Query[name] is { Count: > 0 } values ? values[0] : null;

    /// <summary>Scheme and host as the client wrote them.</summary>
    public string Host => HostOf(http.Request);

    public static string HostOf(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    /// <summary>The body, which must be an object.</summary>
    public async Task<JsonObject> BodyAsync()
    {
        using var body = await RequestBody.ReadAsync(http.Request, Limits, Stop);
        if (body.Fault is { } fault)
            throw new ManageException(ManageFault.Of(fault));
        try
        {
            return JsonBody.ParseNode(body.Bytes) is JsonObject json
                ? json
                : throw new ManageException(ManageFault.Unparseable);
        }
        catch (JsonException)
        {
            throw new ManageException(ManageFault.Unparseable);
        }
    }

    public Task AnswerAsync(int status, JsonNode? body)
    {
        http.Response.StatusCode = status;
        return body is null ? Task.CompletedTask : WriteAsync(http, body, "application/json");
    }

    public Task AnswerAsync<T>(int status, T answer, JsonTypeInfo<T> type)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(answer, type), "application/json");
    }

    public static Task RefuseAsync(HttpContext http, ManageFault fault)
    {
        http.Response.StatusCode = fault.Status;
        if (fault.Status is 429 or 503)
            http.Response.Headers.RetryAfter = "2";
        return WriteAsync(http, fault.ToJson(HostOf(http.Request)), ApiFaults.ContentType);
    }

    /// <summary>Runs a handler; every refusal is answered here.</summary>
    public static async Task RunAsync(HttpContext http, ManageDialect dialect, AccessKeys keys, Func<ManageCall, Task> handler)
    {
        try
        {
            await handler(Of(http, dialect, keys));
        }
        catch (ManageException refused)
        {
            await RefuseAsync(http, refused.Fault);
        }
        catch (FaultException error)
        {
            await RefuseAsync(http, ManageFault.Of(error.Fault));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (SpecException error)
        {
            await RefuseAsync(http, ManageFault.Of(error));
        }
#pragma warning disable CA1031 // A defect of ours is logged with its trace and told as one, in the API's words.
        catch (Exception defect) when (!http.Response.HasStarted)
#pragma warning restore CA1031
        {
            Defect(http.RequestServices.GetRequiredService<ILogger<ManageCall>>(), http.Request.Method, http.Request.Path, defect);
            http.Response.Clear();
            await RefuseAsync(http, ManageFault.Defect);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Defect(ILogger logger, string method, string path, Exception error);

    private static Task WriteAsync(HttpContext http, JsonNode body, string contentType) =>
        WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(body, ManageJson.Default.JsonNode), contentType);

    private static async Task WriteAsync(HttpContext http, byte[] bytes, string contentType)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }
}
