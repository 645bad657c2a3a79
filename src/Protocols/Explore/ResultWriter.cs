using System.Text.Json;
using Weir.Features;
using Weir.Features.Questions;

namespace Weir.Protocols.Explore;

/// <summary>Writes answers as the web UI reads them.</summary>
internal static class ResultWriter
{
    public static void Write(Utf8JsonWriter json, QueryResult result)
    {
        var columns = result.ValueColumns.ToList();
        var keys = result.KeyColumns.ToList();
        json.WriteStartObject();
        json.WritePropertyName("query");
        SpecWriter.Write(json, result.Spec);
        json.WriteNumber("start", result.Window.Start);
        json.WriteNumber("end", result.Window.End);
        json.WriteNumber("granularity", result.Window.Granularity);
        WriteColumns(json, result.Columns);
        WriteGroups(json, "groups", result.Groups, keys, columns);
        json.WriteStartArray("times");
        for (var i = 0; i < result.Window.Buckets; i++)
            json.WriteNumberValue(result.Window.TimeOf(i));
        json.WriteEndArray();
        WriteSeries(json, "series", result.Groups, columns);
        WriteValues(json, "total", result.Total.Values, columns);
        if (result.Other is { } other)
            WriteValues(json, "other", other, columns);
        else
            json.WriteNull("other");
        json.WritePropertyName("totalSeries");
        WritePoints(json, result.Total.Points ?? [], columns);
        json.WriteStartArray("heatmaps");
        foreach (var heatmap in result.Heatmaps)
            WriteHeatmap(json, heatmap);
        json.WriteEndArray();
        WriteCompared(json, result.Compared, keys, columns);
        json.WriteStartObject("stats");
        json.WriteNumber("rowsRead", result.Statistics.RowsRead);
        WriteNumber(json, "bytesRead", result.Statistics.BytesRead);
        WriteNumber(json, "rowsMatched", result.Statistics.RowsMatched);
        json.WriteNumber("elapsedMs", Math.Round(result.Statistics.Elapsed.TotalMilliseconds, 1));
        json.WriteEndObject();
        json.WriteStartArray("warnings");
        foreach (var warning in result.Warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void WriteColumns(Utf8JsonWriter json, IReadOnlyList<QueryResultColumn> columns)
    {
        json.WriteStartArray("columns");
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("kind", column.Kind switch
            {
                ResultColumnKind.Breakdown => "breakdown",
                ResultColumnKind.Calculation => "calculation",
                _ => "formula",
            });
            json.WriteString("op", column.Op is { } op ? CalculationOps.Name(op) : null);
            json.WriteString("column", column.Column);
            json.WriteString("type", column.Type);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteGroups(
        Utf8JsonWriter json, string name, IReadOnlyList<ResultGroup> groups, List<QueryResultColumn> keys, List<QueryResultColumn> columns)
    {
        json.WriteStartArray(name);
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WriteStartObject("key");
            foreach (var (i, key) in keys.Index())
            {
                json.WritePropertyName(key.Name);
                UntypedJson.Write(json, group.Key[i]);
            }
            json.WriteEndObject();
            WriteValues(json, "values", group.Values, columns);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteSeries(Utf8JsonWriter json, string name, IReadOnlyList<ResultGroup> groups, List<QueryResultColumn> columns)
    {
        json.WriteStartArray(name);
        foreach (var (i, group) in groups.Index())
        {
            if (group.Points is not { } points)
                continue;
            json.WriteStartObject();
            json.WriteNumber("group", i);
            json.WritePropertyName("values");
            WritePoints(json, points, columns);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WritePoints(Utf8JsonWriter json, IReadOnlyList<object?[]> points, List<QueryResultColumn> columns)
    {
        json.WriteStartObject();
        foreach (var (i, values) in points.Index())
        {
            json.WriteStartArray(columns[i].Name);
            foreach (var value in values)
                UntypedJson.Write(json, value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, string name, IReadOnlyList<object?> values, List<QueryResultColumn> columns)
    {
        json.WriteStartObject(name);
        foreach (var (i, value) in values.Index())
        {
            json.WritePropertyName(columns[i].Name);
            UntypedJson.Write(json, value);
        }
        json.WriteEndObject();
    }

    private static void WriteHeatmap(Utf8JsonWriter json, Heatmap heatmap)
    {
        json.WriteStartObject();
        json.WriteString("calculation", heatmap.Calculation);
        json.WriteString("scale", heatmap.IsLogarithmic ? "log" : "linear");
        json.WriteStartArray("bounds");
        foreach (var bound in heatmap.Bounds)
            json.WriteNumberValue(bound);
        json.WriteEndArray();
        json.WriteStartArray("cells");
        foreach (var (bucket, bin, rows) in heatmap.Cells)
        {
            json.WriteStartArray();
            json.WriteNumberValue(bucket);
            json.WriteNumberValue(bin);
            json.WriteNumberValue(rows);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteNumber("max", heatmap.Cells.Count == 0 ? 0 : heatmap.Cells.Max(c => c.Rows));
        json.WriteEndObject();
    }

    private static void WriteCompared(Utf8JsonWriter json, ComparedPeriod? compared, List<QueryResultColumn> keys, List<QueryResultColumn> columns)
    {
        if (compared is null)
        {
            json.WriteNull("compare");
            return;
        }
        json.WriteStartObject("compare");
        json.WriteNumber("offset", compared.Offset);
        WriteGroups(json, "groups", compared.Groups, keys, columns);
        WriteSeries(json, "series", compared.Groups, columns);
        WriteValues(json, "total", compared.Total.Values, columns);
        json.WritePropertyName("totalSeries");
        WritePoints(json, compared.Total.Points ?? [], columns);
        json.WriteEndObject();
    }
}
