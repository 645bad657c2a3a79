using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Otlp.Out;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>OTLP over HTTP: one POST a request, protobuf or JSON, answered in the same.</summary>
internal sealed class OtlpHttp(OtlpIntake intake, AccessKeys keys, OtlpOptions options)
{
    public async Task ExportAsync(HttpContext http, Signal signal)
    {
        if (ParseContentType(http.Request) is not { } encoding)
        {
            intake.Refuse(signal, new Fault(FaultKind.Unsupported, OtlpFaults.ContentTypes));
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(OtlpFaults.ContentTypes, http.RequestAborted);
            return;
        }
        var result = await TakeAsync(http, signal, encoding);
        await AnswerAsync(http, signal, encoding, result);
    }

    private async ValueTask<IntakeResult> TakeAsync(HttpContext http, Signal signal, PayloadEncoding encoding)
    {
        var sender = Sender.Of(http.Request, keys, signal, out var fault);
        if (fault is not null)
            return intake.Refuse(signal, fault);
        IngestBatch? batch;
        IntakeResult result;
        using (var body = await RequestBody.ReadAsync(http.Request, options.Limits, http.RequestAborted))
        {
            if (body.Fault is not null)
                return intake.Refuse(signal, body.Fault);
            batch = intake.Decode(signal, encoding, body.Bytes.Span, sender, out result);
        }
        if (batch is null)
            return result;
        fault = await intake.CommitAsync(batch, http.RequestAborted);
        return fault is null ? result : new IntakeResult(fault);
    }

    private static async Task AnswerAsync(HttpContext http, Signal signal, PayloadEncoding encoding, IntakeResult result)
    {
        var response = http.Response;
        var body = new ByteBuffer();
        if (result.Fault is { } fault)
        {
            response.StatusCode = OtlpFaults.HttpStatus(fault.Kind);
            if (OtlpFaults.RetryAfterSeconds(fault) is { } seconds)
                response.Headers.RetryAfter = OtlpFaults.RetryAfterText(seconds);
            OtlpAnswers.AppendStatus(body, encoding, OtlpFaults.Rpc(fault.Kind), fault.Message);
        }
        else
        {
            OtlpAnswers.AppendExported(body, encoding, signal, result.Rejected, result.Message);
        }
        // The answer's content type must equal the request's, x-protobuf included; to a page that sent text it is what the text was.
        var asked = MediaType(http.Request.ContentType ?? "");
        response.ContentType = asked.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? asked : "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    private static PayloadEncoding? ParseContentType(HttpRequest request) => MediaType(request.ContentType ?? "").ToLowerInvariant() switch
    {
        "application/x-protobuf" or "application/protobuf" => PayloadEncoding.Protobuf,
        "application/json" => PayloadEncoding.Json,
        // navigator.sendBeacon(url, text) can say nothing else, and its page never learns that it was refused. Only browsers send an origin.
        "text/plain" when request.Headers.Origin.Count > 0 => PayloadEncoding.Json,
        _ => null,
    };

    private static string MediaType(string header)
    {
        var end = header.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? header : header[..end]).Trim();
    }
}
