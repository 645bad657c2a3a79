using System.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>
/// The door that AWS services with one URL share: <c>POST /</c> with an X-Amz-Target header (AWS JSON 1.0 and 1.1) or a form with an
/// Action (Query). Rooms put their operations behind it while they are mapped.
/// </summary>
public static class AwsEndpoint
{
    /// <summary>Adds the shared parts; rooms that speak an AWS protocol call it too, so order doesn't matter.</summary>
    public static IServiceCollection AddAws(this IServiceCollection services, Action<AwsOptions>? configure = null)
    {
        services.AddOptions<AwsOptions>();
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AwsAuthentication>();
        services.TryAddSingleton<AwsOperations>();
        services.TryAddSingleton<AwsDispatcher>();
        return services;
    }

    /// <summary>Maps <c>POST /</c> and STS behind it.</summary>
    public static IEndpointRouteBuilder MapAws(this IEndpointRouteBuilder endpoints)
    {
        AwsTokenService.AddTo(endpoints.ServiceProvider.GetRequiredService<AwsOperations>());
        var dispatcher = endpoints.ServiceProvider.GetRequiredService<AwsDispatcher>();
        // Another room may answer POST / for what is not of these types.
        endpoints.MapPost("/", (RequestDelegate)dispatcher.ServeAsync).WithMetadata(new AcceptsMetadata(
            ["application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/x-www-form-urlencoded"]));
        endpoints.MapPost("/service/{service}/operation/{operation}", AwsCbor.RefuseAsync);
        return endpoints;
    }
}

/// <summary>Reads a call, finds its operation, writes its reply.</summary>
internal sealed partial class AwsDispatcher(AwsOperations operations, AwsAuthentication authentication, ILogger<AwsDispatcher> logger)
{
    private const string DefaultContentType = "application/x-amz-json-1.1";

    /// <summary>1 MiB of log text can take six times as much in JSON escapes.</summary>
    private static readonly BodyLimits Limits = new(16 << 20, 16 << 20);

    public async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        var requestId = Guid.NewGuid().ToString();
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        using var raw = await RequestBody.ReadRawAsync(request, Limits, context.RequestAborted);
        if (raw.Fault is { } unread)
        {
            await RefuseAsync(context, AwsFault.From(unread), DefaultContentType, requestId);
            return;
        }
        var target = request.Headers["X-Amz-Target"].ToString();
        var service = operations.Find(target, out _);
        var signingName = service?.SigningName ?? (target.Length == 0 && IsForm(request) ? AwsTokenService.SigningName : null);
        var caller = authentication.Authenticate(request, raw.Bytes.Span, signingName, out var refused);
        if (caller is not null && service is not null)
            refused = AwsPermissions.Check(caller, service.SigningName, target[(target.LastIndexOf('.') + 1)..]);
        if (caller is null || refused is not null)
        {
            if (caller is not null)
                RefusedKeys.Explain(context, refused!, caller.AccessKeyId);
            service?.Refused?.Invoke(target, refused!);
            await RefuseAsync(context, refused!, service?.ContentType ?? DefaultContentType, requestId);
            return;
        }
        using var body = Decompress(request, raw.Bytes, out var packed);
        if (packed is not null)
        {
            await RefuseAsync(context, AwsFault.From(packed), DefaultContentType, requestId);
            return;
        }
        var bytes = body?.Memory ?? raw.Bytes;
        // A byte order mark is no part of the text (RFC 8259, 8.1).
        if (bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes["\uFEFF"u8.Length..];
        if (target.Length > 0)
            await ServeJsonAsync(context, target, caller, requestId, bytes);
        else if (IsForm(request))
            await ServeQueryAsync(context, caller, requestId, bytes);
        else
            await WriteAsync(context, AwsFault.UnknownOperation("the request has no X-Amz-Target header"), DefaultContentType);
    }

    private async Task ServeJsonAsync(
        HttpContext context, string target, AwsCaller caller, string requestId, ReadOnlyMemory<byte> body)
    {
        var service = operations.Find(target, out var operation);
        if (service is null || operation is null)
        {
            await WriteAsync(context, AwsFault.UnknownOperation($"Weir does not serve {target}"), service?.ContentType ?? DefaultContentType);
            return;
        }
        AwsReply reply;
        try
        {
            reply = await operation(new AwsRequest(caller, requestId, body, service) { InvocationId = context.Request.Headers["amz-sdk-invocation-id"].ToString() }, context.RequestAborted);
        }
        catch (FaultException e)
        {
            reply = AwsFault.From(e.Fault);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // the one place where a defect becomes an answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogDefect(logger, e, target, requestId);
            reply = new AwsFault("InternalFailure", $"Weir met a defect of its own; its log has it under {requestId}", 500);
        }
        if (reply.Fault is { } fault)
        {
            await WriteAsync(context, fault, service.ContentType);
            return;
        }
        context.Response.ContentType = service.ContentType;
        context.Response.ContentLength = reply.Body.Length;
        await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }

    private async Task ServeQueryAsync(HttpContext context, AwsCaller caller, string requestId, ReadOnlyMemory<byte> body)
    {
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));
        var action = form.TryGetValue("Action", out var value) ? value.ToString() : "";
        string xml;
        if (operations.Find(action) is { } operation)
        {
            xml = operation(caller, requestId).Xml;
        }
        else
        {
            await WriteXmlAsync(context, new AwsFault("InvalidAction", $"Weir does not serve the action {Short(action)}"), requestId);
            return;
        }
        await WriteXmlAsync(context, xml);
    }

    /// <summary>A refusal in the words of the protocol that the call was made in.</summary>
    private static Task RefuseAsync(HttpContext context, AwsFault fault, string contentType, string requestId) =>
        context.Request.Headers["X-Amz-Target"].Count == 0 && IsForm(context.Request) ? WriteXmlAsync(context, fault, requestId) : WriteAsync(context, fault, contentType);

    /// <summary>Errors of the Query protocol.</summary>
    private static Task WriteXmlAsync(HttpContext context, AwsFault fault, string requestId)
    {
        context.Response.StatusCode = fault.Status;
        return WriteXmlAsync(
            context,
            $"<ErrorResponse>\n  <Error><Type>{(fault.Status < 500 ? "Sender" : "Receiver")}</Type><Code>{SecurityElement.Escape(fault.Type)}</Code>"
            + $"<Message>{SecurityElement.Escape(fault.Message)}</Message></Error>\n  <RequestId>{requestId}</RequestId>\n</ErrorResponse>\n");
    }

    private static async Task WriteXmlAsync(HttpContext context, string xml)
    {
        var reply = Encoding.UTF8.GetBytes(xml);
        context.Response.ContentType = "text/xml";
        context.Response.ContentLength = reply.Length;
        await context.Response.Body.WriteAsync(reply, context.RequestAborted);
    }

    private static bool IsForm(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The body without its Content-Encoding; null when it has none. The caller disposes it.</summary>
    private static PooledBytes? Decompress(HttpRequest request, ReadOnlyMemory<byte> raw, out Fault? fault)
    {
        PooledBytes? plain = null;
        var codings = Decompression.ParseEncodings(request.Headers.ContentEncoding, out fault);
        var most = IngestLimits.UnpackedOf(raw.Length, Limits.Decompressed);
        for (var i = codings.Length - 1; i >= 0 && fault is null; i--)
        {
            using var packed = plain;
            plain = new PooledBytes(most);
            fault = Decompression.Decompress(codings[i], packed?.Memory ?? raw, plain, most);
        }
        return plain;
    }

    public static async Task WriteAsync(HttpContext context, AwsFault fault, string contentType)
    {
        var response = context.Response;
        response.StatusCode = fault.Status;
        response.ContentType = contentType;
        response.Headers["x-amzn-ErrorType"] = fault.Type;
        if (fault.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var body = AwsReply.Json(json =>
        {
            json.WriteString("__type"u8, fault.Type);
            json.WriteString("message"u8, fault.Message);
            fault.Extra?.Invoke(json);
        }).Body;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Short(string text) => text.Length <= 100 ? text : text[..100];

    [LoggerMessage(EventId = 3100, Level = LogLevel.Error, Message = "{target} failed, request {requestId}")]
    private static partial void LogDefect(ILogger logger, Exception exception, string target, string requestId);
}
