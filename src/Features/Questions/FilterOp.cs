using System.Collections.Frozen;

namespace Weir.Features.Questions;

/// <summary>How a filter compares. The negative ones also hold for rows that lack the column.</summary>
public enum FilterOp
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    StartsWith,
    DoesNotStartWith,
    EndsWith,
    DoesNotEndWith,
    Exists,
    DoesNotExist,
    Contains,
    DoesNotContain,
    In,
    NotIn,
    /// <summary>RE2 syntax; Weir's addition.</summary>
    Matches,
    /// <summary>Weir's addition.</summary>
    DoesNotMatch,
}

/// <summary>The specification's words for <see cref="FilterOp"/>.</summary>
public static class FilterOps
{
    private static readonly FrozenDictionary<string, FilterOp> ByName =
        Enum.GetValues<FilterOp>().ToFrozenDictionary(Name, StringComparer.Ordinal);

    /// <summary>All words, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<FilterOp>().Select(Name)];

    public static string Name(FilterOp op) => op switch
    {
        FilterOp.Equal => "=",
        FilterOp.NotEqual => "!=",
        FilterOp.Greater => ">",
        FilterOp.GreaterOrEqual => ">=",
        FilterOp.Less => "<",
        FilterOp.LessOrEqual => "<=",
        FilterOp.StartsWith => "starts-with",
        FilterOp.DoesNotStartWith => "does-not-start-with",
        FilterOp.EndsWith => "ends-with",
        FilterOp.DoesNotEndWith => "does-not-end-with",
        FilterOp.Exists => "exists",
        FilterOp.DoesNotExist => "does-not-exist",
        FilterOp.Contains => "contains",
        FilterOp.DoesNotContain => "does-not-contain",
        FilterOp.In => "in",
        FilterOp.NotIn => "not-in",
        FilterOp.Matches => "matches",
        FilterOp.DoesNotMatch => "does-not-match",
        _ => throw new ArgumentOutOfRangeException(nameof(op)),
    };

    public static bool TryParse(string name, out FilterOp op) => ByName.TryGetValue(name, out op);

    /// <summary>One of the six that a having may use.</summary>
    public static bool IsComparison(FilterOp op) => op <= FilterOp.LessOrEqual;

    public static bool TakesValue(FilterOp op) => op is not (FilterOp.Exists or FilterOp.DoesNotExist);

    public static bool TakesList(FilterOp op) => op is FilterOp.In or FilterOp.NotIn;

    /// <summary>The operator whose opposite this is, or null when it is no negation.</summary>
    public static FilterOp? Positive(FilterOp op) => op switch
    {
        FilterOp.NotEqual => FilterOp.Equal,
        FilterOp.DoesNotStartWith => FilterOp.StartsWith,
        FilterOp.DoesNotEndWith => FilterOp.EndsWith,
        FilterOp.DoesNotExist => FilterOp.Exists,
        FilterOp.DoesNotContain => FilterOp.Contains,
        FilterOp.NotIn => FilterOp.In,
        FilterOp.DoesNotMatch => FilterOp.Matches,
        _ => null,
    };
}
