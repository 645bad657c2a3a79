using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Protocols.XRay.Groups;

/// <summary>A named filter expression, as stored.</summary>
internal sealed record GroupRecord(
    string GroupName, string GroupARN, string? FilterExpression, bool InsightsEnabled, bool NotificationsEnabled)
{
    public const string DefaultName = "Default";

    /// <summary>The members of API replies, without the surrounding object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("GroupName"u8, GroupName);
        json.WriteString("GroupARN"u8, GroupARN);
        if (FilterExpression is not null)
            json.WriteString("FilterExpression"u8, FilterExpression);
        json.WriteStartObject("InsightsConfiguration"u8);
        json.WriteBoolean("InsightsEnabled"u8, InsightsEnabled);
        json.WriteBoolean("NotificationsEnabled"u8, NotificationsEnabled);
        json.WriteEndObject();
    }
}

[JsonSerializable(typeof(GroupRecord))]
internal sealed partial class GroupJson : JsonSerializerContext;
