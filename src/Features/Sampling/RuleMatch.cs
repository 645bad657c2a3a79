namespace Weir.Features.Sampling;

/// <summary>How rules match requests: in their order, with wildcards * and ?, ignoring case; properties that a request lacks match anything.</summary>
internal static class RuleMatch
{
    public const string Anything = "*";

    /// <summary>SDKs request rules of this kind only: the others name a resource or attributes, which no SDK checks.</summary>
    public static bool IsForSdks(SamplingRule rule) => rule.ResourceARN == Anything && rule.Attributes.Count == 0;

    public static bool Matches(SamplingRule rule, string? service, string? serviceType, string? host, string? method, string? path) =>
        Matches(rule.ServiceName, service) && Matches(rule.ServiceType, serviceType) && Matches(rule.Host, host)
        && Matches(rule.HTTPMethod, method) && Matches(rule.URLPath, path);

    private static bool Matches(string pattern, string? text) => text is null || Wildcard(pattern, text);

    /// <summary>Linear: after a mismatch only the last * matches one character more.</summary>
    public static bool Wildcard(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (p, t, star, from) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                from = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(text[t])))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++from;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }
}
