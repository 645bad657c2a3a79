using System.Collections.Frozen;

namespace Weir.Protocols.XRay;

/// <summary>The names of the operations whose paths are not their names.</summary>
internal static class XRayActions
{
    public const string SigningName = "xray";

    private static readonly FrozenDictionary<string, string> ByPath = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["/TraceSegments"] = "PutTraceSegments",
        ["/TelemetryRecords"] = "PutTelemetryRecords",
        ["/Traces"] = "BatchGetTraces",
        ["/TraceSummaries"] = "GetTraceSummaries",
        ["/ServiceGraph"] = "GetServiceGraph",
        ["/TraceGraph"] = "GetTraceGraph",
        ["/TimeSeriesServiceStatistics"] = "GetTimeSeriesServiceStatistics",
        ["/InsightSummaries"] = "GetInsightSummaries",
        ["/Insight"] = "GetInsight",
        ["/InsightEvents"] = "GetInsightEvents",
        ["/InsightImpactGraph"] = "GetInsightImpactGraph",
        ["/Groups"] = "GetGroups",
        ["/SamplingTargets"] = "GetSamplingTargets",
        ["/SamplingStatisticSummaries"] = "GetSamplingStatisticSummaries",
        ["/EncryptionConfig"] = "GetEncryptionConfig",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary><c>/TraceSummaries</c> is GetTraceSummaries.</summary>
    public static string Of(string path) => ByPath.TryGetValue(path, out var name) ? name : path.TrimStart('/');
}
