using System.Text.Json.Serialization;

namespace Cruddur.XRay.Sampling;

/// <summary>A rule as `GetSamplingRules` gives it. Patterns take `*` and `?`.</summary>
internal sealed record SamplingRule
{
    public const string DefaultName = "Default";

    public string RuleName { get; init; } = "";

    public int Priority { get; init; }

    public double FixedRate { get; init; }

    public int ReservoirSize { get; init; }

    public string ServiceName { get; init; } = "*";

    public string ServiceType { get; init; } = "*";

    public string Host { get; init; } = "*";

    [JsonPropertyName("HTTPMethod")]
    public string HttpMethod { get; init; } = "*";

    [JsonPropertyName("URLPath")]
    public string UrlPath { get; init; } = "*";

    [JsonPropertyName("ResourceARN")]
    public string ResourceArn { get; init; } = "*";

    public int Version { get; init; } = 1;

    public Dictionary<string, string>? Attributes { get; init; }

    /// <summary>Rules by resource or attribute, or of a later version, are not for a recorder to decide: SDKs skip them.</summary>
    [JsonIgnore]
    public bool IsUsable => RuleName.Length > 0 && Version == 1 && string.Equals(ResourceArn, "*", StringComparison.Ordinal) && Attributes is null or { Count: 0 };

    public bool Matches(SamplingRequest request) =>
        string.Equals(RuleName, DefaultName, StringComparison.Ordinal)
        || (Wildcard.Matches(Host, request.Host)
            && Wildcard.Matches(HttpMethod, request.Method)
            && Wildcard.Matches(UrlPath, request.Path)
            && Wildcard.Matches(ServiceName, request.ServiceName)
            && Wildcard.Matches(ServiceType, request.ServiceType));
}

/// <summary>What a rule is matched against; a null member fits any pattern.</summary>
internal sealed record SamplingRequest(string? Host, string Method, string? Path, string? ServiceName, string? ServiceType);

internal readonly record struct SamplingDecision(bool IsSampled, string? RuleName);

/// <summary>A target as `SamplingTargets` gives it; a missing member leaves the value before.</summary>
internal sealed record SamplingTarget
{
    public string RuleName { get; init; } = "";

    public double FixedRate { get; init; }

    public int? ReservoirQuota { get; init; }

    /// <summary>Epoch seconds.</summary>
    public double? ReservoirQuotaTTL { get; init; }

    /// <summary>Seconds.</summary>
    public int? Interval { get; init; }
}

internal sealed record SamplingStatistics(string RuleName, string ClientID, double Timestamp, int RequestCount, int SampledCount, int BorrowCount);
