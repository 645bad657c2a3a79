using System.Text.Json;
using Weir.Core.Columns;

namespace Weir.Features.Errors;

/// <summary>Exceptions as the JSON text of <see cref="OccurrenceBlock.Exceptions"/>.</summary>
internal static class StackExceptionsJson
{
    // Escapes only what JSON requires: the text is stored and parsed as JSON, never inserted into HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IReadOnlyList<StackException> exceptions, ByteBuffer output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartArray();
        foreach (var exception in exceptions)
        {
            json.WriteStartObject();
            json.WriteString("class"u8, exception.Class);
            WriteText(json, "message"u8, exception.Message);
            json.WriteStartArray("frames"u8);
            foreach (var frame in exception.Frames)
            {
                json.WriteStartObject();
                WriteText(json, "file"u8, frame.File);
                WriteNumber(json, "line"u8, frame.Line);
                WriteNumber(json, "column"u8, frame.Column);
                WriteText(json, "method"u8, frame.Method);
                WriteText(json, "code"u8, frame.Code);
                json.WriteBoolean("inProject"u8, frame.InProject);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Append(IReadOnlyList<StackException> exceptions, StringColumn column)
    {
        var buffer = new ByteBuffer();
        Write(exceptions, buffer);
        column.Append(buffer.Written);
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
            json.WriteNull(name);
        else
            json.WriteString(name, text);
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
