using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Protocols.XRay;

/// <summary>What every operation shares: reading the body, answering with JSON, and faults in X-Ray's words.</summary>
internal sealed partial class XRayEndpoint(XRayOptions options, ILogger<XRayEndpoint> log)
{
    public const int MaxDepth = 4000;

    /// <summary>Output documents hold text of applications: escape only what JSON demands.</summary>
    public static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = MaxDepth,
    };

    public delegate ValueTask<XRayReply> Operation(XRayRequest request, CancellationToken cancellationToken);

    public delegate ValueTask<XRayReply> RawOperation(ReadOnlyMemory<byte> body, string environment, CancellationToken cancellationToken);

    /// <summary>An operation that takes its body as a parsed object.</summary>
    public Task InvokeAsync(HttpContext context, Operation operation) => InvokeRawAsync(context, async (body, environment, cancellationToken) =>
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
            body = "{}"u8.ToArray();
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            return XRayFaults.Unreadable("the request body is not JSON");
        }
        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? await operation(new XRayRequest(document.RootElement, RegionOf(context.Request), environment), cancellationToken)
                : XRayFaults.Unreadable("the request body is not a JSON object");
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
            var body = await ReadBodyAsync(context);
            reply = body is null
                ? XRayFaults.From(new Fault(FaultKind.TooLarge, $"the request body is larger than {options.MaxRequestBytes} bytes"))
                : await operation(body.Value, XRayRoom.DefaultEnvironment, cancellationToken);
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

    /// <summary>Null when the body is too large.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > options.MaxRequestBytes)
            return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;
        var bytes = new ArrayBufferWriter<byte>((int)Math.Clamp(context.Request.ContentLength ?? 4096, 256, 1 << 20));
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(bytes.GetMemory(4096), context.RequestAborted);
            if (read == 0)
                return bytes.WrittenMemory;
            bytes.Advance(read);
            if (bytes.WrittenCount > options.MaxRequestBytes)
                return null;
        }
    }

    /// <summary><c>AWS4-HMAC-SHA256 Credential=AKID/20261120/eu-west-1/xray/aws4_request, …</c></summary>
    private string RegionOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var credential = authorization.IndexOf("Credential=", StringComparison.Ordinal);
        if (credential < 0)
            return options.Region;
        var scope = authorization[(credential + 11)..].Split('/', 5);
        return scope.Length == 5 && scope[2] is { Length: > 0 and <= 32 } region && region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? region
            : options.Region;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "x-ray operation {Path} failed")]
    private static partial void LogDefect(ILogger log, Exception e, PathString path);
}
