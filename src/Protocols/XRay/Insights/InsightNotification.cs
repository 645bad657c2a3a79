using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Features.Traces.Insights;
using Weir.Protocols.Explore.Manage;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Insights;

/// <summary>
/// What recipients are told of an insight: the members that every notification of Weir has, and X-Ray's own event as it would reach
/// EventBridge (<c>source</c>, <c>detail-type</c>, <c>detail</c>).
/// </summary>
internal static class InsightNotification
{
    /// <param name="publicUrl">Where people reach the web UI; empty leaves the link out.</param>
    public static JsonObject Of(Insight insight, DateTimeOffset now, AwsOptions aws, string publicUrl) => new()
    {
        ["version"] = "v0.1.0",
        ["id"] = insight.Id,
        ["name"] = $"X-Ray insight: {insight.Group.GroupName}",
        ["description"] = insight.Events[^1].Summary,
        ["status"] = insight.IsActive ? "TRIGGERED" : "OK",
        ["summary"] = $"{(insight.IsActive ? "Opened" : "Closed")}: {insight.Summary}",
        ["evaluated_at"] = ManagedTime.Text(now),
        ["result_url"] = publicUrl.Length == 0 ? "" : $"{publicUrl.TrimEnd('/')}/xray/insights/{insight.Id}",
        ["source"] = "aws.xray",
        ["detail-type"] = "AWS X-Ray Insight Update",
        ["account"] = aws.AccountId,
        ["region"] = aws.Region,
        ["time"] = ManagedTime.Text(now),
        ["resources"] = new JsonArray(insight.Group.GroupARN),
        ["detail"] = Detail(insight),
    };

    private static JsonNode Detail(Insight insight)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, XRayEndpoint.WriterOptions))
        {
            json.WriteStartObject();
            InsightOperations.Write(json, insight);
            json.WriteStartObject("Event");
            InsightOperations.WriteEvent(json, insight.Events[^1]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return JsonNode.Parse(bytes.WrittenSpan)!;
    }
}
