using System.Globalization;
using System.Text.Json;
using Weir.Core.Explore;

namespace Weir.Protocols.Explore;

/// <summary>
/// Writes an answer as Honeycomb's query results:
/// <c>{"series":[{"time":"…","data":{"COUNT":1,"name":"x"}}],"results":[{"data":{"COUNT":77,"name":"x"}}]}</c>, one series entry a bucket and group.
/// </summary>
internal static class ObjectResultWriter
{
    public static void Write(Utf8JsonWriter json, QueryResult result, bool totals, bool others)
    {
        var keys = result.KeyColumns.Select(c => c.Name).ToList();
        var values = result.ValueColumns.Select(c => c.Name).ToList();
        // Without breakdowns the whole is the one group.
        var groups = keys.Count == 0 ? [result.Total] : result.Groups;
        json.WriteStartObject();
        json.WriteStartArray("series");
        for (var bucket = 0; bucket < result.Window.Buckets; bucket++)
        {
            foreach (var group in groups)
            {
                if (group.Points is { Count: > 0 } points && points.Any(p => p[bucket] is not null))
                    WritePoint(json, result.Window, bucket, () => WriteData(json, keys, group.Key, values, i => points[i][bucket]));
            }
        }
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (var group in groups)
        {
            json.WriteStartObject();
            WriteData(json, keys, group.Key, values, i => group.Values[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (totals)
            WriteTotals(json, result, values);
        if (others && result.Other is { } other)
        {
            json.WritePropertyName("other_by_aggregate");
            WriteValues(json, values, i => other[i]);
        }
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, QueryResult result, List<string> values)
    {
        json.WritePropertyName("total_by_aggregate");
        WriteValues(json, values, i => result.Total.Values[i]);
        json.WriteStartArray("total_by_aggregate_series");
        for (var bucket = 0; bucket < result.Window.Buckets; bucket++)
        {
            var at = bucket;
            if (result.Total.Points is { Count: > 0 } points && points.Any(p => p[at] is not null))
                WritePoint(json, result.Window, at, () => WriteData(json, [], [], values, i => points[i][at]));
        }
        json.WriteEndArray();
    }

    private static void WritePoint(Utf8JsonWriter json, QueryWindow window, int bucket, Action write)
    {
        json.WriteStartObject();
        json.WriteString("time", Time(window.FirstNs + (bucket * window.StepNs)));
        write();
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, List<string> keys, IReadOnlyList<object?> key, List<string> values, Func<int, object?> value)
    {
        json.WriteStartObject("data");
        foreach (var (i, name) in keys.Index())
        {
            json.WritePropertyName(name);
            SpecWriter.WriteValue(json, key[i]);
        }
        foreach (var (i, name) in values.Index())
        {
            json.WritePropertyName(name);
            SpecWriter.WriteValue(json, value(i));
        }
        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, List<string> names, Func<int, object?> value)
    {
        json.WriteStartObject();
        foreach (var (i, name) in names.Index())
        {
            json.WritePropertyName(name);
            SpecWriter.WriteValue(json, value(i));
        }
        json.WriteEndObject();
    }

    private static string Time(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
