using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Core.Access;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Json;
using Weir.Protocols.XRay.Model;

namespace Weir.Protocols.XRay;

/// <summary>What every operation shares: reading the body, answering with JSON, and faults in X-Ray's words.</summary>
internal sealed partial class XRayEndpoint(
    XRayOptions options, AwsAuthentication authentication, IOptions<AwsOptions> aws, IngestCounters counters, ILogger<XRayEndpoint> log)
{
    /// <summary>A document, and what a trace puts around it.</summary>
    public const int MaxDepth = JsonTokens.MaxDepth + 2000;

    /// <summary>Output documents hold text of applications: escape only what JSON demands.</summary>
    public static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = MaxDepth,
    };

    /// <summary>What SDKs ask of a daemon.</summary>
    private static readonly FrozenSet<string> DaemonCalls = FrozenSet.Create(StringComparer.Ordinal, "/GetSamplingRules", "/SamplingTargets");

    public delegate ValueTask<XRayReply> Operation(XRayRequest request, CancellationToken cancellationToken);

    public delegate ValueTask<XRayReply> RawOperation(ReadOnlyMemory<byte> body, AwsCaller caller, CancellationToken cancellationToken);

    /// <summary>An operation that takes its body as a parsed object, checked against the model of its path.</summary>
    public Task InvokeAsync(HttpContext context, ObjectShape input, Operation operation) => InvokeRawAsync(context, async (body, caller, cancellationToken) =>
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
            body = "{}"u8.ToArray();
        JsonDocument document;
        try
        {
            var text = JsonRepair.Characters(body.Span, out var repairs);
            document = JsonBody.Parse(repairs > 0 ? text.ToArray() : body);
        }
        catch (JsonException)
        {
            return XRayFaults.Unreadable("the request body is not JSON");
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return XRayFaults.Unreadable("the request body is not a JSON object");
            var check = new ShapeCheck();
            input.Check(document.RootElement, "", check);
            return check.Fault is { } fault ? fault : await operation(new XRayRequest(document.RootElement, caller), cancellationToken);
        }
    });

    /// <summary>An operation that decodes its body itself.</summary>
    public async Task InvokeRawAsync(HttpContext context, RawOperation operation)
    {
        var cancellationToken = context.RequestAborted;
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString("D");
        XRayReply reply;
        try
        {
            reply = await AnswerAsync(context, operation, cancellationToken);
        }
        catch (FaultException e)
        {
            reply = XRayFaults.From(e.Fault);
        }
        catch (BadHttpRequestException e)
        {
            reply = new XRayFault(e.StatusCode, "InvalidRequestException", e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // The last stop before the client: a defect becomes an error in the protocol's shape.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogDefect(log, e, context.Request.Path);
            reply = XRayFaults.From(new Fault(FaultKind.Internal, "Weir failed to answer this request; its log says why"));
        }
        if (reply.Notice is { } notice)
        {
            LogNotExact(log, context.Request.Path, notice);
            context.Response.Headers["x-weir-notice"] = notice;
        }
        await WriteAsync(context.Response, reply, cancellationToken);
    }

    public static Task UnknownAsync(HttpContext context) =>
        XRayFaults.WriteAsync(context.Response, XRayFaults.UnknownOperation(context.Request.Path), context.RequestAborted);

    private static async Task WriteAsync(HttpResponse response, XRayReply reply, CancellationToken cancellationToken)
    {
        if (reply.Fault is { } fault)
        {
            await XRayFaults.WriteAsync(response, fault, cancellationToken);
            return;
        }
        var bytes = new ArrayBufferWriter<byte>(1024);
        await using (var json = new Utf8JsonWriter(bytes, WriterOptions))
        {
            json.WriteStartObject();
            reply.Write!(json);
            json.WriteEndObject();
        }
        response.ContentType = "application/json";
        response.ContentLength = bytes.WrittenCount;
        await response.Body.WriteAsync(bytes.WrittenMemory, cancellationToken);
    }

    private async ValueTask<XRayReply> AnswerAsync(HttpContext context, RawOperation operation, CancellationToken cancellationToken)
    {
        // Signatures are over the body as it was sent, so it is unpacked after they are checked.
        using var raw = await RequestBody.ReadRawAsync(
            context.Request, new BodyLimits(options.MaxRequestBytes, options.MaxRequestBytes), cancellationToken);
        if (raw.Fault is { } unread)
            return XRayFaults.From(unread);
        var caller = Authenticate(context, raw.Bytes.Span, out var refused);
        if (caller is not null)
            refused = AwsPermissions.Check(caller, XRayActions.SigningName, XRayActions.Of(PatternOf(context)));
        if (caller is null || refused is not null)
        {
            if (caller is not null)
                RefusedKeys.Explain(context, refused!, caller.AccessKeyId);
            if (context.Request.Path == "/TraceSegments")
            {
                counters.Received(WireProtocol.XRay, Signal.Spans, 1);
                counters.Dropped(WireProtocol.XRay, Signal.Spans, new Fault(FaultKind.Unauthorized, refused!.Message));
            }
            return new XRayFault(refused!.Status, refused.Type, refused.Message);
        }
        using var unpacked = new PooledBytes(options.MaxRequestBytes);
        var body = raw.Bytes;
        var encodings = Decompression.ParseEncodings(context.Request.Headers.ContentEncoding, out var fault);
        if (fault is null && encodings.Length == 1)
        {
            fault = Decompression.Decompress(encodings[0], raw.Bytes, unpacked, options.MaxRequestBytes);
            body = unpacked.Memory;
        }
        else if (encodings.Length > 1)
        {
            fault = new Fault(FaultKind.Unsupported, "several content encodings at once are not served");
        }
        // A byte order mark is no part of the text (RFC 8259, 8.1).
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body["\uFEFF"u8.Length..];
        return fault is null ? await operation(body, caller, cancellationToken) : XRayFaults.From(fault);
    }

    /// <summary>
    /// The daemon's port takes what comes, as the daemon does: SDKs ask it for sampling rules unsigned. With keys required that is all
    /// it takes unsigned.
    /// </summary>
    private AwsCaller? Authenticate(HttpContext context, ReadOnlySpan<byte> body, out AwsFault? fault)
    {
        if (context.Connection.LocalPort != options.TcpPort || context.Request.Headers.Authorization.Count > 0
            || (aws.Value.FindKey is not null && !DaemonCalls.Contains(context.Request.Path.Value ?? "")))
            return authentication.Authenticate(context.Request, body, XRayActions.SigningName, out fault);
        fault = null;
        return new AwsCaller(
            "", aws.Value.AccountId, aws.Value.Region, XRayRoom.DefaultEnvironment, aws.Value.FindKey is null ? KeyKind.Manage : KeyKind.PostServerItem);
    }

    /// <summary>The path as it is mapped: clients may write it in other letters, and with a slash at the end.</summary>
    private static string PatternOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.Value ?? "";

    [LoggerMessage(Level = LogLevel.Warning, Message = "the answer of x-ray operation {Path} is not exact: {Notice}")]
    private static partial void LogNotExact(ILogger log, PathString path, string notice);

    [LoggerMessage(Level = LogLevel.Error, Message = "x-ray operation {Path} failed")]
    private static partial void LogDefect(ILogger log, Exception e, PathString path);
}
