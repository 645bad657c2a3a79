using System.Collections.Frozen;
using Weir.Features.Traces.Filter;

namespace Weir.Protocols.XRay.Filter;

internal enum KeywordKind
{
    Bool,
    Number,
    Text,
    /// <summary>An annotation takes any type.</summary>
    Any,
}

/// <summary>Where in an expression a keyword may stand.</summary>
[Flags]
internal enum FilterScope
{
    None = 0,
    Trace = 1,
    Service = 2,
    Edge = 4,
    CauseService = 8,
    CauseEntity = 16,
    CauseException = 32,
    SlowService = 64,
    SlowEntity = 128,
}

internal sealed record KeywordInfo(FilterKeyword Keyword, KeywordKind Kind, FilterScope Scopes);

/// <summary>The keywords of filter expressions, in lower case.</summary>
internal static class FilterKeywords
{
    private const FilterScope Causes =
        FilterScope.CauseService | FilterScope.CauseEntity | FilterScope.CauseException | FilterScope.SlowService | FilterScope.SlowEntity;
    private const FilterScope Calls = FilterScope.Trace | FilterScope.Service | FilterScope.Edge;

    private static readonly FrozenDictionary<string, KeywordInfo> All = new Dictionary<string, KeywordInfo>(StringComparer.OrdinalIgnoreCase)
    {
        ["ok"] = new(FilterKeyword.Ok, KeywordKind.Bool, Calls),
        ["error"] = new(FilterKeyword.Error, KeywordKind.Bool, Calls),
        ["throttle"] = new(FilterKeyword.Throttle, KeywordKind.Bool, Calls),
        ["fault"] = new(FilterKeyword.Fault, KeywordKind.Bool, Calls),
        ["partial"] = new(FilterKeyword.Partial, KeywordKind.Bool, Calls),
        ["inferred"] = new(FilterKeyword.Inferred, KeywordKind.Bool, Calls | FilterScope.CauseService | FilterScope.SlowService),
        ["first"] = new(FilterKeyword.First, KeywordKind.Bool, Causes),
        ["last"] = new(FilterKeyword.Last, KeywordKind.Bool, Causes),
        ["remote"] = new(FilterKeyword.Remote, KeywordKind.Bool, FilterScope.CauseEntity | FilterScope.SlowEntity),
        ["root"] = new(FilterKeyword.Root, KeywordKind.Bool, FilterScope.Service),
        ["responsetime"] = new(FilterKeyword.ResponseTime, KeywordKind.Number, Calls),
        ["duration"] = new(FilterKeyword.Duration, KeywordKind.Number, Calls),
        ["http.status"] = new(FilterKeyword.HttpStatus, KeywordKind.Number, Calls),
        ["index"] = new(FilterKeyword.Index, KeywordKind.Number, Causes),
        ["coverage"] = new(FilterKeyword.Coverage, KeywordKind.Number, FilterScope.SlowEntity),
        ["http.url"] = new(FilterKeyword.HttpUrl, KeywordKind.Text, Calls),
        ["http.method"] = new(FilterKeyword.HttpMethod, KeywordKind.Text, Calls),
        ["http.useragent"] = new(FilterKeyword.HttpUserAgent, KeywordKind.Text, Calls),
        ["http.clientip"] = new(FilterKeyword.HttpClientIp, KeywordKind.Text, Calls),
        ["user"] = new(FilterKeyword.User, KeywordKind.Text, Calls),
        ["name"] = new(FilterKeyword.Name, KeywordKind.Text, FilterScope.Service | Causes),
        ["type"] = new(FilterKeyword.Type, KeywordKind.Text, FilterScope.Service | FilterScope.CauseService | FilterScope.SlowService),
        ["message"] = new(FilterKeyword.Message, KeywordKind.Text, FilterScope.CauseException),
        ["availabilityzone"] = new(FilterKeyword.AvailabilityZone, KeywordKind.Text, Calls),
        ["instance.id"] = new(FilterKeyword.InstanceId, KeywordKind.Text, Calls),
        ["resource.arn"] = new(FilterKeyword.ResourceArn, KeywordKind.Text, Calls),
        ["group.name"] = new(FilterKeyword.GroupName, KeywordKind.Text, FilterScope.Trace),
        ["group.arn"] = new(FilterKeyword.GroupArn, KeywordKind.Text, FilterScope.Trace),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static KeywordInfo Annotation { get; } = new(FilterKeyword.Annotation, KeywordKind.Any, Calls);

    /// <summary>Those that may stand at the top of an expression or inside service and edge.</summary>
    public static IEnumerable<(string Word, KeywordInfo Info)> Words => All
        .Where(k => (k.Value.Scopes & (Calls | FilterScope.Service)) != FilterScope.None).OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => (k.Key, k.Value));

    public static KeywordInfo? Find(string word) => All.GetValueOrDefault(word);

    public static string Describe(FilterScope scope) => scope switch
    {
        FilterScope.Trace => "at the top of an expression",
        FilterScope.Service => "inside service { }",
        FilterScope.Edge => "inside edge { }",
        _ => "inside this root cause",
    };
}
