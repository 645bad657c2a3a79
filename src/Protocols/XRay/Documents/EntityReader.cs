using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Traces.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Documents;

/// <summary>Reads a stored document back. It was checked when it was taken, so unexpected values are left out here and are never an error.</summary>
internal static class EntityReader
{
    /// <param name="attributes">True when it was made from an OpenTelemetry span: <c>metadata.default</c> then has its attributes.</param>
    public static TraceEntity? Read(string document, bool attributes = false)
    {
        var json = JsonElement.Parse(document, new JsonDocumentOptions { MaxDepth = AwsJson.MaxDepth });
        if (ReadOne(json, outermost: true, attributes) is not { } top)
            return null;
        var open = new Stack<(JsonElement Json, TraceEntity Parent)>();
        Push(open, json, top);
        while (open.TryPop(out var next))
        {
            if (ReadOne(next.Json, outermost: false, attributes) is not { } subsegment)
                continue;
            subsegment.Parent = next.Parent;
            next.Parent.Children.Add(subsegment);
            Push(open, next.Json, subsegment);
        }
        return top;
    }

    /// <summary>Its subsegments, the first one on top.</summary>
    private static void Push(Stack<(JsonElement, TraceEntity)> open, JsonElement json, TraceEntity entity)
    {
        foreach (var child in json.ItemsOf("subsegments").Reverse())
            open.Push((child, entity));
    }

    private static TraceEntity? ReadOne(JsonElement json, bool outermost, bool attributes)
    {
        if (!SpanId.TryParse(json.TextOf("id"), out var id) || json.TextOf("name") is not { } name || Nanoseconds(json, "start_time") is not { } start)
            return null;
        _ = SpanId.TryParse(json.TextOf("parent_id"), out var parentId);
        var http = Http(json);
        var aws = json.ObjectOf("aws");
        var annotations = Annotations(json);
        return new TraceEntity
        {
            Id = id,
            ParentId = parentId,
            Name = name.Length > 200 ? name[..200] : name,
            Start = start,
            End = json.FlagOf("in_progress") ? null : Nanoseconds(json, "end_time"),
            IsSegment = outermost && json.TextOf("type") != "subsegment",
            Namespace = json.TextOf("namespace"),
            Origin = json.TextOf("origin"),
            Fault = json.FlagOf("fault") || http.Status is >= 500 and <= 599,
            Throttle = json.FlagOf("throttle") || http.Status == 429,
            Error = json.FlagOf("error") || http.Status is >= 400 and <= 499,
            Http = http,
            User = json.TextOf("user"),
            ResourceArn = json.TextOf("resource_arn"),
            InstanceId = aws?.ObjectOf("ec2")?.TextOf("instance_id"),
            AvailabilityZone = aws?.ObjectOf("ec2")?.TextOf("availability_zone"),
            AccountId = aws?.TextOf("account_id"),
            Annotations = annotations,
            Searchable = attributes ? [.. annotations, .. Attributes(json)] : annotations,
            Exceptions = Exceptions(json),
            Target = Target(json, name, aws),
            Links = Links(json),
            Document = json,
        };
    }

    /// <summary>Other entities have none.</summary>
    private static CallTarget Target(JsonElement json, string name, JsonElement? aws) => json.TextOf("namespace") is ("aws" or "remote") and var kind
        ? CallTarget.Of(
            name, json.ObjectOf("sql") is not null, kind == "aws",
            aws?.TextOf("table_name"), aws?.TextOf("bucket_name"), aws?.TextOf("queue_url"), aws?.TextOf("function_name"))
        : default;

    private static List<SpanLink> Links(JsonElement json)
    {
        var links = new List<SpanLink>();
        foreach (var link in json.ItemsOf("links"))
        {
            if (TraceId.TryParse(link.TextOf("trace_id"), out var trace))
                links.Add(new SpanLink(trace, SpanId.TryParse(link.TextOf("id"), out var span) ? span : null));
        }
        return links;
    }

    private static long? Nanoseconds(JsonElement json, string name) =>
        json.MemberOf(name) is { ValueKind: JsonValueKind.Number } number
            && JsonTokens.TryEpochSeconds(
                System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(number), long.MaxValue - UnixTime.FurthestAhead, out var nanoseconds, out _)
            ? nanoseconds
            : null;

    private static HttpFields Http(JsonElement json)
    {
        if (json.ObjectOf("http") is not { } http)
            return HttpFields.None;
        var request = http.ObjectOf("request");
        var response = http.ObjectOf("response");
        return new HttpFields(
            request?.TextOf("method"), request?.TextOf("url"), (long?)response?.NumberOf("status"), request?.TextOf("user_agent"), request?.TextOf("client_ip"));
    }

    private static List<KeyValuePair<string, object>> Annotations(JsonElement json)
    {
        var annotations = new List<KeyValuePair<string, object>>();
        if (json.ObjectOf("annotations") is not { } values)
            return annotations;
        foreach (var annotation in values.EnumerateObject())
        {
            if (AnnotationValue(annotation.Value) is { } value)
                annotations.Add(new(NameOf(annotation), value));
        }
        return annotations;
    }

    private static IEnumerable<KeyValuePair<string, object>> Attributes(JsonElement json)
    {
        if (json.ObjectOf("metadata")?.ObjectOf("default") is not { } values)
            yield break;
        foreach (var attribute in values.EnumerateObject())
        {
            if (AnnotationValue(attribute.Value) is { } value)
                yield return new(NameOf(attribute), value);
        }
    }

    private static object? AnnotationValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.AsText(),
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static List<ExceptionFields> Exceptions(JsonElement json) => json.ObjectOf("cause") is { } cause
        ? [.. cause.ItemsOf("exceptions").Select(e => new ExceptionFields(e.TextOf("type"), e.TextOf("message"), e.FlagOf("remote")))]
        : [];

    /// <summary>The member's name; half surrogates become U+FFFD.</summary>
    public static string NameOf(JsonProperty member)
    {
        var raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8PropertyName(member);
        var first = raw.IndexOf((byte)'\\');
        if (first < 0)
            return System.Text.Encoding.UTF8.GetString(raw);
        var text = new byte[raw.Length];
        return System.Text.Encoding.UTF8.GetString(text.AsSpan(0, JsonTokens.Unescape(raw, first, text)));
    }
}
