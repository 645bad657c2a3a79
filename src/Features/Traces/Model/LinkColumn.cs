using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Features.Traces.Model;

/// <summary>The column <c>links</c>: <c>[{"traceId":"32 hex digits","spanId":"16 hex digits","attributes":{}}]</c>.</summary>
internal static class LinkColumn
{
    /// <summary>Links that name a trace and a span; none for text that is no list. Never throws.</summary>
    public static IReadOnlyList<SpanLink> Read(string json)
    {
        if (json.Length < 3)
            return [];
        var links = new List<SpanLink>();
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return [];
            foreach (var link in document.RootElement.EnumerateArray())
            {
                if (TraceId.TryParse(Text(link, "traceId"), out var trace) && SpanId.TryParse(Text(link, "spanId"), out var span))
                    links.Add(new SpanLink(trace, span));
            }
        }
        catch (JsonException)
        {
            return [];
        }
        return links;
    }

    private static string? Text(JsonElement link, string name)
    {
        try
        {
            return link.ValueKind == JsonValueKind.Object && link.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)[1..^1])
                : null;
        }
        catch (InvalidOperationException)
        {
            // A neighbouring name has half a surrogate pair, which the library refuses to compare.
            return null;
        }
    }
}
