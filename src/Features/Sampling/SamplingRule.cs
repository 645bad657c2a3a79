using System.Text.Json.Serialization;

namespace Weir.Features.Sampling;

/// <summary>A sampling rule, as stored. Times are seconds since 1970.</summary>
internal sealed record SamplingRule
{
    public const string DefaultName = "Default";

    public required string RuleName { get; init; }

    public required string RuleARN { get; init; }

    public string ResourceARN { get; init; } = "*";

    public int Priority { get; init; }

    public double FixedRate { get; init; }

    public int ReservoirSize { get; init; }

    public string ServiceName { get; init; } = "*";

    public string ServiceType { get; init; } = "*";

    public string Host { get; init; } = "*";

    public string HTTPMethod { get; init; } = "*";

    public string URLPath { get; init; } = "*";

    public int Version { get; init; } = 1;

    public Dictionary<string, string> Attributes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Null: anomalies do not raise the rate.</summary>
    public SamplingRateBoost? SamplingRateBoost { get; init; }

    public double CreatedAt { get; init; }

    public double ModifiedAt { get; init; }
}

/// <summary>The maximum rate during a boost, and the cooldown before the next one.</summary>
internal sealed record SamplingRateBoost(double MaxRate, int CooldownWindowMinutes);

/// <summary>When a rule was last created, changed or deleted.</summary>
internal sealed record RuleModification(double At);

[JsonSerializable(typeof(SamplingRule))]
[JsonSerializable(typeof(RuleModification))]
internal sealed partial class SamplingJson : JsonSerializerContext;
