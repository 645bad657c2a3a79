using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>A filter expression as parsed.</summary>
internal abstract record FilterExpr;

internal sealed record AndFilter(IReadOnlyList<FilterExpr> Operands) : FilterExpr;

internal sealed record OrFilter(IReadOnlyList<FilterExpr> Operands) : FilterExpr;

internal sealed record NotFilter(FilterExpr Operand) : FilterExpr;

/// <summary>A keyword compared with a value, or present.</summary>
/// <param name="Key">Of an annotation; null for other keywords.</param>
/// <param name="Value">string, double or bool; null when the operator is Present.</param>
internal sealed record PredicateFilter(FilterKeyword Keyword, string? Key, FilterOperator Operator, object? Value) : FilterExpr;

/// <summary>
/// Part of the trace arrived while one of these filters was the group's, and the trace matches that filter. No text says this: graphs and the
/// UI ask for the traces of a group with it.
/// </summary>
internal sealed record ArrivedFilter(IReadOnlyList<FilterVersion> Versions) : FilterExpr;

/// <param name="Filter">Null: every trace.</param>
/// <param name="From">Since when it was the group's, nanoseconds since 1970.</param>
/// <param name="Until">When the next one replaced it.</param>
internal sealed record FilterVersion(FilterExpr? Filter, long From, long Until);

/// <summary>Matches no trace: what a stored text means that can't be read.</summary>
internal sealed record NeverFilter : FilterExpr;

/// <summary><c>service("name") { … }</c></summary>
internal sealed record ServiceFilter(ServiceRef Service, FilterExpr? Body) : FilterExpr;

/// <summary><c>edge("from", "to") { … }</c></summary>
internal sealed record EdgeFilter(ServiceRef From, ServiceRef To, FilterExpr? Body) : FilterExpr;

internal enum CauseLevel
{
    Service,
    Entity,
    Exception,
}

/// <summary><c>rootcause.fault.entity { … }</c></summary>
internal sealed record RootCauseFilter(CauseKind Kind, CauseLevel Level, FilterExpr Body) : FilterExpr;

/// <summary><c>rootcause.json = #[{…}]</c>: a root cause has exactly these services in this order.</summary>
internal sealed record RootCausePathFilter(bool Negated, IReadOnlyList<CauseServicePattern> Services) : FilterExpr;

/// <summary>A service of a root cause; what is null may be anything.</summary>
internal sealed record CauseServicePattern(string? Name, string? Type, string? AccountId, bool? Inferred, IReadOnlyList<CauseEntityPattern>? Entities);

internal sealed record CauseEntityPattern(string? Name, bool? Remote, IReadOnlyList<ExceptionPattern>? Exceptions);

internal sealed record ExceptionPattern(string? Name, string? Message);

/// <summary>A service by those parts that are not null; all null is any service.</summary>
internal sealed record ServiceRef(string? Name, string? Type, string? AccountId)
{
    public static ServiceRef Any { get; } = new(null, null, null);

    public bool Matches(ServiceKey service, string account) =>
        (Name is null || Name == service.Name)
        && (Type is null || Type == service.Type)
        && (AccountId is null || AccountId == (service.AccountId ?? account))
        // A client is named like the service it calls; it counts only when it is asked for.
        && (service.Type != ServiceKey.Client || Type == ServiceKey.Client);
}

internal enum FilterOperator
{
    Present,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    BeginsWith,
    EndsWith,
}

internal enum FilterKeyword
{
    Ok,
    Error,
    Throttle,
    Fault,
    Partial,
    Inferred,
    First,
    Last,
    Remote,
    Root,
    ResponseTime,
    Duration,
    HttpStatus,
    Index,
    Coverage,
    HttpUrl,
    HttpMethod,
    HttpUserAgent,
    HttpClientIp,
    User,
    Name,
    Type,
    Message,
    AvailabilityZone,
    InstanceId,
    ResourceArn,
    Annotation,
    GroupName,
    GroupArn,
}
