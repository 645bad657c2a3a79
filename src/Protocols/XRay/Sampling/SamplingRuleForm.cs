using System.Text.Json;
using Weir.Features.Sampling;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>Reads a rule's members from a request whose lengths and kinds the model of the operation has checked.</summary>
internal static class SamplingRuleForm
{
    public const int MaxPriority = 9999;

    /// <summary>A new rule: every member is required.</summary>
    public static AwsFault? ReadNew(JsonElement form, SamplingRule blank, out SamplingRule rule)
    {
        rule = blank;
        if (form.TextOf("RuleName") is not { } name)
            return XRayFaults.Invalid("RuleName must be given");
        if (form.NumberOf("Version") != 1)
            return XRayFaults.Invalid("Version must be 1");
        return ReadChanges(form, blank with { RuleName = name }, out rule);
    }

    /// <summary>The rule with the members that are present.</summary>
    public static AwsFault? ReadChanges(JsonElement form, SamplingRule old, out SamplingRule rule)
    {
        rule = old;
        var priority = form.NumberOf("Priority");
        if (priority is < 1 or > MaxPriority)
            return OutOfRange("priority", priority.Value, $"between 1 and {MaxPriority}");
        var reservoir = form.NumberOf("ReservoirSize");
        if (reservoir is < 0 or > int.MaxValue)
            return OutOfRange("reservoirSize", reservoir.Value, "0 or greater");
        var rate = form.NumberOf("FixedRate");
        if (rate is < 0 or > 1)
            return OutOfRange("fixedRate", rate.Value, "between 0 and 1");
        rule = old with
        {
            ResourceARN = form.TextOf("ResourceARN") ?? old.ResourceARN,
            ServiceName = form.TextOf("ServiceName") ?? old.ServiceName,
            ServiceType = form.TextOf("ServiceType") ?? old.ServiceType,
            Host = form.TextOf("Host") ?? old.Host,
            HTTPMethod = form.TextOf("HTTPMethod") ?? old.HTTPMethod,
            URLPath = form.TextOf("URLPath") ?? old.URLPath,
            Priority = (int?)priority ?? old.Priority,
            ReservoirSize = (int?)reservoir ?? old.ReservoirSize,
            FixedRate = rate ?? old.FixedRate,
            Attributes = Attributes(form) ?? old.Attributes,
            SamplingRateBoost = Boost(form) ?? old.SamplingRateBoost,
        };
        return null;
    }

    private static Dictionary<string, string>? Attributes(JsonElement form) => form.ObjectOf("Attributes") is { } given
        ? new Dictionary<string, string>(
            given.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value.AsText() ?? "")).DistinctBy(member => member.Key),
            StringComparer.Ordinal)
        : null;

    private static SamplingRateBoost? Boost(JsonElement form) => form.ObjectOf("SamplingRateBoost") is { } given
        ? new SamplingRateBoost(given.NumberOf("MaxRate") ?? 0, (int)(given.NumberOf("CooldownWindowMinutes") ?? 0))
        : null;

    private static AwsFault OutOfRange(string member, double value, string range) => XRayFaults.Validation(
        FormattableString.Invariant($"1 validation error detected: Value '{value}' at 'samplingRule.{member}' failed to satisfy constraint: Member must be {range}"));
}
