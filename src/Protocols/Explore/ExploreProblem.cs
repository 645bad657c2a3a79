using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore;

/// <summary>
/// A refusal as problem details (RFC 9457), with the members that Honeycomb's clients read (<c>error</c>, <c>type_detail</c>) and the
/// web UI (<c>errors</c>).
/// </summary>
internal sealed record ExploreProblem(int Status, string Type, string Title, string Detail, IReadOnlyList<SpecError>? Errors = null, int? Position = null)
{
    public const string ContentType = "application/problem+json";

    public static ExploreProblem Of(SpecException error) =>
        new(422, "validation-failed", "The provided input is invalid.", error.Message, error.Errors);

    /// <summary>The desk's one table from faults to answers.</summary>
    public static ExploreProblem Of(Fault fault)
    {
        var (status, type, title) = fault.Kind switch
        {
            FaultKind.Malformed => (400, "unparseable", "The request body could not be parsed."),
            FaultKind.Invalid => (422, "validation-failed", "The question asks for something that can't be."),
            FaultKind.TooLarge => (413, "payload-too-large", "The request body is too large."),
            FaultKind.Unsupported => (415, "unsupported", "The content type or encoding is not served."),
            FaultKind.Unauthorized => (401, "unauthorized", "A key is needed."),
            FaultKind.Forbidden => (403, "forbidden", "The key does not allow this."),
            FaultKind.NotFound => (404, "not-found", "The requested resource cannot be found."),
            FaultKind.Conflict => (409, "conflict", "Somebody else changed it."),
            FaultKind.Expired => (422, "expired", "It is older than what is kept."),
            FaultKind.LimitExceeded => (422, "limit-exceeded", "The question costs too much."),
            FaultKind.Busy => (429, "rate-limited", "Too many questions at once."),
            FaultKind.Unavailable => (503, "unavailable", "The store does not answer now."),
            _ => (500, "internal", "A defect of Weir."),
        };
        return new ExploreProblem(status, type, title, fault.Message, Position: fault.Position);
    }

    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        if (Status is 429 or 503)
            http.Response.Headers.RetryAfter = "2";
        await ExploreAnswers.WriteAsync(http, ContentType, json => Write(json, HostOf(http.Request)));
    }

    /// <summary>Scheme and host as the client wrote them.</summary>
    public static string HostOf(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    /// <param name="host">The <c>type</c> is <c>{host}/problems/{Type}</c>, as in the management API.</param>
    public void Write(Utf8JsonWriter json, string host)
    {
        json.WriteStartObject();
        json.WriteString("type", $"{host}/problems/{Type}");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        json.WriteString("error", Detail);
        if (Position is { } position)
            json.WriteNumber("position", position);
        if (Errors is { } errors)
        {
            foreach (var name in new[] { "type_detail", "errors" })
            {
                json.WriteStartArray(name);
                foreach (var error in errors)
                {
                    json.WriteStartObject();
                    json.WriteString("field", error.Field);
                    json.WriteString("code", error.Code);
                    json.WriteString("description", error.Description);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        }
        json.WriteEndObject();
    }
}

/// <summary>Writes JSON answers from one buffer, so that a failure while writing is no half answer.</summary>
internal static class ExploreAnswers
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write) => WriteAsync(http, "application/json", write);

    public static async Task WriteAsync(HttpContext http, string contentType, Action<Utf8JsonWriter> write)
    {
        var bytes = Bytes(write);
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
            write(json);
        return buffer.WrittenMemory;
    }
}
