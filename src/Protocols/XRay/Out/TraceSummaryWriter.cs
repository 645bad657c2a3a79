using System.Text.Json;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;

namespace Weir.Protocols.XRay.Out;

/// <summary>A trace as an element of GetTraceSummaries.</summary>
internal static class TraceSummaryWriter
{
    public static void Write(Utf8JsonWriter json, Trace trace, TraceMap map, TimeRangeType type)
    {
        var root = trace.Root;
        var services = map.Services.ToList();
        json.WriteStartObject();
        json.WriteString("Id", trace.Id.ToXRay());
        json.WriteSeconds("StartTime", trace.Start / 1e9);
        if (trace.Duration is { } duration)
            json.WriteNumber("Duration", Math.Round(duration, 6));
        if (root.End is not null)
            json.WriteNumber("ResponseTime", Math.Round(root.Seconds, 6));
        json.WriteBoolean("HasFault", root.Fault);
        json.WriteBoolean("HasError", root.Error);
        json.WriteBoolean("HasThrottle", root.Throttle);
        json.WriteBoolean("IsPartial", trace.IsPartial);
        WriteHttp(json, root.Http);
        WriteAnnotations(json, trace);
        WriteUsers(json, trace);
        json.WriteStartArray("ServiceIds");
        foreach (var service in services)
            WriteServiceId(json, service);
        json.WriteEndArray();
        WriteList(json, "ResourceARNs", "ARN", trace.Entities.Select(e => e.ResourceArn));
        WriteList(json, "InstanceIds", "Id", trace.Entities.Select(e => e.InstanceId));
        WriteList(json, "AvailabilityZones", "Name", trace.Entities.Select(e => e.AvailabilityZone));
        json.WritePropertyName("EntryPoint");
        WriteServiceId(json, new ServiceKey(root.Name, root.Origin, root.AccountId));
        WriteCauses(json, "FaultRootCauses", RootCauses.Of(trace, CauseKind.Fault), exceptions: true);
        WriteCauses(json, "ErrorRootCauses", RootCauses.Of(trace, CauseKind.Error), exceptions: true);
        WriteCauses(json, "ResponseTimeRootCauses", RootCauses.Of(trace, CauseKind.ResponseTime), exceptions: false);
        json.WriteNumber("Revision", trace.Revision);
        if (type != TimeRangeType.TraceId)
            json.WriteSeconds("MatchedEventTime", (type == TimeRangeType.Event ? trace.LastReceived : trace.End) / 1e9);
        json.WriteEndObject();
    }

    public static void WriteServiceId(Utf8JsonWriter json, ServiceKey service)
    {
        json.WriteStartObject();
        WriteServiceMembers(json, service);
        json.WriteEndObject();
    }

    public static void WriteServiceMembers(Utf8JsonWriter json, ServiceKey service)
    {
        json.WriteString("Name", service.Name);
        json.WriteStartArray("Names");
        json.WriteStringValue(service.Name);
        json.WriteEndArray();
        if (service.AccountId is { } account)
            json.WriteString("AccountId", account);
        if (service.Type is { } type)
            json.WriteString("Type", type);
    }

    private static void WriteHttp(Utf8JsonWriter json, HttpFields http)
    {
        json.WriteStartObject("Http");
        if (http.Url is { } url)
            json.WriteString("HttpURL", url);
        if (http.Status is { } status)
            json.WriteNumber("HttpStatus", status);
        if (http.Method is { } method)
            json.WriteString("HttpMethod", method);
        if (http.UserAgent is { } agent)
            json.WriteString("UserAgent", agent);
        if (http.ClientIp is { } ip)
            json.WriteString("ClientIp", ip);
        json.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, Trace trace)
    {
        json.WriteStartObject("Annotations");
        var annotations = trace.Entities
            .SelectMany(entity => entity.Annotations.Select(a => (a.Key, a.Value, Service: ServiceOf(entity))))
            .GroupBy(a => a.Key, StringComparer.Ordinal);
        foreach (var key in annotations)
        {
            json.WriteStartArray(key.Key);
            foreach (var value in key.GroupBy(a => a.Value))
            {
                json.WriteStartObject();
                json.WriteStartObject("AnnotationValue");
                switch (value.Key)
                {
                    case string text:
                        json.WriteString("StringValue", text);
                        break;
                    case double number:
                        json.WriteNumber("NumberValue", number);
                        break;
                    case bool flag:
                        json.WriteBoolean("BooleanValue", flag);
                        break;
                }
                json.WriteEndObject();
                WriteServiceIds(json, value.Select(a => a.Service));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteUsers(Utf8JsonWriter json, Trace trace)
    {
        json.WriteStartArray("Users");
        var users = trace.Entities.Where(e => !string.IsNullOrEmpty(e.User)).GroupBy(e => e.User!, StringComparer.Ordinal);
        foreach (var user in users)
        {
            json.WriteStartObject();
            json.WriteString("UserName", user.Key);
            WriteServiceIds(json, user.Select(ServiceOf));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteServiceIds(Utf8JsonWriter json, IEnumerable<ServiceKey> services)
    {
        json.WriteStartArray("ServiceIds");
        foreach (var service in services.Distinct())
            WriteServiceId(json, service);
        json.WriteEndArray();
    }

    private static ServiceKey ServiceOf(TraceEntity entity)
    {
        var top = entity.Top;
        return new ServiceKey(top.Name, top.Origin, top.AccountId);
    }

    private static void WriteList(Utf8JsonWriter json, string list, string member, IEnumerable<string?> values)
    {
        json.WriteStartArray(list);
        foreach (var value in values.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString(member, value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCauses(Utf8JsonWriter json, string name, IReadOnlyList<RootCause> causes, bool exceptions)
    {
        json.WriteStartArray(name);
        foreach (var cause in causes)
        {
            json.WriteStartObject();
            json.WriteBoolean("ClientImpacting", cause.ClientImpacting);
            json.WriteStartArray("Services");
            foreach (var service in cause.Services)
            {
                json.WriteStartObject();
                WriteServiceMembers(json, service.Service);
                // Grafana's plugin reads the type and the exception name without a check, and crashes when one is missing.
                if (service.Service.Type is null)
                    json.WriteString("Type", "");
                json.WriteBoolean("Inferred", service.Inferred);
                json.WriteStartArray("EntityPath");
                foreach (var entity in service.Entities)
                    WriteEntity(json, entity, exceptions);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteEntity(Utf8JsonWriter json, CauseEntity entity, bool exceptions)
    {
        json.WriteStartObject();
        json.WriteString("Name", entity.Name);
        if (exceptions)
        {
            json.WriteStartArray("Exceptions");
            foreach (var exception in entity.Exceptions)
            {
                json.WriteStartObject();
                json.WriteString("Name", exception.Type ?? "");
                if (exception.Message is { } message)
                    json.WriteString("Message", message);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        else
        {
            json.WriteNumber("Coverage", Math.Round(entity.Coverage, 4));
        }
        json.WriteBoolean("Remote", entity.Remote);
        json.WriteEndObject();
    }
}
