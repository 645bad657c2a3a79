using Weir.Core.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>Reads a filter expression; null for an empty one, which every trace matches. The fault has the position of what is wrong.</summary>
internal delegate FilterExpr? FilterSyntax(string? text, out Fault? fault);

/// <param name="Filter">Null: every trace.</param>
internal sealed record NamedFilter(FilterExpr? Filter);

/// <summary>What <c>group.name</c> and <c>group.arn</c> mean inside a filter.</summary>
internal interface INamedFilters
{
    /// <param name="keyword">Whether <paramref name="value"/> is a name or an ARN.</param>
    /// <returns>Null when there is no such group.</returns>
    NamedFilter? Find(FilterKeyword keyword, string value);
}
