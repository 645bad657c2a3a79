using Weir.Core.Query;

namespace Weir.Protocols.XRay.Filter;

/// <summary>
/// A condition over the rows of a trace that every matching trace meets, for a HAVING; null when nothing can be said. It only spares
/// reading traces: each candidate is still judged whole.
/// </summary>
internal static class FilterPrefilter
{
    // A filter of thousands of terms would make a statement the engine refuses.
    private const int MaxTerms = 64;

    public static Expr? Of(FilterExpr? filter) => filter is not null && Terms(filter) <= MaxTerms ? Necessary(filter) : null;

    private static int Terms(FilterExpr filter) => filter switch
    {
        AndFilter and => and.Operands.Sum(Terms),
        OrFilter or => or.Operands.Sum(Terms),
        _ => 1,
    };

    private static Expr? Necessary(FilterExpr filter) => filter switch
    {
        AndFilter and => All([.. and.Operands.Select(Necessary).OfType<Expr>()]),
        OrFilter or => or.Operands.Select(Necessary).ToList() is var parts && parts.TrueForAll(part => part is not null) ? new OrExpr(parts!) : null,
        ServiceFilter { Service.Name: { } name } => Some(Service(name)),
        EdgeFilter edge => All([.. new[] { edge.From.Name, edge.To.Name }.OfType<string>().Select(name => (Expr)Some(Service(name)))]),
        PredicateFilter predicate => Row(predicate) is { } row ? Some(row) : null,
        _ => null,
    };

    private static Expr? All(List<Expr> parts) => parts.Count switch
    {
        0 => null,
        1 => parts[0],
        _ => new AndExpr(parts),
    };

    private static CompareExpr Some(Expr row) => new(CompareOp.Greater, new CallExpr(Function.CountIf, [row]), new ConstExpr(0L));

    /// <summary>A service of its own, or one that is known only by a call: its name is then the call's, or that of a table, bucket, queue or function.</summary>
    private static OrExpr Service(string name)
    {
        var value = new ConstExpr(name);
        return new OrExpr(
        [
            new CompareExpr(CompareOp.Equal, new FieldExpr("service"), value),
            new CompareExpr(CompareOp.Equal, new FieldExpr("name"), value),
            new CompareExpr(CompareOp.Equal, Attribute("aws.table_name"), value),
            new CompareExpr(CompareOp.Equal, Attribute("aws.bucket_name"), value),
            new CompareExpr(CompareOp.Equal, Attribute("aws.function_name"), value),
            new CompareExpr(CompareOp.EndsWith, Attribute("aws.queue_url"), value),
        ]);
    }

    private static Expr? Row(PredicateFilter predicate)
    {
        switch (predicate.Keyword)
        {
            case FilterKeyword.Error or FilterKeyword.Fault or FilterKeyword.Throttle
                when predicate.Operator == FilterOperator.Present || (predicate.Operator == FilterOperator.Equal && predicate.Value is true):
                return new AttributeExpr("aws.xray." + predicate.Keyword.ToString().ToLowerInvariant(), AttributeScope.Record, AttributeType.Bool);
            case FilterKeyword.ResponseTime when predicate.Operator is FilterOperator.Greater or FilterOperator.GreaterOrEqual && predicate.Value is double seconds and > 0 and < 1e9:
                // A hair less, so that rounding here never loses a trace.
                return new CompareExpr(CompareOp.GreaterOrEqual, new FieldExpr("duration_ns"), new ConstExpr((ulong)Math.Max(0, (seconds * 1e9) - 1000)));
            case FilterKeyword.HttpStatus when predicate.Operator == FilterOperator.Equal && predicate.Value is double status:
                return new CompareExpr(CompareOp.Equal, Attribute("http.response.status_code"), new ConstExpr(status));
            case FilterKeyword.HttpUrl:
                return Text(predicate, "url.full");
            case FilterKeyword.HttpMethod:
                return Text(predicate, "http.request.method");
            case FilterKeyword.HttpClientIp:
                return Text(predicate, "client.address");
            case FilterKeyword.HttpUserAgent:
                return Text(predicate, "user_agent.original");
            case FilterKeyword.User:
                return Text(predicate, "enduser.id");
            case FilterKeyword.Annotation when predicate.Operator == FilterOperator.Equal && predicate.Value is { } value:
                return new CompareExpr(CompareOp.Equal, Attribute("annotation." + predicate.Key), new ConstExpr(value));
            default:
                return null;
        }
    }

    private static Expr? Text(PredicateFilter predicate, string key)
    {
        CompareOp? op = predicate.Operator switch
        {
            FilterOperator.Equal => CompareOp.Equal,
            FilterOperator.Contains => CompareOp.Contains,
            FilterOperator.BeginsWith => CompareOp.StartsWith,
            FilterOperator.EndsWith => CompareOp.EndsWith,
            _ => null,
        };
        return op is { } compare && predicate.Value is string { Length: > 0 } text
            ? new CompareExpr(compare, Attribute(key), new ConstExpr(text))
            : null;
    }

    private static AttributeExpr Attribute(string key) => new(key, AttributeScope.Record);
}
