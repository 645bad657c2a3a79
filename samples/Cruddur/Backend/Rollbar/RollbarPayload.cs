using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cruddur.Delivery;
using Cruddur.Hosting;
using Cruddur.Otel;

namespace Cruddur.Rollbar;

/// <summary>
/// The `data` of an item. Frames run innermost first with language `c#`, as the SDK for .NET sends them; the chain
/// starts with the exception that reached the middleware and goes on to its causes.
/// </summary>
internal static class RollbarPayload
{
    private const int FramesKept = 100;
    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Cookie", "Set-Cookie", "X-Rollbar-Access-Token", "X-Api-Key",
    };

    public static JsonObject Exception(Exception error, HttpContext http, RollbarOptions options, DateTimeOffset now)
    {
        JsonObject body;
        if (error.InnerException is null)
        {
            body = new JsonObject { ["trace"] = Trace(error) };
        }
        else
        {
            var chain = new JsonArray();
            for (var link = error; link is not null; link = link.InnerException)
                chain.Add(Trace(link));
            body = new JsonObject { ["trace_chain"] = chain };
        }
        var data = Data(body, "error", options, now);
        data["context"] = RequestFacts.Route(http);
        data["request"] = Request(http);
        return data;
    }

    public static JsonObject Message(string text, string level, HttpContext? http, RollbarOptions options, DateTimeOffset now)
    {
        var data = Data(new JsonObject { ["message"] = new JsonObject { ["body"] = text } }, level, options, now);
        if (http is not null)
            data["request"] = Request(http);
        return data;
    }

    private static JsonObject Data(JsonObject body, string level, RollbarOptions options, DateTimeOffset now) => new()
    {
        ["environment"] = options.Environment,
        ["body"] = body,
        ["level"] = level,
        ["timestamp"] = now.ToUnixTimeSeconds(),
        ["code_version"] = CruddurVersion.Text,
        ["language"] = "c#",
        ["framework"] = "ASP.NET Core",
        ["uuid"] = Guid.NewGuid().ToString("N"),
        ["server"] = new JsonObject
        {
            ["host"] = Environment.MachineName,
            ["root"] = SourceRoot(),
            ["pid"] = Environment.ProcessId,
            ["code_version"] = CruddurVersion.Text,
        },
        ["notifier"] = new JsonObject { ["name"] = "cruddur", ["version"] = CruddurVersion.Text },
    };

    /// <summary>The folder the frames' file names start with: that of the sources, as the compiler saw it.</summary>
    private static string SourceRoot([CallerFilePath] string here = "") => Path.GetDirectoryName(Path.GetDirectoryName(here)) ?? "";

    private static JsonObject Trace(Exception error)
    {
        var frames = new JsonArray();
        foreach (var frame in new StackTrace(error, fNeedFileInfo: true).GetFrames().Take(FramesKept))
        {
            frames.Add(new JsonObject
            {
                ["filename"] = frame.GetFileName() ?? (frame.GetMethod()?.DeclaringType is { } type ? type.Assembly.GetName().Name + ".dll" : "(unknown)"),
                ["lineno"] = frame.GetFileLineNumber() is > 0 and var line ? line : null,
                ["colno"] = frame.GetFileColumnNumber() is > 0 and var column ? column : null,
                ["method"] = FrameNames.Of(frame),
            });
        }
        return new JsonObject
        {
            ["frames"] = frames,
            ["exception"] = new JsonObject { ["class"] = error.GetType().FullName, ["message"] = error.Message },
        };
    }

    private static JsonObject Request(HttpContext http)
    {
        var request = http.Request;
        var headers = new JsonObject();
        foreach (var (name, value) in request.Headers)
            headers[name] = Secret.Contains(name) ? "********" : value.ToString();
        var query = new JsonObject();
        foreach (var (name, value) in request.Query)
            query[name] = value.ToString();
        var parameters = new JsonObject();
        foreach (var (name, value) in request.RouteValues)
            parameters[name] = value?.ToString();
        return new JsonObject
        {
            ["url"] = RequestFacts.UrlWithoutQuery(request) + request.QueryString,
            ["method"] = request.Method,
            ["headers"] = headers,
            ["GET"] = query,
            ["params"] = parameters,
            ["query_string"] = request.QueryString.HasValue ? request.QueryString.Value![1..] : "",
            ["user_ip"] = RequestFacts.ClientAddress(http),
        };
    }
}
