using System.Text.Json;
using Weir.Features.Sampling;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>Sampling rules as X-Ray writes them.</summary>
internal static class SamplingRuleRecord
{
    /// <summary>Writes a SamplingRuleRecord as the value of the current member or array element.</summary>
    public static void WriteRecord(this SamplingRule rule, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("SamplingRule"u8);
        json.WriteString("RuleName"u8, rule.RuleName);
        json.WriteString("RuleARN"u8, rule.RuleARN);
        json.WriteString("ResourceARN"u8, rule.ResourceARN);
        json.WriteNumber("Priority"u8, rule.Priority);
        json.WriteNumber("FixedRate"u8, rule.FixedRate);
        json.WriteNumber("ReservoirSize"u8, rule.ReservoirSize);
        json.WriteString("ServiceName"u8, rule.ServiceName);
        json.WriteString("ServiceType"u8, rule.ServiceType);
        json.WriteString("Host"u8, rule.Host);
        json.WriteString("HTTPMethod"u8, rule.HTTPMethod);
        json.WriteString("URLPath"u8, rule.URLPath);
        json.WriteNumber("Version"u8, rule.Version);
        json.WriteStartObject("Attributes"u8);
        foreach (var (key, value) in rule.Attributes)
            json.WriteString(key, value);
        json.WriteEndObject();
        if (rule.SamplingRateBoost is { } boost)
        {
            json.WriteStartObject("SamplingRateBoost"u8);
            json.WriteNumber("MaxRate"u8, boost.MaxRate);
            json.WriteNumber("CooldownWindowMinutes"u8, boost.CooldownWindowMinutes);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteSeconds("CreatedAt", rule.CreatedAt);
        json.WriteSeconds("ModifiedAt", rule.ModifiedAt);
        json.WriteEndObject();
    }
}
