using System.Text.Json;
using Weir.Features.Questions.BubbleUp;

namespace Weir.Protocols.Explore.Compare;

/// <summary>Writes what is different as JSON.</summary>
internal static class BubbleUpWriter
{
    /// <summary>Digits of shares and scores that mean something.</summary>
    private const int Digits = 5;

    public static void Write(Utf8JsonWriter json, BubbleUpResult result)
    {
        json.WriteStartObject();
        Write(json, "selected", result.Selected);
        Write(json, "baseline", result.Baseline);
        json.WriteString("sampleNote", result.SampleNote);
        json.WriteStartArray("warnings");
        foreach (var warning in result.Warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteNumber("elapsedMs", Math.Round(result.Elapsed.TotalMilliseconds, 1));
        json.WriteStartArray("dimensions");
        foreach (var dimension in result.Dimensions)
            Write(json, dimension);
        json.WriteEndArray();
        json.WriteStartArray("measures");
        foreach (var measure in result.Measures)
            Write(json, measure);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, RowSet set)
    {
        json.WriteStartObject(name);
        json.WriteNumber("rows", set.Rows);
        json.WriteNumber("sampled", set.Sampled);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Dimension dimension)
    {
        json.WriteStartObject();
        json.WriteString("column", dimension.Column);
        json.WriteNumber("score", Math.Round(dimension.Score, Digits));
        json.WriteStartArray("values");
        foreach (var value in dimension.Values)
        {
            json.WriteStartObject();
            switch (value.Value)
            {
                case string text:
                    json.WriteString("value", text);
                    break;
                case bool flag:
                    json.WriteBoolean("value", flag);
                    break;
                case double number when double.IsFinite(number):
                    json.WriteNumber("value", number);
                    break;
                default:
                    json.WriteNull("value");
                    break;
            }
            Shares(json, value.Selected, value.Baseline);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("others");
        Shares(json, dimension.Others.Selected, dimension.Others.Baseline);
        json.WriteEndObject();
        json.WriteNumber("distinct", dimension.Distinct);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Measure measure)
    {
        json.WriteStartObject();
        json.WriteString("column", measure.Column);
        json.WriteNumber("score", Math.Round(measure.Score, Digits));
        json.WriteStartArray("bins");
        foreach (var bin in measure.Bins)
        {
            json.WriteStartObject();
            json.WriteNumber("from", bin.From);
            json.WriteNumber("to", bin.To);
            Shares(json, bin.Selected, bin.Baseline);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("missing");
        Shares(json, measure.Missing.Selected, measure.Missing.Baseline);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Shares(Utf8JsonWriter json, double selected, double baseline)
    {
        json.WriteNumber("selected", Math.Round(selected, Digits));
        json.WriteNumber("baseline", Math.Round(baseline, Digits));
    }
}
