using System.Text.Json;
using Weir.Protocols.XRay.In;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>Reads a rule's members from a request and checks each against the API's limits.</summary>
internal static class SamplingRuleForm
{
    public const int MaxPriority = 9999;
    private const int MaxName = 32;
    private const int MaxAttributes = 5;

    // Member, what validation messages call it, longest text.
    private static readonly (string Member, string Field, int Max)[] Matchers =
    [
        ("ResourceARN", "resourceARN", 500),
        ("ServiceName", "serviceName", 64),
        ("ServiceType", "serviceType", 64),
        ("Host", "host", 64),
        ("HTTPMethod", "hTTPMethod", 10),
        ("URLPath", "uRLPath", 128),
    ];

    /// <summary>A new rule: every member is required.</summary>
    public static XRayFault? ReadNew(JsonElement form, SamplingRule blank, out SamplingRule rule)
    {
        rule = blank;
        var name = form.TextOf("RuleName");
        if (name is null)
            return XRayFaults.Invalid("RuleName must be given");
        if (name.Length is 0 or > MaxName)
            return TooLong("samplingRule.ruleName", name, MaxName);
        foreach (var (member, field, _) in Matchers)
        {
            if (form.TextOf(member) is null)
                return XRayFaults.Missing($"samplingRule.{field}");
        }
        foreach (var member in (string[])["Priority", "FixedRate", "ReservoirSize", "Version"])
        {
            if (form.NumberOf(member) is null)
                return XRayFaults.Missing($"samplingRule.{char.ToLowerInvariant(member[0])}{member[1..]}");
        }
        if (form.NumberOf("Version") != 1)
            return XRayFaults.Invalid("Version must be 1");
        return ReadChanges(form, blank with { RuleName = name }, out rule);
    }

    /// <summary>The rule with those members that are there.</summary>
    public static XRayFault? ReadChanges(JsonElement form, SamplingRule old, out SamplingRule rule)
    {
        rule = old;
        foreach (var (member, field, max) in Matchers)
        {
            if (form.TextOf(member) is { } text && text.Length > max)
                return TooLong($"samplingRule.{field}", text, max);
        }
        if (Whole(form, "Priority", 1, MaxPriority, out var priority) is { } badPriority)
            return badPriority;
        if (Whole(form, "ReservoirSize", 0, int.MaxValue, out var reservoir) is { } badReservoir)
            return badReservoir;
        var rate = form.NumberOf("FixedRate");
        if (rate is < 0 or > 1)
            return XRayFaults.Validation($"1 validation error detected: Value '{rate}' at 'samplingRule.fixedRate' failed to satisfy constraint: Member must be between 0 and 1");
        if (Attributes(form, old, out var attributes) is { } badAttributes)
            return badAttributes;
        rule = old with
        {
            ResourceARN = form.TextOf("ResourceARN") ?? old.ResourceARN,
            ServiceName = form.TextOf("ServiceName") ?? old.ServiceName,
            ServiceType = form.TextOf("ServiceType") ?? old.ServiceType,
            Host = form.TextOf("Host") ?? old.Host,
            HTTPMethod = form.TextOf("HTTPMethod") ?? old.HTTPMethod,
            URLPath = form.TextOf("URLPath") ?? old.URLPath,
            Priority = priority ?? old.Priority,
            ReservoirSize = reservoir ?? old.ReservoirSize,
            FixedRate = rate ?? old.FixedRate,
            Attributes = attributes,
        };
        return null;
    }

    private static XRayFault? Whole(JsonElement form, string member, int least, int most, out int? value)
    {
        value = null;
        if (form.NumberOf(member) is not { } number)
            return null;
        if (number < least || number > most || number != Math.Floor(number))
        {
            var limit = number < least ? $"greater than or equal to {least}" : $"less than or equal to {most}";
            return XRayFaults.Validation(
                $"1 validation error detected: Value '{number}' at 'samplingRule.{char.ToLowerInvariant(member[0])}{member[1..]}' failed to satisfy constraint: Member must have value {limit}");
        }
        value = (int)number;
        return null;
    }

    private static XRayFault? Attributes(JsonElement form, SamplingRule old, out Dictionary<string, string> attributes)
    {
        attributes = old.Attributes;
        if (form.ObjectOf("Attributes") is not { } given)
            return null;
        attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in given.EnumerateObject())
        {
            var value = attribute.Value.AsText() ?? "";
            if (attribute.Name.Length is 0 or > 32 || value.Length is 0 or > 32)
                return TooLong("samplingRule.attributes", attribute.Name, 32);
            attributes[attribute.Name] = value;
        }
        return attributes.Count > MaxAttributes
            ? XRayFaults.Validation($"1 validation error detected: Value at 'samplingRule.attributes' failed to satisfy constraint: Map value must have at most {MaxAttributes} entries")
            : null;
    }

    private static XRayFault TooLong(string field, string value, int max) => XRayFaults.Validation(
        value.Length == 0
            ? $"1 validation error detected: Value '' at '{field}' failed to satisfy constraint: Member must have length greater than or equal to 1"
            : $"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must have length less than or equal to {max}");
}
