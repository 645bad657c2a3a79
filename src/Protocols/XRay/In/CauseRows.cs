using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Errors;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// Second pass, part two: an entity's <c>cause</c> as one occurrence. A cause that is only the id of an exception points to one
/// recorded deeper in the trace, which has its own occurrence.
/// </summary>
/// <remarks><code>
/// {"working_directory":"/app","paths":[],"exceptions":[{"id":"0acf560d963237d9","type":"TypeError","message":"broken","remote":false,
///  "stack":[{"path":"app.js","line":7,"label":"home"}]}]}
/// </code></remarks>
internal sealed class CauseRows
{
    private readonly List<StackException> _exceptions = [];
    private string _firstId = "";
    private bool _firstRemote;

    public void Append(
        ReadOnlySpan<byte> document, Span<Entity> entities, int index, in SegmentArrival arrival, ReadOnlySpan<byte> service, IngestBatch batch,
        Span<byte> scratch)
    {
        ref readonly var entity = ref entities[index];
        ReadExceptions(entity.Cause.Of(document));
        if (_exceptions.Count == 0)
            return;
        var first = _exceptions[0];
        var title = string.Join(": ", new[] { first.Class, first.Message }.Where(part => !string.IsNullOrEmpty(part)));
        batch.Spans.StatusMessage.Append(title);
        var rows = batch.Occurrences;
        var fingerprint = Fingerprints.Of(_exceptions);
        rows.Time.Append(entity.End > 0 ? entity.End : entity.Start);
        rows.ReceivedAt.Append(arrival.ReceivedAt);
        rows.OccurrenceId.Append(OccurrenceId(arrival.TraceId, entity.Id, _firstId));
        rows.ItemId.Append(ItemIdentity.Of(arrival.Environment, Encoding.UTF8.GetString(service), fingerprint));
        rows.Fingerprint.Append(fingerprint);
        rows.Environment.Append(arrival.Environment);
        rows.Protocol.Append("xray"u8);
        rows.Service.Append(service);
        rows.Level.Append("error"u8);
        rows.Title.Append(title.Length == 0 ? "exception without a message" : title);
        rows.ExceptionClass.Append(first.Class);
        rows.Message.Append(first.Message ?? "");
        StackExceptionsJson.Append(_exceptions, rows.Exceptions);
        rows.TraceId.Append(arrival.TraceId);
        rows.SpanId.Append(entity.Id);
        rows.TraceIdFrom.Append(TraceIdFrom.Field);
        AppendRequest(document, entities[0], rows, scratch);
        AppendSdk(document, entities[0], rows);
        rows.Attributes.Add("aws.xray.exception.id"u8, _firstId);
        rows.Attributes.Add("aws.xray.exception.remote"u8, _firstRemote);
        rows.Attributes.Add("aws.xray.entity.name"u8, JsonTokens.Unquote(entity.NameToken.Of(document), scratch));
        rows.Payload.Append(entity.Cause.Of(document));
        rows.EndRow();
    }

    private static void AppendRequest(ReadOnlySpan<byte> document, in Entity top, OccurrenceBlock rows, Span<byte> scratch)
    {
        var http = HttpPart.Read(document, top.Http);
        if (!http.Method.IsEmpty)
            rows.Method.Append(Encoding.UTF8.GetString(JsonTokens.Unquote(http.Method, scratch)).ToUpperInvariant());
        if (!http.Url.IsEmpty)
            rows.Url.Append(JsonTokens.Unquote(http.Url, scratch));
        if (!http.ClientIp.IsEmpty)
            rows.UserIp.Append(JsonTokens.Unquote(http.ClientIp, scratch));
        if (top.User.IsString(document))
            rows.PersonId.Append(JsonTokens.Unquote(top.User.Of(document), scratch));
    }

    /// <summary><c>{"xray":{"sdk":"X-Ray for Node.js","sdk_version":"3.12.0"}}</c></summary>
    private static void AppendSdk(ReadOnlySpan<byte> document, in Entity top, OccurrenceBlock rows)
    {
        if (!top.Aws.IsObject(document))
            return;
        using var aws = JsonDocument.Parse(top.Aws.Of(document).ToArray(), new JsonDocumentOptions { MaxDepth = JsonTokens.MaxDepth });
        if (aws.RootElement.ObjectOf("xray") is not { } xray || xray.TextOf("sdk") is not { Length: > 0 } sdk)
            return;
        rows.Notifier.Append(xray.TextOf("sdk_version") is { Length: > 0 } version ? $"{sdk} {version}" : sdk);
        rows.Language.Append(LanguageOf(sdk));
    }

    private static string LanguageOf(string sdk) => sdk switch
    {
        _ when sdk.Contains("Python", StringComparison.OrdinalIgnoreCase) => "python",
        _ when sdk.Contains("Node", StringComparison.OrdinalIgnoreCase) => "javascript",
        _ when sdk.Contains("Java", StringComparison.OrdinalIgnoreCase) => "java",
        _ when sdk.Contains(".NET", StringComparison.OrdinalIgnoreCase) => "dotnet",
        _ when sdk.Contains("Go", StringComparison.Ordinal) => "go",
        _ when sdk.Contains("Ruby", StringComparison.OrdinalIgnoreCase) => "ruby",
        _ => "",
    };

    private void ReadExceptions(ReadOnlySpan<byte> cause)
    {
        // Errors are rare, so the plain reader is fast enough.
        _exceptions.Clear();
        using var json = JsonDocument.Parse(cause.ToArray(), new JsonDocumentOptions { MaxDepth = JsonTokens.MaxDepth });
        foreach (var exception in json.RootElement.ItemsOf("exceptions"))
        {
            if (exception.ValueKind != JsonValueKind.Object)
                continue;
            if (_exceptions.Count == 0)
                (_firstId, _firstRemote) = (exception.TextOf("id") ?? "", exception.FlagOf("remote"));
            _exceptions.Add(new StackException(
                exception.TextOf("type") ?? "", exception.TextOf("message"), [.. exception.ItemsOf("stack").Select(Frame)]));
        }
    }

    /// <summary><c>{"path":"app.js","line":7,"label":"home"}</c></summary>
    private static StackFrame Frame(JsonElement frame)
    {
        var file = frame.TextOf("path");
        var method = frame.TextOf("label");
        var line = frame.NumberOf("line");
        return new StackFrame(file, line is >= 0 and <= int.MaxValue ? (int)line : null, null, method, null, ProjectCode.Has(file, method));
    }

    /// <summary>The same for the same exception of the same entity, so a document that is sent twice gives one occurrence.</summary>
    private static string OccurrenceId(TraceId traceId, SpanId spanId, string exceptionId) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{traceId.ToHex()}/{spanId.ToHex()}/{exceptionId}")).AsSpan(0, 16));
}
