using System.Text.Json;
using Weir.Features.Traces.Groups;

namespace Weir.Protocols.XRay.Groups;

/// <summary>Groups as X-Ray's replies have them.</summary>
internal static class TraceGroupWriter
{
    /// <summary>The members of API replies, without the surrounding object.</summary>
    public static void Write(this TraceGroup group, Utf8JsonWriter json)
    {
        json.WriteString("GroupName"u8, group.GroupName);
        json.WriteString("GroupARN"u8, group.GroupARN);
        if (group.FilterExpression is not null)
            json.WriteString("FilterExpression"u8, group.FilterExpression);
        json.WriteStartObject("InsightsConfiguration"u8);
        json.WriteBoolean("InsightsEnabled"u8, group.InsightsEnabled);
        json.WriteBoolean("NotificationsEnabled"u8, group.NotificationsEnabled);
        json.WriteEndObject();
    }
}

