using System.Text.Json;
using Weir.Protocols.XRay.In;
using Weir.Protocols.XRay.Out;

namespace Weir.Protocols.XRay.Filter;

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

    /// <summary>By its whole name or without the namespace, which some SDKs tell and others don't.</summary>
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

    /// <summary>Every field that is given must be equal, arrays in order; what is not given may be anything.</summary>
    public static bool Matches(RootCauseJsonFilter filter, Trace trace)
    {
        var any = Enum.GetValues<CauseKind>().SelectMany(kind => RootCauses.Of(trace, kind)).Any(cause => ServicesMatch(filter.Services, cause.Services));
        return any != filter.Negated;
    }

    private static bool ServicesMatch(JsonElement wanted, IReadOnlyList<CauseService> services)
    {
        if (wanted.GetArrayLength() != services.Count)
            return false;
        var i = 0;
        foreach (var service in wanted.EnumerateArray())
        {
            var actual = services[i++];
            if (!TextMatches(service, "Name", actual.Service.Name) || !TextMatches(service, "Type", actual.Service.Type)
                || !TextMatches(service, "AccountId", actual.Service.AccountId)
                || !FlagMatches(service, "Inferred", actual.Inferred) || !EntitiesMatch(service, actual.Entities))
                return false;
        }
        return true;
    }

    private static bool EntitiesMatch(JsonElement service, IReadOnlyList<CauseEntity> entities)
    {
        if (service.MemberOf("EntityPath") is not { ValueKind: JsonValueKind.Array } path)
            return true;
        if (path.GetArrayLength() != entities.Count)
            return false;
        var i = 0;
        foreach (var entity in path.EnumerateArray())
        {
            var actual = entities[i++];
            if (!TextMatches(entity, "Name", actual.Name) || !FlagMatches(entity, "Remote", actual.Remote) || !ExceptionsMatch(entity, actual.Exceptions))
                return false;
        }
        return true;
    }

    private static bool ExceptionsMatch(JsonElement entity, IReadOnlyList<ExceptionFields> exceptions)
    {
        if (entity.MemberOf("Exceptions") is not { ValueKind: JsonValueKind.Array } wanted)
            return true;
        if (wanted.GetArrayLength() != exceptions.Count)
            return false;
        var i = 0;
        foreach (var exception in wanted.EnumerateArray())
        {
            var actual = exceptions[i++];
            if (!TextMatches(exception, "Name", actual.Type) || !TextMatches(exception, "Message", actual.Message))
                return false;
        }
        return true;
    }

    private static bool TextMatches(JsonElement wanted, string name, string? actual) => wanted.TextOf(name) is not { } text || text == actual;

    private static bool FlagMatches(JsonElement wanted, string name, bool actual) => wanted.MemberOf(name) is null || wanted.FlagOf(name) == actual;
}
