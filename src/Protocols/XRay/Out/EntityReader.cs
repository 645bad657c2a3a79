using System.Text.Json;
using Weir.Core.Model;
using Weir.Protocols.XRay.In;

namespace Weir.Protocols.XRay.Out;

/// <summary>Reads a stored document back. It was checked when it was taken, so what is odd here is left out, never an error.</summary>
internal static class EntityReader
{
    public static TraceEntity? Read(string document)
    {
        var json = JsonElement.Parse(document, new JsonDocumentOptions { MaxDepth = XRayEndpoint.MaxDepth });
        return Read(json, outermost: true);
    }

    private static TraceEntity? Read(JsonElement json, bool outermost)
    {
        if (!SpanId.TryParse(json.TextOf("id"), out var id) || json.TextOf("name") is not { } name || Nanoseconds(json, "start_time") is not { } start)
            return null;
        _ = SpanId.TryParse(json.TextOf("parent_id"), out var parentId);
        var http = Http(json);
        var aws = json.ObjectOf("aws");
        var entity = new TraceEntity
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
            Annotations = Annotations(json),
            Exceptions = Exceptions(json),
            Json = json,
        };
        foreach (var child in json.ItemsOf("subsegments"))
        {
            if (Read(child, outermost: false) is not { } subsegment)
                continue;
            subsegment.Parent = entity;
            entity.Children.Add(subsegment);
        }
        return entity;
    }

    private static long? Nanoseconds(JsonElement json, string name) =>
        json.MemberOf(name) is { ValueKind: JsonValueKind.Number } number
            && JsonTokens.TryEpochSeconds(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(number), out var nanoseconds)
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
