using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Settings;

namespace Weir.Features.Sampling;

/// <summary>Sampling rules in the settings. The Default rule always exists; it is stored when it is changed.</summary>
internal sealed class SamplingRuleStore(SamplingOptions options, ISettings settings, TimeProvider time)
{
    private const string Collection = "xray-sampling-rules";
    private const string StateCollection = "xray-sampling-state";
    private const string ModifiedKey = "modified";

    public string ArnOf(string name, string region) => $"arn:aws:xray:{region}:{options.Account}:sampling-rule/{name}";

    public SamplingRule? Find(string name, string region)
    {
        if (settings.Find(Collection, name) is { } entry)
            return Read(entry);
        return name == SamplingRule.DefaultName ? Default(region) : null;
    }

    /// <summary>All rules in the order SDKs try them: by priority, then name; Default last.</summary>
    public IReadOnlyList<SamplingRule> List(string region)
    {
        var rules = settings.List(Collection).Select(Read).ToList();
        if (!rules.Exists(rule => rule.RuleName == SamplingRule.DefaultName))
            rules.Add(Default(region));
        return [.. rules.OrderBy(rule => rule.Priority).ThenBy(rule => rule.RuleName, StringComparer.Ordinal)];
    }

    public int CustomCount => settings.List(Collection).Count(entry => entry.Key != SamplingRule.DefaultName);

    /// <summary>Seconds since 1970 of the last create, update or delete; 0 when there was none.</summary>
    public double LastModification => settings.Find(StateCollection, ModifiedKey) is { } entry
        ? JsonSerializer.Deserialize(entry.Value.Span, SamplingJson.Default.RuleModification)!.At
        : 0;

    public async ValueTask<bool> TryAddAsync(SamplingRule rule, CancellationToken cancellationToken)
    {
        if (!await settings.PutAsync(Collection, rule.RuleName, Bytes(rule), expectedRevision: 0, cancellationToken))
            return false;
        await TouchAsync(cancellationToken);
        return true;
    }

    public async ValueTask UpdateAsync(SamplingRule rule, CancellationToken cancellationToken)
    {
        _ = await settings.PutAsync(Collection, rule.RuleName, Bytes(rule), expectedRevision: null, cancellationToken);
        await TouchAsync(cancellationToken);
    }

    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken)
    {
        _ = await settings.DeleteAsync(Collection, name, expectedRevision: null, cancellationToken);
        await TouchAsync(cancellationToken);
    }

    private async ValueTask TouchAsync(CancellationToken cancellationToken)
    {
        var modified = JsonSerializer.SerializeToUtf8Bytes(new RuleModification(time.UnixSeconds()), SamplingJson.Default.RuleModification);
        _ = await settings.PutAsync(StateCollection, ModifiedKey, modified, expectedRevision: null, cancellationToken);
    }

    private SamplingRule Default(string region) => new()
    {
        RuleName = SamplingRule.DefaultName,
        RuleARN = ArnOf(SamplingRule.DefaultName, region),
        Priority = 10_000,
        FixedRate = 0.05,
        ReservoirSize = 1,
    };

    private static byte[] Bytes(SamplingRule rule) => JsonSerializer.SerializeToUtf8Bytes(rule, SamplingJson.Default.SamplingRule);

    private static SamplingRule Read(SettingsEntry entry) => JsonSerializer.Deserialize(entry.Value.Span, SamplingJson.Default.SamplingRule)!;
}
