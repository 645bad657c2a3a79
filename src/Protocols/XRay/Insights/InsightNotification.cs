using System.Buffers;
using System.Text.Json;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Traces.Insights;
using Weir.Protocols.Aws;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// What recipients learn of an insight: the members that every notification of Weir has, and X-Ray's own event as it would reach
/// EventBridge (<c>source</c>, <c>detail-type</c>, <c>detail</c>).
/// </summary>
internal static class InsightNotification
{
    /// <param name="publicUrl">Where people reach the web UI; empty leaves the link out.</param>
    public static Notification Of(Insight insight, DateTimeOffset now, AwsOptions aws, string publicUrl) => new(
        insight.Id,
        $"X-Ray insight: {insight.Group.GroupName}",
        insight.Events[^1].Summary,
        insight.IsActive ? Notification.Triggered : Notification.Ok,
        $"{(insight.IsActive ? "Opened" : "Closed")}: {insight.Summary}",
        now,
        publicUrl.Length == 0 ? "" : $"{publicUrl.TrimEnd('/')}/xray/insights/{insight.Id}")
    {
        Others = Event(insight, now, aws),
    };

    private static Dictionary<string, JsonElement> Event(Insight insight, DateTimeOffset now, AwsOptions aws)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, AwsJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("source", "aws.xray");
            json.WriteString("detail-type", "AWS X-Ray Insight Update");
            json.WriteString("account", aws.AccountId);
            json.WriteString("region", aws.Region);
            json.WriteString("time", WholeSecondsConverter.Text(now));
            json.WriteStartArray("resources");
            json.WriteStringValue(insight.Group.GroupARN);
            json.WriteEndArray();
            json.WriteStartObject("detail");
            InsightOperations.Write(json, insight);
            json.WriteStartObject("Event");
            InsightOperations.WriteEvent(json, insight.Events[^1]);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        using var written = JsonDocument.Parse(bytes.WrittenMemory);
        return written.RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.Clone(), StringComparer.Ordinal);
    }
}
