using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>The <c>rootcause.*</c> parts of filter expressions.</summary>
internal static class RootCauseMatching
{
    public static bool Matches(RootCauseFilter filter, IReadOnlyList<RootCause> causes)
    {
        foreach (var cause in causes)
        {
            var services = cause.Services;
            var matches = filter.Level switch
            {
                CauseLevel.Service => Some(services, filter.Body, (p, service) => p.Keyword switch
                {
                    FilterKeyword.Name => FilterValues.Compare(p, service.Service.Name),
                    FilterKeyword.Type => FilterValues.Compare(p, service.Service.Type),
                    FilterKeyword.Inferred => FilterValues.Compare(p, service.Inferred),
                    _ => false,
                }),
                CauseLevel.Entity => Some([.. services.SelectMany(s => s.Entities)], filter.Body, (p, entity) => p.Keyword switch
                {
                    FilterKeyword.Name => FilterValues.Compare(p, entity.Name),
                    FilterKeyword.Remote => FilterValues.Compare(p, entity.Remote),
                    FilterKeyword.Coverage => FilterValues.Compare(p, entity.Coverage),
                    _ => false,
                }),
                _ => Some([.. services.SelectMany(s => s.Entities).SelectMany(e => e.Exceptions)], filter.Body, (p, exception) => p.Keyword switch
                {
                    FilterKeyword.Name => Exception(p, exception.Type),
                    FilterKeyword.Message => FilterValues.Compare(p, exception.Message),
                    _ => false,
                }),
            };
            if (matches)
                return true;
        }
        return false;
    }

    /// <summary>By its full name or without the namespace, which only some SDKs report.</summary>
    private static bool Exception(PredicateFilter predicate, string? type)
    {
        var dot = type?.LastIndexOf('.') ?? -1;
        var matches = FilterValues.Compare(predicate, type);
        if (dot < 0)
            return matches;
        var brief = FilterValues.Compare(predicate, type![(dot + 1)..]);
        return predicate.Operator == FilterOperator.NotEqual ? matches && brief : matches || brief;
    }

    private static bool Some<T>(IReadOnlyList<T> items, FilterExpr body, Func<PredicateFilter, T, bool> predicate)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (One(items, i, body, predicate))
                return true;
        }
        return false;
    }

    private static bool One<T>(IReadOnlyList<T> items, int index, FilterExpr body, Func<PredicateFilter, T, bool> predicate) => body switch
    {
        AndFilter and => and.Operands.All(operand => One(items, index, operand, predicate)),
        OrFilter or => or.Operands.Any(operand => One(items, index, operand, predicate)),
        NotFilter not => !One(items, index, not.Operand, predicate),
        PredicateFilter { Keyword: FilterKeyword.First } first => FilterValues.Compare(first, index == 0),
        PredicateFilter { Keyword: FilterKeyword.Last } last => FilterValues.Compare(last, index == items.Count - 1),
        PredicateFilter { Keyword: FilterKeyword.Index } at => FilterValues.Compare(at, (double?)index),
        PredicateFilter other => predicate(other, items[index]),
        _ => false,
    };

    /// <summary>Every given field must be equal, lists in order; missing fields match anything.</summary>
    public static bool Matches(RootCausePathFilter filter, Trace trace)
    {
        var any = Enum.GetValues<CauseKind>().SelectMany(kind => RootCauses.Of(trace, kind)).Any(cause => InOrder(filter.Services, cause.Services, ServiceMatches));
        return any != filter.Negated;
    }

    private static bool ServiceMatches(CauseServicePattern wanted, CauseService actual) =>
        Is(wanted.Name, actual.Service.Name) && Is(wanted.Type, actual.Service.Type) && Is(wanted.AccountId, actual.Service.AccountId)
        && Is(wanted.Inferred, actual.Inferred) && (wanted.Entities is null || InOrder(wanted.Entities, actual.Entities, EntityMatches));

    private static bool EntityMatches(CauseEntityPattern wanted, CauseEntity actual) =>
        Is(wanted.Name, actual.Name) && Is(wanted.Remote, actual.Remote) && (wanted.Exceptions is null || InOrder(wanted.Exceptions, actual.Exceptions, ExceptionMatches));

    private static bool ExceptionMatches(ExceptionPattern wanted, ExceptionFields actual) => Is(wanted.Name, actual.Type) && Is(wanted.Message, actual.Message);

    private static bool InOrder<TWanted, TActual>(IReadOnlyList<TWanted> wanted, IReadOnlyList<TActual> actual, Func<TWanted, TActual, bool> matches) =>
        wanted.Count == actual.Count && wanted.Zip(actual).All(pair => matches(pair.First, pair.Second));

    private static bool Is(string? wanted, string? actual) => wanted is null || wanted == actual;

    private static bool Is(bool? wanted, bool actual) => wanted is null || wanted == actual;
}
