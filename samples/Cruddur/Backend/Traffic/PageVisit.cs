using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Cruddur.Traffic;

/// <summary>
/// A step of an imitated user who has the page open: the trace that the page's OpenTelemetry begins in the browser (the view or action, and the
/// fetch below it), so that the traces of the demo have all their parts. See Frontend/src/tracing.ts.
/// </summary>
internal sealed class PageVisit
{
    private readonly string _name;
    private readonly string _method;
    private readonly Uri _url;
    private readonly string _agent;
    private readonly string _trace = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly string _view = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly string _fetch = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly DateTimeOffset _start;

    private PageVisit(string name, string method, Uri url, string agent, DateTimeOffset start)
    {
        _name = name;
        _method = method;
        _url = url;
        _agent = agent;
        _start = start;
    }

    /// <summary>Null for what the page does not ask, and for clients that are no browsers.</summary>
    public static PageVisit? Of(Step step, Uri root, string agent, DateTimeOffset now)
    {
        var path = step.Path.Split('?')[0];
        var name = (step.Method.Method, path) switch
        {
            ("GET", "/api/activities/home") => "view home",
            ("GET", "/api/activities/notifications") => "view notifications",
            ("GET", "/api/activities/search") => "view search",
            ("GET", "/api/activities/broken") => "press the failing button",
            ("GET", _) when path.StartsWith("/api/activities/@", StringComparison.Ordinal) => "view user",
            ("POST", "/api/activities") => "write crud",
            ("POST", _) when path.EndsWith("/reply", StringComparison.Ordinal) => "write reply",
            _ => null,
        };
        return name is null || !agent.StartsWith("Mozilla/", StringComparison.Ordinal) ? null : new PageVisit(name, step.Method.Method, new Uri(root, step.Path), agent, now);
    }

    /// <summary>The header that the page's fetch sends to the backend.</summary>
    public string TraceParent => $"00-{_trace}-{_fetch}-01";

    /// <summary>What the page's exporter sends to <c>/v1/traces</c> once the answer is there.</summary>
    public JsonObject Export(int status, DateTimeOffset end)
    {
        var fetch = Span("HTTP " + _method, _fetch, _view, 3, _start.AddMilliseconds(1), end.AddMilliseconds(-1), status >= 500 ? 2 : 0,
            ("component", "fetch"), ("http.method", _method), ("http.url", _url.ToString()), ("http.host", _url.Authority), ("http.scheme", _url.Scheme),
            ("http.user_agent", _agent), ("http.status_code", status), ("http.response_content_type", "application/json; charset=utf-8"));
        var view = Span(_name, _view, parent: null, 1, _start, end, status >= 400 ? 2 : 0, ("url.full", new Uri(_url, "/").ToString()));
        return new JsonObject
        {
            ["resourceSpans"] = new JsonArray(new JsonObject
            {
                ["resource"] = new JsonObject
                {
                    ["attributes"] = Attributes(
                        ("service.name", "cruddur-frontend"), ("service.version", "0.1.0"), ("telemetry.sdk.language", "webjs"),
                        ("telemetry.sdk.name", "opentelemetry"), ("user_agent.original", _agent)),
                },
                ["scopeSpans"] = new JsonArray(
                    new JsonObject { ["scope"] = new JsonObject { ["name"] = "cruddur.frontend" }, ["spans"] = new JsonArray(view) },
                    new JsonObject { ["scope"] = new JsonObject { ["name"] = "@opentelemetry/instrumentation-fetch" }, ["spans"] = new JsonArray(fetch) }),
            }),
        };
    }

    private JsonObject Span(string name, string id, string? parent, int kind, DateTimeOffset start, DateTimeOffset end, int status, params (string Key, object Value)[] attributes)
    {
        var span = new JsonObject
        {
            ["traceId"] = _trace,
            ["spanId"] = id,
            ["name"] = name,
            ["kind"] = kind,
            ["startTimeUnixNano"] = Nanoseconds(start),
            ["endTimeUnixNano"] = Nanoseconds(end < start ? start : end),
            ["attributes"] = Attributes(attributes),
            ["status"] = new JsonObject { ["code"] = status },
        };
        if (parent is not null)
            span["parentSpanId"] = parent;
        return span;
    }

    private static JsonArray Attributes(params (string Key, object Value)[] attributes) => new([.. attributes.Select(pair => new JsonObject
    {
        ["key"] = pair.Key,
        ["value"] = pair.Value is int number ? new JsonObject { ["intValue"] = number } : new JsonObject { ["stringValue"] = (string)pair.Value },
    })]);

    private static string Nanoseconds(DateTimeOffset at) => ((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100).ToString(CultureInfo.InvariantCulture);
}
