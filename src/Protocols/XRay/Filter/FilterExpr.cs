using System.Text.Json;
using Weir.Protocols.XRay.Groups;
using Weir.Protocols.XRay.Out;

namespace Weir.Protocols.XRay.Filter;

/// <summary>A filter expression as parsed.</summary>
internal abstract record FilterExpr;

internal sealed record AndFilter(IReadOnlyList<FilterExpr> Operands) : FilterExpr;

internal sealed record OrFilter(IReadOnlyList<FilterExpr> Operands) : FilterExpr;

internal sealed record NotFilter(FilterExpr Operand) : FilterExpr;

/// <summary>A keyword compared with a value, or present.</summary>
/// <param name="Key">Of an annotation; null for other keywords.</param>
/// <param name="Value">string, double or bool; null when the operator is Present.</param>
internal sealed record PredicateFilter(FilterKeyword Keyword, string? Key, FilterOperator Operator, object? Value) : FilterExpr;

/// <summary>The trace came while the group was there, and matches the filter it had then. Not to be written: graphs and the UI name groups by this.</summary>
internal sealed record GroupMemberFilter(GroupRecord Group) : FilterExpr;

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

/// <summary><c>rootcause.json = #[{…}]</c></summary>
internal sealed record RootCauseJsonFilter(bool Negated, JsonElement Services) : FilterExpr;

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
