using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>Decides whether traces match an expression. Keeps the filters of groups it met; for one request.</summary>
internal sealed class FilterEvaluator(INamedFilters groups, string account)
{
    private const int MaxGroupDepth = 8;
    private readonly Dictionary<string, NamedFilter?> _groups = new(StringComparer.Ordinal);
    private int _groupDepth;

    public bool Matches(FilterExpr? filter, Trace trace, TraceMap map) => filter is null || Trace(filter, trace, map);

    private bool Trace(FilterExpr filter, Trace trace, TraceMap map) => filter switch
    {
        AndFilter and => and.Operands.All(operand => Trace(operand, trace, map)),
        OrFilter or => or.Operands.Any(operand => Trace(operand, trace, map)),
        NotFilter not => !Trace(not.Operand, trace, map),
        ServiceFilter service => map.Visits.Exists(visit =>
            service.Service.Matches(visit.Service, account) && (service.Body is null || Visit(service.Body, visit, trace))),
        EdgeFilter edge => map.Calls.Exists(call =>
            edge.From.Matches(call.From, account) && edge.To.Matches(call.To, account) && (edge.Body is null || Call(edge.Body, call, trace))),
        RootCauseFilter cause => RootCauseMatching.Matches(cause, RootCauses.Of(trace, cause.Kind)),
        RootCausePathFilter path => RootCauseMatching.Matches(path, trace),
        PredicateFilter { Keyword: FilterKeyword.GroupName or FilterKeyword.GroupArn } group => Group(group, trace, map),
        PredicateFilter predicate => Predicate(predicate, trace),
        ArrivedFilter arrived => arrived.Versions.Any(version => Taken(version, trace, map)),
        _ => false,
    };

    /// <summary>What is said of a whole trace is said of its entry, but users, annotations and resources count anywhere.</summary>
    private static bool Predicate(PredicateFilter predicate, Trace trace) => predicate.Keyword switch
    {
        FilterKeyword.Duration => FilterValues.Compare(predicate, trace.Duration),
        FilterKeyword.Partial => FilterValues.Compare(predicate, trace.IsPartial),
        FilterKeyword.Inferred => FilterValues.Compare(predicate, trace.Inferred.Count > 0),
        FilterKeyword.User => FilterValues.Any(predicate, trace.Entities.Select(e => e.User)),
        FilterKeyword.AvailabilityZone => FilterValues.Any(predicate, trace.Entities.Select(e => e.AvailabilityZone)),
        FilterKeyword.InstanceId => FilterValues.Any(predicate, trace.Entities.Select(e => e.InstanceId)),
        FilterKeyword.ResourceArn => FilterValues.Any(predicate, trace.Entities.Select(e => e.ResourceArn)),
        FilterKeyword.Annotation => FilterValues.Any(predicate, trace.Entities.SelectMany(Annotations(predicate))),
        _ => Entity(predicate, trace.Root),
    };

    private static bool Visit(FilterExpr filter, ServiceVisit visit, Trace trace) => filter switch
    {
        AndFilter and => and.Operands.All(operand => Visit(operand, visit, trace)),
        OrFilter or => or.Operands.Any(operand => Visit(operand, visit, trace)),
        NotFilter not => !Visit(not.Operand, visit, trace),
        PredicateFilter predicate => predicate.Keyword switch
        {
            FilterKeyword.Root => FilterValues.Compare(predicate, visit.IsRoot),
            FilterKeyword.Inferred => FilterValues.Compare(predicate, visit.Inferred),
            FilterKeyword.Name => FilterValues.Compare(predicate, visit.Service.Name),
            FilterKeyword.Type => FilterValues.Compare(predicate, visit.Service.Type),
            FilterKeyword.Duration => FilterValues.Compare(predicate, visit.Entity.Seconds),
            // Subsegments carry annotations and users for their service as well.
            FilterKeyword.Annotation => FilterValues.Any(predicate, Parts(visit).SelectMany(Annotations(predicate))),
            FilterKeyword.User => FilterValues.Any(predicate, Parts(visit).Select(e => e.User)),
            _ => Entity(predicate, visit.Entity),
        },
        _ => false,
    };

    private static IEnumerable<TraceEntity> Parts(ServiceVisit visit) => visit.Inferred ? [visit.Entity] : visit.Entity.All();

    private static bool Call(FilterExpr filter, ServiceCall call, Trace trace) => filter switch
    {
        AndFilter and => and.Operands.All(operand => Call(operand, call, trace)),
        OrFilter or => or.Operands.Any(operand => Call(operand, call, trace)),
        NotFilter not => !Call(not.Operand, call, trace),
        PredicateFilter { Keyword: FilterKeyword.Duration } duration => FilterValues.Compare(duration, call.Call.Seconds),
        PredicateFilter { Keyword: FilterKeyword.Inferred } inferred =>
            FilterValues.Compare(inferred, trace.Inferred.Exists(s => s.InferredFrom == call.Call)),
        PredicateFilter predicate => Entity(predicate, call.Call),
        _ => false,
    };

    private static bool Entity(PredicateFilter predicate, TraceEntity entity) => predicate.Keyword switch
    {
        FilterKeyword.Ok => FilterValues.Compare(predicate, entity.Ok),
        FilterKeyword.Error => FilterValues.Compare(predicate, entity.Error),
        FilterKeyword.Fault => FilterValues.Compare(predicate, entity.Fault),
        FilterKeyword.Throttle => FilterValues.Compare(predicate, entity.Throttle),
        FilterKeyword.Partial => FilterValues.Compare(predicate, entity.End is null),
        FilterKeyword.ResponseTime => FilterValues.Compare(predicate, entity.End is null ? null : entity.Seconds),
        FilterKeyword.HttpStatus => FilterValues.Compare(predicate, (double?)entity.Http.Status),
        FilterKeyword.HttpUrl => FilterValues.Compare(predicate, entity.Http.Url),
        FilterKeyword.HttpMethod => FilterValues.Compare(predicate, entity.Http.Method),
        FilterKeyword.HttpUserAgent => FilterValues.Compare(predicate, entity.Http.UserAgent),
        FilterKeyword.HttpClientIp => FilterValues.Compare(predicate, entity.Http.ClientIp),
        FilterKeyword.User => FilterValues.Compare(predicate, entity.User),
        FilterKeyword.AvailabilityZone => FilterValues.Compare(predicate, entity.AvailabilityZone),
        FilterKeyword.InstanceId => FilterValues.Compare(predicate, entity.InstanceId),
        FilterKeyword.ResourceArn => FilterValues.Compare(predicate, entity.ResourceArn),
        FilterKeyword.Annotation => FilterValues.Any(predicate, Annotations(predicate)(entity)),
        _ => false,
    };

    private static Func<TraceEntity, IEnumerable<object>> Annotations(PredicateFilter predicate) => entity =>
        entity.Searchable.Where(annotation => annotation.Key == predicate.Key).Select(annotation => annotation.Value);

    /// <summary>
    /// Stands for the group's filter of today, whenever the trace came; a group that is not there matches nothing, nor do groups that name
    /// each other in a circle.
    /// </summary>
    private bool Group(PredicateFilter predicate, Trace trace, TraceMap map)
    {
        var wanted = predicate.Value as string ?? "";
        if (predicate.Operator is not (FilterOperator.Equal or FilterOperator.NotEqual))
            return predicate.Operator == FilterOperator.Present;
        if (!_groups.TryGetValue(wanted, out var group))
            _groups[wanted] = group = groups.Find(predicate.Keyword, wanted);
        var matches = group is not null && (group.Filter is null || Taken(new FilterVersion(group.Filter, 0, long.MaxValue), trace, map));
        return predicate.Operator == FilterOperator.Equal ? matches : group is not null && !matches;
    }

    private bool Taken(FilterVersion version, Trace trace, TraceMap map)
    {
        if (_groupDepth >= MaxGroupDepth || !trace.Arrivals.Any(at => at >= version.From && at < version.Until))
            return false;
        _groupDepth++;
        var matches = Matches(version.Filter, trace, map);
        _groupDepth--;
        return matches;
    }
}
