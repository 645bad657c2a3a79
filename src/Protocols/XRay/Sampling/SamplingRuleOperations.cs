using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Sampling;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay.Groups;

namespace Weir.Protocols.XRay.Sampling;

/// <summary>CreateSamplingRule, UpdateSamplingRule, DeleteSamplingRule, GetSamplingRules.</summary>
internal sealed class SamplingRuleOperations(XRayOptions options, SamplingRuleStore rules, SamplingControl control, TagStore tags, TimeProvider time)
{
    public async ValueTask<AwsReply> CreateAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var form = request.Members.ObjectOf("SamplingRule")!.Value;
        if (form.MemberOf("RuleARN") is not null)
            return XRayFaults.Invalid("RuleARN can not be given for a new rule");
        var now = Math.Floor(time.UnixSeconds());
        var blank = new SamplingRule { RuleName = "", RuleARN = "", CreatedAt = now, ModifiedAt = now };
        if (SamplingRuleForm.ReadNew(form, blank, out var rule) is { } fault)
            return fault;
        if (TagStore.Read(request, options.MaxTags, out var newTags) is { } badTags)
            return badTags;
        if (rules.Find(rule.RuleName, request.Region) is not null)
            return XRayFaults.Invalid($"{rule.RuleName} already exists");
        if (rules.CustomCount >= options.MaxSamplingRules)
            return XRayFaults.RuleLimit($"Exceeding maximum sampling rule count: {options.MaxSamplingRules}");
        rule = rule with { RuleARN = rules.ArnOf(rule.RuleName, request.Region) };
        if (!await rules.TryAddAsync(rule, cancellationToken))
            return XRayFaults.Invalid($"{rule.RuleName} already exists");
        await tags.SetAsync(rule.RuleARN, newTags, cancellationToken);
        return Reply(rule);
    }

    public async ValueTask<AwsReply> UpdateAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var form = request.Members.ObjectOf("SamplingRuleUpdate")!.Value;
        if (Find(form, request.Region, out var old) is { } fault)
            return fault;
        if (old!.RuleName == SamplingRule.DefaultName && !OnlyRates(form))
            return XRayFaults.Invalid("Invalid update request for default sampling rule");
        if (SamplingRuleForm.ReadChanges(form, old, out var rule) is { } bad)
            return bad;
        rule = rule with { ModifiedAt = Math.Floor(time.UnixSeconds()) };
        await rules.UpdateAsync(rule, cancellationToken);
        return Reply(rule);
    }

    public async ValueTask<AwsReply> DeleteAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        if (Find(request.Members, request.Region, out var rule) is { } fault)
            return fault;
        if (rule!.RuleName == SamplingRule.DefaultName)
            return XRayFaults.Invalid("The Default sampling rule can not be deleted");
        await rules.DeleteAsync(rule.RuleName, cancellationToken);
        control.Forget(rule.RuleName);
        await tags.DeleteAsync(rule.RuleARN, cancellationToken);
        return Reply(rule);
    }

    /// <summary>All rules in one page: SDKs don't follow NextToken.</summary>
    public ValueTask<AwsReply> ListAsync(AwsRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        request.Text("NextToken") is { } token ? XRayFaults.ForeignToken(token) : AwsReply.Json(json =>
        {
            json.WriteStartArray("SamplingRuleRecords");
            foreach (var rule in rules.List(request.Region))
                rule.WriteRecord(json);
            json.WriteEndArray();
        }));

    private AwsFault? Find(JsonElement form, string region, out SamplingRule? rule)
    {
        rule = null;
        var name = form.TextOf("RuleName");
        var arn = form.TextOf("RuleARN");
        if (name is null == arn is null)
            return XRayFaults.Invalid("Either RuleName or RuleARN must be given, but not both");
        rule = rules.Find(name ?? arn!.Split('/')[^1], region);
        if (rule is not null && (arn is null || arn == rule.RuleARN))
            return null;
        rule = null;
        return XRayFaults.Invalid("Sampling rule does not exist");
    }

    private static bool OnlyRates(JsonElement form) => form.EnumerateObject().All(member =>
        member.Value.ValueKind == JsonValueKind.Null || member.Name is "RuleName" or "RuleARN" or "FixedRate" or "ReservoirSize");

    private static AwsReply Reply(SamplingRule rule) => AwsReply.Json(json =>
    {
        json.WritePropertyName("SamplingRuleRecord");
        rule.WriteRecord(json);
    });
}
