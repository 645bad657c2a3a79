using System.Text.Json;
using Weir.Features.Sampling;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>Strategies as Jaeger's remote sampling has them.</summary>
internal static class SamplingStrategyWriter
{
    /// <summary>
    /// <code>
    /// {"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.05},"operationSampling":{"defaultSamplingProbability":0.05,
    ///  "defaultLowerBoundTracesPerSecond":0.2,"perOperationStrategies":[{"operation":"GET /cart","probabilisticSampling":{"samplingRate":1}}]}}
    /// </code>
    /// </summary>
    public static void Write(this SamplingStrategy strategy, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("strategyType"u8, "PROBABILISTIC"u8);
        WriteRate(json, strategy.Probability);
        json.WriteStartObject("operationSampling"u8);
        json.WriteNumber("defaultSamplingProbability"u8, strategy.Probability);
        json.WriteNumber("defaultLowerBoundTracesPerSecond"u8, strategy.LowerBound);
        json.WriteStartArray("perOperationStrategies"u8);
        foreach (var operation in strategy.Operations)
        {
            json.WriteStartObject();
            json.WriteString("operation"u8, operation.Operation);
            WriteRate(json, operation.Probability);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRate(Utf8JsonWriter json, double rate)
    {
        json.WriteStartObject("probabilisticSampling"u8);
        json.WriteNumber("samplingRate"u8, rate);
        json.WriteEndObject();
    }
}
