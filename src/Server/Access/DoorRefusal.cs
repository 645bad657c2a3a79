using System.Text;
using System.Text.Json;
using Weir.Core.Ingest;

namespace Weir.Server.Access;

/// <summary>
/// Rejects a request before any protocol handles it. The body is understood by the clients of every protocol: problem details, with additional members
/// <c>message</c> (AWS, Rollbar) and <c>error</c> (Honeycomb); for gRPC the status is in the headers.
/// </summary>
internal static class DoorRefusal
{
    private const string PermissionDenied = "7";

    public static async Task WriteAsync(HttpContext http, int status, string title, string detail)
    {
        var response = http.Response;
        var path = $"{http.Request.Method} {Quote(http.Request.Path.Value ?? "")}, host {Quote(http.Request.Host.Value ?? "")}";
        http.RequestServices.GetService<RefusedCalls>()?.Note("", title.TrimEnd('.'), path, detail);
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            response.ContentType = "application/grpc";
            response.Headers.GrpcStatus = PermissionDenied;
            response.Headers.GrpcMessage = Uri.EscapeDataString(detail);
            return;
        }
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            json.WriteString("error", detail);
            json.WriteNumber("err", 1);
            json.WriteString("message", detail);
            json.WriteEndObject();
        }
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = buffer.Length;
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted);
    }

    /// <summary>Makes the client's text safe for a message: printable ASCII, and short.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, 100)))
            shown.Append(c is > ' ' and < '\x7f' and not '"' ? c : '?');
        return shown.ToString();
    }
}
