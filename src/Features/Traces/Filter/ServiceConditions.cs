using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>Translates <c>service()</c> and <c>edge()</c> to conditions over a trace's rows: a row of the requested segment or call exists.</summary>
internal sealed class ServiceConditions(string account, TimeRange nearby, string? environment)
{
    /// <summary>A segment of another service has this entity as its parent.</summary>
    private InQueryExpr HasCallee => Called(condition: null);

    /// <summary>A finished call without an answering segment: the service that it names is inferred.</summary>
    public Expr IsInferred => EntityRows.IsCall & !EntityRows.IsOpen & !HasCallee;

    /// <summary>Has a parent that does not exist.</summary>
    public Expr LacksParent =>
        (EntityRows.IsSegment | EntityRows.IsStreamed | EntityRows.OpenTelemetry) & EntityRows.HasParent
        & !new InQueryExpr(EntityRows.ParentKey, Rows(EntityRows.Key, condition: null));

    public FilterBounds Visit(ServiceFilter service)
    {
        // Clients have no rows of their own.
        if (service.Service.Type == ServiceKey.Client)
            return FilterBounds.Unknown;
        var reported = FilterBounds.Exactly(Reported(service.Service));
        var inferred = FilterBounds.Exactly(IsInferred & Target(service.Service));
        if (service.Body is not { } body)
            return FilterBounds.Any([reported.Map(EntityRows.Some), inferred.Map(EntityRows.Some)]);
        inferred = FilterBounds.All([inferred, OnVisit(body, inferred: true)]);
        var visited = FilterBounds.All([Finished(reported), OnVisit(body, inferred: false)]).Map(EntityRows.Some);
        return FilterBounds.Any([OverParts(service.Service, body, visited), inferred.Map(EntityRows.Some)]);
    }

    /// <summary>
    /// Properties that both segments and subsegments have may be in other rows than the segment's. For a single such condition the row does not
    /// matter, and when a trace has only one segment of the service, all rows of the service belong to that segment.
    /// </summary>
    private static FilterBounds OverParts(ServiceRef service, FilterExpr body, FilterBounds visited)
    {
        var parts = PartPredicates(body).ToList();
        // A subsegment's row contains the account of its target.
        if (parts.Count == 0 || service.AccountId is not null)
            return visited;
        var row = OfService(service);
        // The row of a streamed subsegment does not contain its segment.
        var streamed = service is { Name: null, Type: null }
            ? null
            : EntityRows.Some(new ExistsExpr(EntityRows.OwnerId) & new OrExpr([.. parts.Select(part => RowPredicates.OfEntity(part)!)]));
        FilterBounds sure;
        if (body is PredicateFilter)
        {
            sure = FilterBounds.Exactly(EntityRows.Some(row & RowPredicates.OfEntity(parts[0])!));
            return streamed is null ? sure : new FilterBounds((sure.Upper & !streamed) | (visited.Upper & streamed), sure.Lower & !streamed);
        }
        Expr alone = EntityRows.Is(EntityRows.Call(Function.CountIf, row & EntityRows.IsSegment), 1L) & !EntityRows.Some(EntityRows.IsOpen);
        if (streamed is not null)
            alone &= !streamed;
        sure = Alone(body);
        return new FilterBounds((alone & sure.Upper) | (!alone & visited.Upper), (alone & sure.Lower) | (!alone & visited.Lower));

        FilterBounds Alone(FilterExpr condition) => condition switch
        {
            AndFilter and => FilterBounds.All([.. and.Operands.Select(Alone)]),
            OrFilter or => FilterBounds.Any([.. or.Operands.Select(Alone)]),
            NotFilter not => !Alone(not.Operand),
            PredicateFilter { Keyword: FilterKeyword.Annotation or FilterKeyword.User } part => FilterBounds.Exactly(EntityRows.Some(row & RowPredicates.OfEntity(part)!)),
            _ => FilterBounds.All([FilterBounds.Exactly(row & EntityRows.IsSegment), OnVisit(condition, inferred: false)]).Map(EntityRows.Some),
        };
    }

    private static IEnumerable<PredicateFilter> PartPredicates(FilterExpr body) => body switch
    {
        AndFilter and => and.Operands.SelectMany(PartPredicates),
        OrFilter or => or.Operands.SelectMany(PartPredicates),
        NotFilter not => PartPredicates(not.Operand),
        PredicateFilter { Keyword: FilterKeyword.Annotation or FilterKeyword.User } part => [part],
        _ => [],
    };

    /// <summary>A row of a segment of the service, or of a subsegment of one.</summary>
    private static Expr OfService(ServiceRef service)
    {
        var conditions = new List<Expr>();
        if (service.Name is { } name)
            conditions.Add(EntityRows.Is(EntityRows.Service, name));
        if (service.Type is { } type)
            conditions.Add(EntityRows.Is(EntityRows.If(EntityRows.IsSegment, EntityRows.Origin, EntityRows.SegmentOrigin), type));
        return new AndExpr(conditions);
    }

    public FilterBounds Call(EdgeFilter edge)
    {
        if (edge.From.Type == ServiceKey.Client || edge.To.Type == ServiceKey.Client)
            return FilterBounds.Unknown;
        var from = edge.From.Name is { } name ? EntityRows.Is(EntityRows.Service, name) : (Expr)new ConstExpr(true);
        // A subsegment's row does not contain the type and account of its segment.
        var caller = edge.From is { Type: null, AccountId: null }
            ? FilterBounds.Exactly(from)
            : new FilterBounds(from, from & EntityRows.IsSegment & Kind(edge.From));
        var called = FilterBounds.Exactly(Calls(edge.To));
        var call = edge.Body is null
            ? FilterBounds.All([caller, called])
            : FilterBounds.All([Finished(caller), called, OnCall(edge.Body)]);
        return call.Map(EntityRows.Some);
    }

    /// <summary>A row of an entity that calls the service, for any caller.</summary>
    private Expr Calls(ServiceRef service) => Called(Reported(service)) | (IsInferred & Target(service));

    /// <summary>Over a trace's rows: the call may have arrived without its segment, so that its row does not identify the caller for certain.</summary>
    public Expr MayBeStreamed(EdgeFilter edge) =>
        EntityRows.Some(new ExistsExpr(EntityRows.OwnerId) & Calls(edge.To)) & MayVisit(edge.From);

    /// <summary>Over a trace's rows: it may touch the service, whatever they don't tell.</summary>
    public Expr MayVisit(ServiceRef service) => service.Name is { } name
        ? EntityRows.Some(EntityRows.Is(EntityRows.Service, name) | EntityRows.Is(EntityRows.CallName, name) | EntityRows.Is(CallTarget.RowName, name))
        : new ConstExpr(true);

    // An unfinished row may have been replaced by its finished one.
    private static FilterBounds Finished(FilterBounds row) => new(row.Upper, row.Lower & !EntityRows.IsOpen);

    private Expr Reported(ServiceRef service) => service.Name is { } name
        ? EntityRows.IsSegment & EntityRows.Is(EntityRows.Service, name) & Kind(service)
        : EntityRows.IsSegment & Kind(service);

    private Expr Kind(ServiceRef service)
    {
        var conditions = new List<Expr>();
        if (service.Type is { } type)
            conditions.Add(EntityRows.Is(EntityRows.Origin, type));
        if (service.AccountId is { } id)
            conditions.Add(id == account ? EntityRows.Is(EntityRows.Account, id) | !new ExistsExpr(EntityRows.Account) : EntityRows.Is(EntityRows.Account, id));
        return new AndExpr(conditions);
    }

    /// <summary>The call names this service, as far as one can tell from the call alone.</summary>
    private Expr Target(ServiceRef service)
    {
        var conditions = new List<Expr>();
        if (service.Name is { } name)
            conditions.Add(EntityRows.Is(CallTarget.RowName, name));
        if (service.Type is { } type)
            conditions.Add(EntityRows.Is(CallTarget.RowType, type));
        if (service.AccountId is { } id)
            conditions.Add(new ConstExpr(id == account));
        return new AndExpr(conditions);
    }

    private static FilterBounds OnVisit(FilterExpr body, bool inferred) => body switch
    {
        AndFilter and => FilterBounds.All([.. and.Operands.Select(operand => OnVisit(operand, inferred))]),
        OrFilter or => FilterBounds.Any([.. or.Operands.Select(operand => OnVisit(operand, inferred))]),
        NotFilter not => !OnVisit(not.Operand, inferred),
        PredicateFilter predicate => predicate.Keyword switch
        {
            // Which segments without a known caller there are is not told by one row.
            FilterKeyword.Root => Flag(predicate, inferred ? FilterBounds.Never : new FilterBounds(new ConstExpr(true), EntityRows.IsRoot)),
            FilterKeyword.Inferred => Flag(predicate, inferred ? FilterBounds.Always : FilterBounds.Never),
            FilterKeyword.Partial => Flag(predicate, inferred ? FilterBounds.Never : FilterBounds.AtMost(EntityRows.IsOpen)),
            FilterKeyword.Name => FilterBounds.Exactly(RowPredicates.Text(predicate, inferred ? CallTarget.RowName : EntityRows.Service)),
            FilterKeyword.Type => FilterBounds.Exactly(RowPredicates.Text(predicate, inferred ? CallTarget.RowType : EntityRows.Origin)),
            // Subsegments, whose rows are others, have them for their segment as well.
            FilterKeyword.Annotation or FilterKeyword.User when !inferred => new FilterBounds(new ConstExpr(true), RowPredicates.OfEntity(predicate)!),
            _ => OfRow(predicate),
        },
        _ => FilterBounds.Never,
    };

    private FilterBounds OnCall(FilterExpr body) => body switch
    {
        AndFilter and => FilterBounds.All([.. and.Operands.Select(OnCall)]),
        OrFilter or => FilterBounds.Any([.. or.Operands.Select(OnCall)]),
        NotFilter not => !OnCall(not.Operand),
        PredicateFilter { Keyword: FilterKeyword.Inferred } predicate => FilterBounds.Exactly(RowPredicates.Bool(predicate, IsInferred)),
        PredicateFilter { Keyword: FilterKeyword.Partial } predicate => Flag(predicate, FilterBounds.AtMost(EntityRows.IsOpen)),
        PredicateFilter predicate => OfRow(predicate),
        _ => FilterBounds.Never,
    };

    private static FilterBounds OfRow(PredicateFilter predicate) =>
        RowPredicates.OfEntity(predicate) is { } row ? FilterBounds.Exactly(row) : FilterBounds.Never;

    private static FilterBounds Flag(PredicateFilter predicate, FilterBounds flag) => predicate switch
    {
        { Operator: FilterOperator.Present } or { Operator: FilterOperator.Equal, Value: true } or { Operator: FilterOperator.NotEqual, Value: false } => flag,
        { Operator: FilterOperator.Equal, Value: false } or { Operator: FilterOperator.NotEqual, Value: true } => !flag,
        _ => FilterBounds.Never,
    };

    private InQueryExpr Called(Expr? condition) => new(
        EntityRows.Key,
        Rows(EntityRows.ParentKey, condition is null ? EntityRows.IsSegment & EntityRows.HasParent : EntityRows.HasParent & condition));

    private TelemetryQuery Rows(Expr key, Expr? condition) => new()
    {
        Signal = Signal.Spans,
        Select = [new Selection("key", key)],
        Where = condition,
        Range = nearby,
        Environment = environment,
        Limit = int.MaxValue,
    };
}
