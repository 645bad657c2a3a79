using System.Globalization;

namespace Weir.Features.Sampling;

/// <summary>
/// Translates X-Ray's rules to Jaeger's strategies. A rule for all of a service's requests is its default; rules for methods and paths
/// become strategies of the operations that they match. The reservoir becomes the lower bound, divided by instances and operations. Rules that
/// depend on hosts, service types, resources or attributes are skipped, because Jaeger's clients decide only by the operation's name.
/// </summary>
internal static class StrategyMaker
{
    private const int MaxOperations = 1000;

    /// <summary>Why a rule is not used for OpenTelemetry SDKs; null when it is.</summary>
    public static string? LeftOut(SamplingRule rule) =>
        rule.Attributes.Count > 0 ? "it matches attributes"
        : rule.ResourceARN != RuleMatch.Anything ? "it matches a resource"
        : rule.Host != RuleMatch.Anything ? "it matches a host"
        : rule.ServiceType != RuleMatch.Anything ? "it matches a service type"
        : null;

    /// <param name="rules">In their order; includes the Default rule.</param>
    /// <param name="operations">Names of the service's operations, as far as they are known.</param>
    /// <param name="instances">Number of SDKs of the service that ask; at least 1.</param>
    public static SamplingStrategy Make(IReadOnlyList<SamplingRule> rules, string service, IReadOnlyCollection<string> operations, int instances)
    {
        var told = rules.Where(rule => LeftOut(rule) is null && RuleMatch.Wildcard(rule.ServiceName, service)).ToList();
        var everything = told.First(rule => rule.HTTPMethod == RuleMatch.Anything && rule.URLPath == RuleMatch.Anything);
        var first = told.TakeWhile(rule => rule != everything).ToList();
        var names = operations.Concat(first.Select(Spelled).OfType<string>()).Distinct(StringComparer.Ordinal).Take(MaxOperations).ToList();
        var chosen = names.Select(name => (Name: name, Rule: first.Find(rule => MatchesOperation(rule, name)) ?? everything)).ToList();
        var bound = chosen.GroupBy(c => c.Rule).Select(group => (double)group.Key.ReservoirSize / group.Count())
            .Append(everything.ReservoirSize).Min() / Math.Max(1, instances);
        return new SamplingStrategy(
            everything.RuleName,
            everything.FixedRate,
            Math.Round(bound, 6),
            [.. chosen.Where(c => c.Rule != everything).Select(c => new OperationStrategy(c.Name, c.Rule.RuleName, c.Rule.FixedRate))]);
    }

    /// <summary>The operation of a rule without wildcards, so that the rule applies before the operation was ever seen.</summary>
    private static string? Spelled(SamplingRule rule) =>
        rule.HTTPMethod.AsSpan().IndexOfAny('*', '?') < 0 && rule.URLPath.AsSpan().IndexOfAny('*', '?') < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{rule.HTTPMethod.ToUpperInvariant()} {rule.URLPath}")
            : null;

    /// <summary><c>GET /cart/{id}</c>, <c>GET</c>, <c>/cart</c>; a name of another form has neither method nor path.</summary>
    private static bool MatchesOperation(SamplingRule rule, string name)
    {
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        var first = space < 0 ? name : name[..space];
        var method = first.Length is > 0 and <= 10 && first.All(char.IsAsciiLetterUpper) ? first : null;
        var path = name.StartsWith('/') ? name : space > 0 && name.AsSpan(space + 1).StartsWith("/") ? name[(space + 1)..] : null;
        return Matches(rule.HTTPMethod, method) && Matches(rule.URLPath, path);
    }

    private static bool Matches(string pattern, string? text) => pattern == RuleMatch.Anything || (text is not null && RuleMatch.Wildcard(pattern, text));
}
