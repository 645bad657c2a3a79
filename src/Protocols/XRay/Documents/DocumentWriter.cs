using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Weir.Features.Traces.Model;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.Documents;

/// <summary>A segment as BatchGetTraces returns it: the document's own values, its subsegments nested, stray fields left out.</summary>
internal static class DocumentWriter
{
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "id", "name", "start_time", "end_time", "trace_id", "parent_id", "type", "namespace", "precursor_ids", "service", "user", "origin",
        "resource_arn", "error", "throttle", "fault", "http", "aws", "sql", "cause", "annotations", "metadata", "links", "inferred",
    };

    public static string Write(Trace trace, TraceEntity entity)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, AwsJson.Writing))
        {
            if (entity.InferredFrom is null)
                WriteEntity(json, entity);
            else
                WriteInferred(json, trace, entity);
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteEntity(Utf8JsonWriter json, TraceEntity top)
    {
        WriteMembers(json, top, nested: false);
        var open = new Stack<(TraceEntity Entity, int NextChild)>();
        open.Push((top, 0));
        while (open.TryPop(out var at))
        {
            var children = at.Entity.Children;
            if (at.NextChild == children.Count)
            {
                if (children.Count > 0)
                    json.WriteEndArray();
                json.WriteEndObject();
                continue;
            }
            if (at.NextChild == 0)
                json.WriteStartArray("subsegments"u8);
            open.Push((at.Entity, at.NextChild + 1));
            WriteMembers(json, children[at.NextChild], nested: true);
            open.Push((children[at.NextChild], 0));
        }
    }

    /// <summary>Writes the members and does not close the object.</summary>
    private static void WriteMembers(Utf8JsonWriter json, TraceEntity entity, bool nested)
    {
        json.WriteStartObject();
        foreach (var member in entity.Document.EnumerateObject())
        {
            var name = EntityReader.NameOf(member);
            if (!Fields.Contains(name) || member.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (nested && name is ("trace_id" or "parent_id" or "type"))
                continue;
            json.WritePropertyName(name);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }
        if (entity.End is null)
            json.WriteBoolean("in_progress"u8, true);
    }

    private static void WriteInferred(Utf8JsonWriter json, Trace trace, TraceEntity segment)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, segment.Id.ToHex());
        json.WriteString("name"u8, segment.Name);
        var call = segment.InferredFrom!.Document;
        foreach (var member in call.EnumerateObject())
        {
            var name = EntityReader.NameOf(member);
            if (name is not ("start_time" or "end_time" or "http" or "aws" or "error" or "fault" or "throttle"))
                continue;
            json.WritePropertyName(name);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }
        json.WriteString("trace_id"u8, trace.Id.ToXRay());
        json.WriteString("parent_id"u8, segment.ParentId.ToHex());
        json.WriteBoolean("inferred"u8, true);
        if (segment.Origin is { } origin)
            json.WriteString("origin"u8, origin);
        json.WriteEndObject();
    }
}
