using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weir.Core.Ingest;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>Marks endpoints that answer where nothing is served.</summary>
public sealed class NothingServed;

/// <summary>What is wrong with a call that nothing is served for, and what its sender should change.</summary>
/// <param name="Client">A constant of <see cref="WireProtocol"/>; empty when nobody knows.</param>
/// <param name="Problem">One sentence, the same for every call of the kind.</param>
/// <param name="IsMethod">Only the method is wrong.</param>
internal sealed record Misdirection(string Client, string Problem, string Advice, bool IsMethod = false);

/// <summary>
/// Answers calls of telemetry clients to paths and with methods that are not served with advice, in the words of the protocol they speak,
/// and notes them in <see cref="RefusedCalls"/>. People set an endpoint wrong more often than anything else goes wrong, and most SDKs log
/// no more than a status code.
/// </summary>
public static class WrongPaths
{
    private const string OtlpAdvice =
        "OTLP over HTTP is served at POST /v1/traces, /v1/logs and /v1/metrics. Set OTEL_EXPORTER_OTLP_ENDPOINT to the address without a path "
        + "(the SDK adds /v1/traces itself), or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to the whole address.";

    private const string RollbarAdvice =
        "Items are served at POST /api/1/item/. Set the endpoint option to http://<host>:<port>/api/1/item/, and for Python (pyrollbar), which "
        + "adds item/ itself, to http://<host>:<port>/api/1/ .";

    private const string HoneycombAdvice =
        "Events are served at POST /1/events/<dataset> and /1/batch/<dataset>. Set the client's apiHost to the address without a path.";

    private const string AwsAdvice = "AWS services are served at the root. Set the endpoint option, or AWS_ENDPOINT_URL, to the address without a path.";

    /// <summary>An endpoint for other libraries than Python's: the items are taken.</summary>
    internal static Misdirection DoubledItem { get; } = new(
        WireProtocol.Rollbar, "pyrollbar's endpoint has item/ at its end; what it sends is taken",
        "Set endpoint=\"http://<host>:<port>/api/1/\": pyrollbar adds item/ itself.");

    private static readonly string[] OtlpPaths = ["/v1/traces", "/v1/logs", "/v1/metrics"];

    /// <summary>Answers what no endpoint of the pipeline before it is for. Belongs after routing and before what asks for a login.</summary>
    public static void UseAdvice(this IApplicationBuilder app)
    {
        var calls = app.ApplicationServices.GetRequiredService<RefusedCalls>();
        app.Use(async (context, next) =>
        {
            // Where only the method or the type of the body does not fit, routing puts an endpoint of its own, which has no route.
            var isServed = context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<NothingServed>() is null;
            if (isServed || Of(context.Request) is not { } wrong)
            {
                await next(context);
                return;
            }
            Note(calls, context, wrong);
            await AnswerAsync(context, wrong);
        });
    }

    /// <summary>Notes a call that was served although its sender meant another path.</summary>
    internal static void Note(RefusedCalls calls, HttpContext context, Misdirection wrong)
    {
        var request = context.Request;
        var sender = request.Headers.UserAgent.ToString();
        var port = context.Connection.LocalPort.ToString(CultureInfo.InvariantCulture);
        calls.Note(wrong.Client, wrong.Problem, $"{MethodOf(request)} {request.Path}, port {port}{(sender.Length > 0 ? $", from {sender}" : "")}", wrong.Advice);
    }

    /// <summary>Null for calls that are no telemetry client's, such as those of a browser that looks for a page.</summary>
    internal static Misdirection? Of(HttpRequest request)
    {
        var path = (request.Path.Value ?? "/").TrimEnd('/').ToLowerInvariant();
        var method = MethodOf(request);
        var isSending = HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method);
        if (request.Headers.ContainsKey("X-Amz-Target"))
            return new Misdirection(AwsClient(request), "An AWS call came to a path of its own", AwsAdvice);
        return Otlp(path, isSending, request) ?? Rollbar(path, isSending, request) ?? Honeycomb(path, isSending) ?? XRay(path, isSending)
            ?? (isSending && !HttpMethods.IsOptions(request.Method) ? new Misdirection("", "Nothing is served at this path", "The addresses under Setup, \"Where Weir listens\", say what is served where.") : null);
    }

    private static Misdirection? Otlp(string path, bool isSending, HttpRequest request)
    {
        foreach (var served in OtlpPaths)
        {
            if (path == served)
                return isSending ? null : new Misdirection(WireProtocol.Otlp, "OTLP was called with another method than POST", OtlpAdvice, IsMethod: true);
            if (!path.Contains(served, StringComparison.Ordinal))
                continue;
            return OtlpPaths.Sum(one => path.Split(one).Length - 1) > 1
                ? new Misdirection(WireProtocol.Otlp, "The path of OTLP is doubled", OtlpAdvice)
                : new Misdirection(WireProtocol.Otlp, "The path of OTLP has something around it", OtlpAdvice);
        }
        if (path.StartsWith("/opentelemetry.proto.", StringComparison.Ordinal))
        {
            return new Misdirection(
                WireProtocol.Otlp, "OTLP over gRPC came to a port of HTTP",
                "Send gRPC to the gRPC port (4317 unless set otherwise), or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.");
        }
        if (path is "/v1/trace" or "/v1/log" or "/v1/metric" or "/v1" or "/v1/span" or "/v1/spans" or "/otlp" || (isSending && path is "/traces"))
            return new Misdirection(WireProtocol.Otlp, "OTLP came to a path that is not its own", OtlpAdvice);
        if (path is "/v1development/profiles" or "/v1/profiles")
            return new Misdirection(WireProtocol.Otlp, "Profiles are not served", "Weir takes traces, logs and metrics; turn the exporter of profiles off.");
        if (path is "/api/v2/spans" or "/api/v1/spans" || (isSending && path is "/api/traces"))
        {
            return new Misdirection(
                WireProtocol.Otlp, "Zipkin's and Jaeger's own formats are not served",
                "Set OTEL_TRACES_EXPORTER=otlp, or send by way of an OpenTelemetry Collector. " + OtlpAdvice);
        }
        return path.Length == 0 && isSending && IsOtlpBody(request)
            ? new Misdirection(WireProtocol.Otlp, "The endpoint lacks its path", OtlpAdvice)
            : null;
    }

    private static Misdirection? Rollbar(string path, bool isSending, HttpRequest request)
    {
        if (path is "/api/1/item" or "/api/1/items")
            return isSending ? null : new Misdirection(WireProtocol.Rollbar, "Items were asked for with another method than POST", RollbarAdvice, IsMethod: true);
        var isItem = path.StartsWith("/api/1", StringComparison.Ordinal) && path.Contains("item", StringComparison.Ordinal);
        return isItem || (isSending && (path == "/api/1" || request.Headers.ContainsKey("X-Rollbar-Access-Token")))
            ? new Misdirection(WireProtocol.Rollbar, "The endpoint of a Rollbar client is wrong", RollbarAdvice)
            : null;
    }

    private static Misdirection? Honeycomb(string path, bool isSending)
    {
        if (path.StartsWith("/1/events/", StringComparison.Ordinal) || path.StartsWith("/1/batch/", StringComparison.Ordinal))
        {
            return new Misdirection(
                WireProtocol.Honeycomb,
                isSending ? "The path of Honeycomb's events has too many parts" : "Honeycomb's events were sent with another method than POST",
                HoneycombAdvice, IsMethod: !isSending);
        }
        return path is "/1/events" or "/1/batch"
                ? new Misdirection(WireProtocol.Honeycomb, "Honeycomb's events came without a dataset in the path", HoneycombAdvice)
            : path.Contains("/1/events", StringComparison.Ordinal) || path.Contains("/1/batch", StringComparison.Ordinal)
                ? new Misdirection(WireProtocol.Honeycomb, "The path of Honeycomb's events has something around it", HoneycombAdvice)
            : null;
    }

    private static Misdirection? XRay(string path, bool isSending) => path switch
    {
        "/tracesegments" or "/telemetryrecords" or "/samplingtargets" or "/getsamplingrules" when !isSending =>
            new Misdirection(WireProtocol.XRay, "X-Ray was called with another method than POST", AwsAdvice, IsMethod: true),
        _ when path != "/tracesegments" && path.Contains("/tracesegments", StringComparison.Ordinal) =>
            new Misdirection(WireProtocol.XRay, "The path of X-Ray has something around it", AwsAdvice),
        _ => null,
    };

    private static bool IsOtlpBody(HttpRequest request) =>
        request.ContentType is { } type && (type.Contains("protobuf", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase));

    private static string AwsClient(HttpRequest request) =>
        request.Headers["X-Amz-Target"].ToString().StartsWith("Logs_", StringComparison.Ordinal) ? WireProtocol.CloudWatchLogs : WireProtocol.XRay;

    /// <summary>Of a preflight, what it asks for: no other call follows when that is refused.</summary>
    private static string MethodOf(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.ToString() is { Length: > 0 } asked ? asked : request.Method;

    private static async Task AnswerAsync(HttpContext context, Misdirection wrong)
    {
        var response = context.Response;
        response.StatusCode = wrong.IsMethod ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound;
        if (wrong.IsMethod)
            response.Headers.Allow = "POST";
        // The page that sent it may read the advice; there is nothing else in the answer.
        if (context.Request.Headers.Origin.ToString() is { Length: > 0 })
            response.Headers.AccessControlAllowOrigin = "*";
        var text = $"{wrong.Problem}: {context.Request.Method} {context.Request.Path}. {wrong.Advice}";
        var (type, body) = wrong.Client switch
        {
            WireProtocol.Rollbar => ("application/json", $$"""{"err":1,"message":{{Quoted(text)}}}"""),
            WireProtocol.Honeycomb => ("application/json", $$"""{"error":{{Quoted(text)}}}"""),
            WireProtocol.XRay or WireProtocol.CloudWatchLogs => ("application/x-amz-json-1.1", $$"""{"__type":"UnknownOperationException","message":{{Quoted(text)}}}"""),
            _ => ("text/plain; charset=utf-8", text + "\n"),
        };
        response.ContentType = type;
        await response.WriteAsync(body, context.RequestAborted);
    }

    private static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
