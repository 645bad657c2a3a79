using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Features;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore;

/// <summary>Writes rows and traces.</summary>
internal static class RowWriter
{
    public static void Write(Utf8JsonWriter json, RowPage page, IReadOnlySet<string>? columns)
    {
        json.WriteStartObject();
        json.WriteStartArray("rows");
        foreach (var row in page.Rows)
            Write(json, row, columns);
        json.WriteEndArray();
        json.WriteString("next", page.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"{next.TimeNs}:{next.Given}") : null);
        json.WriteStartObject("stats");
        json.WriteNumber("rowsRead", page.Statistics.RowsRead);
        json.WriteNumber("elapsedMs", Math.Round(page.Statistics.Elapsed.TotalMilliseconds, 1));
        json.WriteEndObject();
        WriteWarnings(json, page.Warnings);
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<string> warnings)
    {
        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, ExploredTraces found) => JsonSerializer.Serialize(
        json,
        new TraceSamples(
            [.. found.Traces.Select(t => new TraceSample(
                t.TraceId, t.SpanId, t.RootService, t.RootName, t.Spans == 0 ? null : Time(t.StartNs), t.DurationMs, t.MatchDurationMs, t.Spans, t.Errors))],
            found.Warnings),
        TraceSampleJson.Default.TraceSamples);

    /// <summary>The <c>next</c> of a page; null begins at the newest row.</summary>
    public static RowCursor? ReadCursor(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var parts = text.Split(':');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            && time > 0
                ? new RowCursor(time, given)
                : throw new SpecException("before", "invalid", "expected the next of a page of rows");
    }

    private static void Write(Utf8JsonWriter json, ExploredRow row, IReadOnlySet<string>? columns)
    {
        json.WriteStartObject();
        json.WriteString("time", Time(row.TimeNs));
        json.WriteString("signal", SignalWords.Of(row.Signal));
        json.WriteString("traceId", row.TraceId);
        json.WriteString("spanId", row.SpanId);
        json.WriteStartObject("data");
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in row.Columns)
        {
            if (columns?.Contains(name) == false || !written.Add(name))
                continue;
            json.WritePropertyName(name);
            UntypedJson.Write(json, value);
        }
        foreach (var text in new[] { row.Attributes, row.Resource })
        {
            if (text.Length == 0)
                continue;
            using var document = JsonDocument.Parse(text);
            WriteFlat(json, document.RootElement, "", columns, written);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // The engine writes a dotted key as levels of objects.
    private static void WriteFlat(Utf8JsonWriter json, JsonElement element, string prefix, IReadOnlySet<string>? columns, HashSet<string> written)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                WriteFlat(json, member.Value, name + ".", columns, written);
                continue;
            }
            if (member.Value.ValueKind == JsonValueKind.Null || columns?.Contains(name) == false || !written.Add(name))
                continue;
            json.WritePropertyName(name);
            member.Value.WriteTo(json);
        }
    }

    private static string Time(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTimeOffset.UnixEpoch.AddSeconds(nanoseconds / 1_000_000_000):yyyy-MM-dd'T'HH:mm:ss}.{nanoseconds % 1_000_000_000:D9}Z");
}

/// <summary>Answer of <c>/query/traces</c>.</summary>
internal sealed record TraceSamples(IReadOnlyList<TraceSample> Traces, IReadOnlyList<string> Warnings);

/// <param name="Start">Null when none of its spans is there.</param>
internal sealed record TraceSample(
    string TraceId, string? SpanId, string? RootService, string? RootName, string? Start, double DurationMs, double MatchDurationMs, long Spans, long Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TraceSamples))]
internal sealed partial class TraceSampleJson : JsonSerializerContext;
