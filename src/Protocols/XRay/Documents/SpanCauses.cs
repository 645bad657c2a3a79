using System.Globalization;
using System.Text.Json;
using Weir.Core.Query;
using Weir.Features.Errors;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Documents;

/// <summary>
/// The exceptions that an OpenTelemetry span recorded as the <c>cause</c> of an entity: each event named exception with the frames of its
/// stack trace and what it was caused by; without one, the message of a status that is an error.
/// </summary>
internal static class SpanCauses
{
    private const int MaxEvents = 5;
    private const int MaxFrames = 100;

    /// <param name="Cause">Index of the exception that caused it.</param>
    private sealed record Recorded(string? Type, string? Message, IReadOnlyList<StackFrame> Frames, int? Cause);

    /// <param name="remote">True when the span is a call: the other side failed.</param>
    public static void Write(Utf8JsonWriter json, ResultRow row, bool remote)
    {
        var exceptions = new List<Recorded>();
        foreach (var item in SpanDocuments.Items(row.Text("events")).Where(e => e.TextOf("name") == "exception").Take(MaxEvents))
            Add(exceptions, item.ObjectOf("attributes"));
        if (exceptions.Count == 0 && row.Text("status") == "error" && row.TextOrNull("status_message") is { } message)
            exceptions.Add(new Recorded(null, message, [], null));
        if (exceptions.Count == 0)
            return;
        json.WriteStartObject("cause"u8);
        json.WriteStartArray("exceptions"u8);
        for (var i = 0; i < exceptions.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, Id(row, i));
            if (exceptions[i].Type is { } type)
                json.WriteString("type"u8, type);
            json.WriteString("message"u8, exceptions[i].Message ?? "");
            if (remote)
                json.WriteBoolean("remote"u8, true);
            if (exceptions[i].Cause is { } cause)
                json.WriteString("cause"u8, Id(row, cause));
            WriteStack(json, exceptions[i].Frames);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Id(ResultRow row, int index) => (row.SpanId("span_id").Value + (ulong)index + 1).ToString("x16", CultureInfo.InvariantCulture);

    private static void Add(List<Recorded> exceptions, JsonElement? attributes)
    {
        var (type, message) = (attributes?.TextOf("exception.type"), attributes?.TextOf("exception.message"));
        var stack = attributes?.TextOf("exception.stacktrace") is { Length: > 0 } text ? StackTraces.Parse(text) : [];
        if (stack.Count == 0 || stack[0].Frames.Count == 0)
        {
            exceptions.Add(new Recorded(type, message, [], null));
            return;
        }
        for (var i = 0; i < stack.Count; i++)
        {
            var (name, said) = (stack[i].Class.Length > 0 ? stack[i].Class : null, stack[i].Message);
            exceptions.Add(new Recorded(
                i == 0 ? type ?? name : name, i == 0 ? message ?? said : said, stack[i].Frames, i + 1 < stack.Count ? exceptions.Count + 1 : null));
        }
    }

    /// <summary><c>[{"path":"app.py","line":7,"label":"home"}]</c></summary>
    private static void WriteStack(Utf8JsonWriter json, IReadOnlyList<StackFrame> frames)
    {
        if (frames.Count == 0)
            return;
        if (frames.Count > MaxFrames)
            json.WriteNumber("truncated"u8, frames.Count - MaxFrames);
        json.WriteStartArray("stack"u8);
        foreach (var frame in frames.Take(MaxFrames))
        {
            json.WriteStartObject();
            if (frame.File is { } path)
                json.WriteString("path"u8, path);
            if (frame.Line is { } line)
                json.WriteNumber("line"u8, line);
            if (frame.Method is { } label)
                json.WriteString("label"u8, label);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
