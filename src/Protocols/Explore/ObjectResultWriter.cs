using System.Globalization;
using System.Text.Json;
using Weir.Features;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore;

/// <summary>
/// Writes an answer as Honeycomb's query results:
/// <c>{"series":[{"time":"…","data":{"COUNT":1,"name":"x"}}],"results":[{"data":{"COUNT":77,"name":"x"}}]}</c>, one series entry a bucket and group.
/// A HEATMAP is a value like others, a list of its bins that have rows: <c>"HEATMAP(duration_ms)":[{"min":64,"max":68,"count":12}]</c>. It is
/// of all rows: with breakdowns it stands in the totals, whether these were asked or not, and not in the groups.
/// </summary>
internal static class ObjectResultWriter
{
    public static void Write(Utf8JsonWriter json, QueryResult result, bool totals, bool others)
    {
        var keys = result.KeyColumns.Select(c => c.Name).ToList();
        var values = result.ValueColumns.Select(c => c.Name).ToList();
        // Without breakdowns the whole is the one group.
        var groups = keys.Count == 0 ? [result.Total] : result.Groups;
        var heatmaps = result.Heatmaps.Select(h => new Bins(h)).ToList();
        var ofGroups = keys.Count == 0 ? heatmaps : [];
        json.WriteStartObject();
        json.WriteStartArray("series");
        for (var bucket = 0; bucket < result.Window.Buckets; bucket++)
        {
            foreach (var group in groups)
            {
                if (IsThere(group, ofGroups, bucket))
                    WritePoint(json, result.Window, bucket, () => WriteData(json, keys, group.Key, values, i => group.Points![i][bucket], ofGroups, bucket));
            }
        }
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (var group in groups)
        {
            json.WriteStartObject();
            WriteData(json, keys, group.Key, values, i => group.Values[i], ofGroups, null);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (totals || (keys.Count > 0 && heatmaps.Count > 0))
            WriteTotals(json, result, values, heatmaps);
        if (others && result.Other is { } other)
        {
            json.WritePropertyName("other_by_aggregate");
            WriteValues(json, values, i => other[i], [], null);
        }
        // Weir's addition: only where there is something to say.
        if (result.Warnings.Count > 0)
        {
            json.WriteStartArray("warnings");
            foreach (var warning in result.Warnings)
                json.WriteStringValue(warning);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, QueryResult result, List<string> values, List<Bins> heatmaps)
    {
        json.WritePropertyName("total_by_aggregate");
        WriteValues(json, values, i => result.Total.Values[i], heatmaps, null);
        json.WriteStartArray("total_by_aggregate_series");
        for (var bucket = 0; bucket < result.Window.Buckets; bucket++)
        {
            var at = bucket;
            if (IsThere(result.Total, heatmaps, at))
                WritePoint(json, result.Window, at, () => WriteData(json, [], [], values, i => result.Total.Points![i][at], heatmaps, at));
        }
        json.WriteEndArray();
    }

    private static bool IsThere(ResultGroup group, List<Bins> heatmaps, int bucket) =>
        (group.Points is { Count: > 0 } points && points.Any(p => p[bucket] is not null)) || heatmaps.Any(h => h.Of(bucket).Any());

    /// <summary>A heatmap by bucket; of no bucket, its rows over the whole time.</summary>
    private sealed class Bins(Heatmap heatmap)
    {
        private readonly ILookup<int, (int Bucket, int Bin, double Rows)> _buckets = heatmap.Cells.ToLookup(c => c.Bucket);

        public string Name => heatmap.Calculation;

        public IEnumerable<(double Min, double Max, double Rows)> Of(int? bucket) =>
            (bucket is { } at ? _buckets[at] : heatmap.Cells).GroupBy(c => c.Bin).OrderBy(bin => bin.Key)
                .Select(bin => (heatmap.Bounds[bin.Key], heatmap.Bounds[bin.Key + 1], bin.Sum(c => c.Rows)));
    }

    private static void WriteBins(Utf8JsonWriter json, List<Bins> heatmaps, int? bucket)
    {
        foreach (var heatmap in heatmaps)
        {
            json.WriteStartArray(heatmap.Name);
            foreach (var (min, max, rows) in heatmap.Of(bucket))
            {
                json.WriteStartObject();
                json.WriteNumber("min", min);
                json.WriteNumber("max", max);
                json.WriteNumber("count", rows);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    private static void WritePoint(Utf8JsonWriter json, QueryWindow window, int bucket, Action write)
    {
        json.WriteStartObject();
        json.WriteString("time", Time(window.FirstNs + (bucket * window.StepNs)));
        write();
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, List<string> keys, IReadOnlyList<object?> key, List<string> values, Func<int, object?> value, List<Bins> heatmaps, int? bucket)
    {
        json.WriteStartObject("data");
        foreach (var (i, name) in keys.Index())
        {
            json.WritePropertyName(name);
            UntypedJson.Write(json, key[i]);
        }
        foreach (var (i, name) in values.Index())
        {
            json.WritePropertyName(name);
            UntypedJson.Write(json, value(i));
        }
        WriteBins(json, heatmaps, bucket);
        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, List<string> names, Func<int, object?> value, List<Bins> heatmaps, int? bucket)
    {
        json.WriteStartObject();
        foreach (var (i, name) in names.Index())
        {
            json.WritePropertyName(name);
            UntypedJson.Write(json, value(i));
        }
        WriteBins(json, heatmaps, bucket);
        json.WriteEndObject();
    }

    private static string Time(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
