using System.Text.Json;
using Weir.Features.Traces.Graph;

namespace Weir.Protocols.XRay.Out;

/// <summary>Writes statistics as X-Ray's members.</summary>
internal static class CallStatisticsWriter
{
    public static void WriteSummary(this CallStatistics statistics, Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("OkCount", statistics.Ok);
        json.WriteStartObject("ErrorStatistics");
        json.WriteNumber("ThrottleCount", statistics.Throttles);
        json.WriteNumber("OtherCount", statistics.Errors);
        json.WriteNumber("TotalCount", statistics.Throttles + statistics.Errors);
        json.WriteEndObject();
        json.WriteStartObject("FaultStatistics");
        json.WriteNumber("OtherCount", statistics.Faults);
        json.WriteNumber("TotalCount", statistics.Faults);
        json.WriteEndObject();
        json.WriteNumber("TotalCount", statistics.Count);
        json.WriteNumber("TotalResponseTime", Math.Round(statistics.Seconds, 6));
        json.WriteEndObject();
    }

    /// <summary>Seconds to the millisecond, and how many calls took them.</summary>
    public static void WriteHistogram(this CallStatistics statistics, Utf8JsonWriter json, string name)
    {
        json.WriteStartArray(name);
        foreach (var group in statistics.Histogram.GroupBy(bucket => Math.Round(bucket.Key / 1e9, 3)))
        {
            json.WriteStartObject();
            json.WriteNumber("Value", group.Key);
            json.WriteNumber("Count"u8, group.Sum(bucket => bucket.Value));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
