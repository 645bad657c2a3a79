using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>Reads a call, authenticates its sender, finds and checks its operation and writes the reply, in the same way for every service and protocol.</summary>
internal sealed partial class AwsDispatcher(
    AwsOperations operations, AwsAuthentication authentication, IngestCounters counters, ILogger<AwsDispatcher> logger)
{
    public const string FormType = "application/x-www-form-urlencoded";
    private const string IdHeader = "x-amzn-RequestId";

    /// <summary>What a call asks for.</summary>
    /// <param name="Service">Null when nothing is served that it names, and for a form until it is read.</param>
    /// <param name="Unknown">The answer when there is no such operation.</param>
    private sealed record Call(AwsProtocol Protocol, AwsService? Service, string Name, AwsOperation? Operation, AwsFault Unknown);

    /// <summary>A call to the URL that services share.</summary>
    public Task ServeAsync(HttpContext context)
    {
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        if (target.Length > 0)
        {
            var dot = target.LastIndexOf('.');
            var name = target[(dot + 1)..];
            var service = dot < 0 ? null : operations.WithTarget(target.AsSpan(0, dot));
            return ServeAsync(
                context, new Call(service?.Protocol ?? AwsProtocol.Json11, service, name, service?.Find(name), AwsFault.UnknownOperation($"Weir does not serve {target}")));
        }
        var isForm = context.Request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) == true;
        return ServeAsync(
            context,
            new Call(isForm ? AwsProtocol.Query : AwsProtocol.Json11, null, "", null, AwsFault.UnknownOperation("the request has no X-Amz-Target header")));
    }

    /// <summary>A call to the path of an operation.</summary>
    public Task ServeAsync(HttpContext context, AwsService service, AwsOperation operation) =>
        ServeAsync(context, new Call(service.Protocol, service, operation.Name, operation, AwsFault.UnknownOperation(operation.Name)));

    /// <summary>Answers a call that nothing is served for.</summary>
    public static Task RefuseAsync(HttpContext context, AwsProtocol protocol, AwsFault fault) => protocol.WriteAsync(context, fault, NewId(context));

    private static string NewId(HttpContext context)
    {
        var id = Guid.NewGuid().ToString();
        context.Response.Headers[IdHeader] = id;
        return id;
    }

    private async Task ServeAsync(HttpContext context, Call call)
    {
        var requestId = NewId(context);
        AwsReply reply;
        try
        {
            reply = await AnswerAsync(context, call, requestId);
        }
        catch (FaultException e)
        {
            reply = (call.Service?.Words ?? AwsFault.From)(e.Fault);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // the one place where a defect becomes an answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogDefect(logger, e, call.Service?.SigningName, call.Name, requestId);
            reply = new AwsFault("InternalFailure", $"Weir met a defect of its own; its log has it under {requestId}", 500);
        }
        if (reply.Notice is { } notice)
        {
            LogNotExact(logger, call.Service?.SigningName, call.Name, notice);
            context.Response.Headers["x-weir-notice"] = notice;
        }
        await call.Protocol.WriteAsync(context, reply, requestId);
    }

    private async ValueTask<AwsReply> AnswerAsync(HttpContext context, Call call, string requestId)
    {
        var request = context.Request;
        var limits = call.Service?.Limits ?? AwsService.UsualLimits;
        // Signatures are over the body as it was sent, so it is unpacked after they are checked.
        using var raw = await RequestBody.ReadRawAsync(request, limits, context.RequestAborted);
        if (raw.Fault is { } unread)
            return AwsFault.From(unread);
        AwsFault? refused = null;
        var caller = call.Service?.Unsigned(context, call.Name)
            ?? authentication.Authenticate(request, raw.Bytes.Span, call.Service?.SigningName, out refused);
        if (caller is null)
            return Refuse(call, refused!);
        if (Forbids(context, call, caller) is { } forbidden)
            return Refuse(call, forbidden);
        using var unpacked = Decompress(request, raw.Bytes, limits, out var packed);
        if (packed is not null)
            return AwsFault.From(packed);
        var body = unpacked?.Memory ?? raw.Bytes;
        // A byte order mark is no part of the text (RFC 8259, 8.1).
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body["\uFEFF"u8.Length..];
        if (call.Protocol == AwsProtocol.Query)
        {
            call = Asked(body);
            if (call.Service is not null && (authentication.CheckScope(request, call.Service.SigningName) ?? Forbids(context, call, caller)) is { } other)
                return Refuse(call, other);
        }
        if (call.Operation is not { } operation)
            return call.Unknown;
        var given = new AwsRequest(caller, default)
        {
            RequestId = requestId,
            Body = body,
            InvocationId = request.Headers["amz-sdk-invocation-id"].ToString(),
        };
        return operation.Brings is not null || call.Protocol == AwsProtocol.Query
            ? await operation.Handler(given, context.RequestAborted)
            : await RunAsync(call.Service!, operation, given, context.RequestAborted);
    }

    /// <summary>Parses the body and runs an operation on its members.</summary>
    private static async ValueTask<AwsReply> RunAsync(AwsService service, AwsOperation operation, AwsRequest request, CancellationToken cancellationToken)
    {
        JsonDocument document;
        try
        {
            document = JsonBody.Parse(Text(request.Body, service.RepairsText));
        }
        catch (JsonException e)
        {
            return AwsFault.Serialization("the request body is not valid JSON: " + e.Message);
        }
        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? await operation.RunAsync(request with { Members = document.RootElement }, service.ValidationType, cancellationToken)
                : AwsFault.Serialization("Unexpected token: the request body must be a JSON object");
        }
    }

    private static ReadOnlyMemory<byte> Text(ReadOnlyMemory<byte> body, bool repair)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
            return "{}"u8.ToArray();
        if (!repair)
            return body;
        var text = JsonRepair.Characters(body.Span, out var repairs);
        return repairs > 0 ? text.ToArray() : body;
    }

    /// <summary>What a form asks for, by its Action.</summary>
    private Call Asked(ReadOnlyMemory<byte> body)
    {
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));
        var action = form.TryGetValue("Action", out var value) ? value.ToString() : "";
        var service = operations.WithAction(action);
        return new Call(
            AwsProtocol.Query, service, action, service?.Find(action),
            new AwsFault("InvalidAction", $"Weir does not serve the action {(action.Length <= 100 ? action : action[..100])}"));
    }

    /// <summary>Why the caller's key does not allow the operation; null when it does.</summary>
    private static AwsFault? Forbids(HttpContext context, Call call, AwsCaller caller)
    {
        if (call.Service is null || AwsPermissions.Check(caller, call.Service.SigningName, call.Name) is not { } fault)
            return null;
        AwsRefusals.Explain(context, fault, caller.AccessKeyId);
        return fault;
    }

    /// <summary>Counts a refused call as a drop when it carries telemetry.</summary>
    private AwsFault Refuse(Call call, AwsFault fault)
    {
        if (call.Operation?.Brings is { } signal)
        {
            counters.Received(call.Service!.Counted, signal, 1);
            counters.Dropped(call.Service.Counted, signal, new Fault(FaultKind.Unauthorized, fault.Message));
        }
        return fault;
    }

    /// <summary>The body without its Content-Encoding; null when it has none. The caller disposes it.</summary>
    private static PooledBytes? Decompress(HttpRequest request, ReadOnlyMemory<byte> raw, BodyLimits limits, out Fault? fault)
    {
        PooledBytes? plain = null;
        var codings = Decompression.ParseEncodings(request.Headers.ContentEncoding, out fault);
        var most = IngestLimits.UnpackedOf(raw.Length, limits.Decompressed);
        for (var i = codings.Length - 1; i >= 0 && fault is null; i--)
        {
            using var packed = plain;
            plain = new PooledBytes(most);
            fault = Decompression.Decompress(codings[i], packed?.Memory ?? raw, plain, most);
        }
        return plain;
    }

    [LoggerMessage(EventId = 3100, Level = LogLevel.Error, Message = "{service} {operation} failed, request {requestId}")]
    private static partial void LogDefect(ILogger logger, Exception exception, string? service, string operation, string requestId);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "the answer of {service} {operation} is not exact: {notice}")]
    private static partial void LogNotExact(ILogger logger, string? service, string operation, string notice);
}
