using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Protocols.XRay.Sampling;

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

    /// <summary>Null: no anomaly raises the rate.</summary>
    public SamplingRateBoost? SamplingRateBoost { get; init; }

    public double CreatedAt { get; init; }

    public double ModifiedAt { get; init; }

    /// <summary>Writes a SamplingRuleRecord as the value of the current member or array element.</summary>
    public void WriteRecord(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("SamplingRule"u8);
        json.WriteString("RuleName"u8, RuleName);
        json.WriteString("RuleARN"u8, RuleARN);
        json.WriteString("ResourceARN"u8, ResourceARN);
        json.WriteNumber("Priority"u8, Priority);
        json.WriteNumber("FixedRate"u8, FixedRate);
        json.WriteNumber("ReservoirSize"u8, ReservoirSize);
        json.WriteString("ServiceName"u8, ServiceName);
        json.WriteString("ServiceType"u8, ServiceType);
        json.WriteString("Host"u8, Host);
        json.WriteString("HTTPMethod"u8, HTTPMethod);
        json.WriteString("URLPath"u8, URLPath);
        json.WriteNumber("Version"u8, Version);
        json.WriteStartObject("Attributes"u8);
        foreach (var (key, value) in Attributes)
            json.WriteString(key, value);
        json.WriteEndObject();
        if (SamplingRateBoost is { } boost)
        {
            json.WriteStartObject("SamplingRateBoost"u8);
            json.WriteNumber("MaxRate"u8, boost.MaxRate);
            json.WriteNumber("CooldownWindowMinutes"u8, boost.CooldownWindowMinutes);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteSeconds("CreatedAt", CreatedAt);
        json.WriteSeconds("ModifiedAt", ModifiedAt);
        json.WriteEndObject();
    }
}

/// <summary>How far anomalies may raise a rule's rate, and how long the next raise waits.</summary>
internal sealed record SamplingRateBoost(double MaxRate, int CooldownWindowMinutes);

/// <summary>When a rule was last created, changed or deleted.</summary>
internal sealed record RuleModification(double At);

[JsonSerializable(typeof(SamplingRule))]
[JsonSerializable(typeof(RuleModification))]
internal sealed partial class SamplingJson : JsonSerializerContext;
