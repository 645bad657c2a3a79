using System.Text.Json;

namespace Weir.Features.Sampling;

/// <summary>What Jaeger's remote sampling tells the SDKs of one service.</summary>
/// <param name="Rule">The rule that goes for operations without a strategy of their own.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="LowerBound">Traces a second that each instance records of each operation whatever the probability says; SDKs that can.</param>
internal sealed record SamplingStrategy(string Rule, double Probability, double LowerBound, IReadOnlyList<OperationStrategy> Operations)
{
    /// <summary>
    /// <code>
    /// {"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.05},"operationSampling":{"defaultSamplingProbability":0.05,
    ///  "defaultLowerBoundTracesPerSecond":0.2,"perOperationStrategies":[{"operation":"GET /cart","probabilisticSampling":{"samplingRate":1}}]}}
    /// </code>
    /// </summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("strategyType"u8, "PROBABILISTIC"u8);
        WriteRate(json, Probability);
        json.WriteStartObject("operationSampling"u8);
        json.WriteNumber("defaultSamplingProbability"u8, Probability);
        json.WriteNumber("defaultLowerBoundTracesPerSecond"u8, LowerBound);
        json.WriteStartArray("perOperationStrategies"u8);
        foreach (var operation in Operations)
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

/// <param name="Operation">A span's name, e.g. <c>GET /cart</c>.</param>
internal sealed record OperationStrategy(string Operation, string Rule, double Probability);
