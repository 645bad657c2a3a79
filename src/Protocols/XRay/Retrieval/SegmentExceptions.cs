using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Features.Traces.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Retrieval;

/// <summary>The exceptions of an entity's <c>cause</c> as OpenTelemetry events, in the attribute names of the collector's awsxrayreceiver.</summary>
internal static class SegmentExceptions
{
    private static readonly (string Member, string Attribute)[] Texts = [("message", "exception.message"), ("type", "exception.type"), ("cause", "aws.xray.exception.cause")];
    private static readonly (string Member, string Attribute)[] Numbers = [("truncated", "aws.xray.exception.truncated"), ("skipped", "aws.xray.exception.skipped")];

    /// <summary>Adds nothing when there are no exceptions.</summary>
    public static void Write(Utf8JsonWriter json, TraceEntity entity)
    {
        var exceptions = entity.Document.ObjectOf("cause") is { } cause ? cause.ItemsOf("exceptions").Where(e => e.ValueKind == JsonValueKind.Object).ToList() : [];
        if (exceptions.Count == 0)
            return;
        json.WriteStartArray("events");
        foreach (var exception in exceptions)
        {
            json.WriteStartObject();
            json.WriteNumber("timeUnixNano", entity.End ?? entity.Start);
            json.WriteString("name", "exception");
            json.WriteStartObject("attributes");
            json.WriteString("aws.xray.exception.id", exception.TextOf("id") ?? "");
            foreach (var (member, attribute) in Texts)
            {
                if (exception.TextOf(member) is { } text)
                    json.WriteString(attribute, text);
            }
            foreach (var (member, attribute) in Numbers)
            {
                if (exception.NumberOf(member) is { } number)
                    json.WriteNumber(attribute, (long)number);
            }
            if (exception.FlagOf("remote"))
                json.WriteBoolean("aws.xray.exception.remote", true);
            if (StackTrace(exception) is { } stack)
                json.WriteString("exception.stacktrace", stack);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>In the format of Java's stack traces, for every language.</summary>
    private static string? StackTrace(JsonElement exception)
    {
        var frames = exception.ItemsOf("stack").ToList();
        if (frames.Count == 0)
            return null;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{exception.TextOf("type")}: {exception.TextOf("message")}\n");
        foreach (var frame in frames)
        {
            var line = frame.NumberOf("line") is { } number ? ((long)number).ToString(CultureInfo.InvariantCulture) : "<unknown>";
            text.Append(CultureInfo.InvariantCulture, $"\tat {frame.TextOf("label")}({frame.TextOf("path")}: {line})\n");
        }
        return text.ToString();
    }
}
