using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Filter;

/// <summary>One predicate over one row, meaning what <see cref="FilterValues"/> means over an entity.</summary>
internal static class RowPredicates
{
    /// <summary>What is asked of an entity itself; null when the keyword is of another place.</summary>
    public static Expr? OfEntity(PredicateFilter predicate) => predicate.Keyword switch
    {
        FilterKeyword.Ok => Bool(predicate, !(EntityRows.Error | EntityRows.Fault | EntityRows.Throttle)),
        FilterKeyword.Error => Bool(predicate, EntityRows.Error),
        FilterKeyword.Fault => Bool(predicate, EntityRows.Fault),
        FilterKeyword.Throttle => Bool(predicate, EntityRows.Throttle),
        FilterKeyword.ResponseTime => !EntityRows.IsOpen & Number(predicate, EntityRows.Seconds),
        FilterKeyword.Duration => Number(predicate, EntityRows.Seconds),
        FilterKeyword.HttpStatus => Number(predicate, EntityRows.Status),
        FilterKeyword.HttpUrl => Text(predicate, EntityRows.Url),
        FilterKeyword.HttpMethod => Text(predicate, EntityRows.Method),
        FilterKeyword.HttpUserAgent => Text(predicate, EntityRows.UserAgent),
        FilterKeyword.HttpClientIp => Text(predicate, EntityRows.ClientIp),
        FilterKeyword.User => Text(predicate, EntityRows.User),
        FilterKeyword.AvailabilityZone => Text(predicate, EntityRows.AvailabilityZone),
        FilterKeyword.InstanceId => Text(predicate, EntityRows.InstanceId),
        FilterKeyword.ResourceArn => Text(predicate, EntityRows.ResourceArn),
        FilterKeyword.Annotation => Annotation(predicate),
        _ => null,
    };

    public static Expr Bool(PredicateFilter predicate, Expr flag) => predicate switch
    {
        { Operator: FilterOperator.Present } or { Operator: FilterOperator.Equal, Value: true } or { Operator: FilterOperator.NotEqual, Value: false } => flag,
        { Operator: FilterOperator.Equal, Value: false } or { Operator: FilterOperator.NotEqual, Value: true } => !flag,
        _ => new ConstExpr(false),
    };

    public static Expr Number(PredicateFilter predicate, Expr number)
    {
        if (predicate.Operator == FilterOperator.Present)
            return new ExistsExpr(number);
        CompareOp? op = predicate.Operator switch
        {
            FilterOperator.Equal => CompareOp.Equal,
            FilterOperator.NotEqual => CompareOp.NotEqual,
            FilterOperator.Less => CompareOp.Less,
            FilterOperator.LessOrEqual => CompareOp.LessOrEqual,
            FilterOperator.Greater => CompareOp.Greater,
            FilterOperator.GreaterOrEqual => CompareOp.GreaterOrEqual,
            _ => null,
        };
        return op is { } compare && predicate.Value is double wanted ? EntityRows.Compare(compare, number, wanted) : new ConstExpr(false);
    }

    /// <summary>An empty text is none.</summary>
    public static Expr Text(PredicateFilter predicate, Expr text)
    {
        var given = EntityRows.Compare(CompareOp.NotEqual, text, "");
        if (predicate.Operator == FilterOperator.Present)
            return given;
        if (predicate.Value is not string wanted)
            return new ConstExpr(false);
        CompareOp? op = predicate.Operator switch
        {
            FilterOperator.Equal => CompareOp.Equal,
            FilterOperator.NotEqual => CompareOp.NotEqual,
            FilterOperator.Contains => CompareOp.Contains,
            FilterOperator.BeginsWith => CompareOp.StartsWith,
            FilterOperator.EndsWith => CompareOp.EndsWith,
            _ => null,
        };
        return op switch
        {
            null => new ConstExpr(false),
            // All but these match nothing where there is no text.
            CompareOp.Equal when wanted.Length > 0 => EntityRows.Is(text, wanted),
            { } compare when wanted.Length == 0 && compare != CompareOp.NotEqual => compare == CompareOp.Equal ? new ConstExpr(false) : given,
            { } compare => given & EntityRows.Compare(compare, text, wanted),
        };
    }

    /// <summary>X-Ray's annotations, or any attribute of an OpenTelemetry span.</summary>
    private static Expr Annotation(PredicateFilter predicate) =>
        Typed(predicate, "annotation." + predicate.Key) | (EntityRows.OpenTelemetry & Typed(predicate, predicate.Key!));

    private static Expr Typed(PredicateFilter predicate, string key) => predicate switch
    {
        { Operator: FilterOperator.Present } => Text(predicate, EntityRows.Text(key)) | new ExistsExpr(EntityRows.Number(key)) | new ExistsExpr(EntityRows.Flag(key)),
        { Value: string } => Text(predicate, EntityRows.Text(key)),
        { Value: double } => Number(predicate, EntityRows.Number(key)),
        { Value: bool wanted, Operator: FilterOperator.Equal } => EntityRows.Is(EntityRows.Flag(key), wanted),
        { Value: bool wanted, Operator: FilterOperator.NotEqual } => EntityRows.Is(EntityRows.Flag(key), !wanted),
        _ => new ConstExpr(false),
    };
}
