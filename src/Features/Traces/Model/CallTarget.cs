using Weir.Core.Query;

namespace Weir.Features.Traces.Model;

/// <summary>How a remote call to a service that does not report is shown: a table, a queue, another host.</summary>
internal readonly record struct CallTarget(string Name, string Type)
{
    public const string Remote = "remote";
    private const string Database = "Database::SQL";
    private const string TableType = "AWS::DynamoDB::Table";
    private const string BucketType = "AWS::S3::Bucket";
    private const string QueueType = "AWS::SQS::Queue";
    private const string LambdaType = "AWS::Lambda";

    /// <summary>SDKs write these services' names in different case.</summary>
    private static readonly (string Name, string Type)[] Known =
    [
        ("dynamodb", "AWS::DynamoDB"), ("s3", "AWS::S3"), ("sqs", "AWS::SQS"), ("sns", "AWS::SNS"), ("lambda", "AWS::Lambda"),
    ];

    /// <summary>The name of the target over the rows of calls.</summary>
    public static readonly Expr RowName = RowValue(
        EntityRows.CallName, EntityRows.Table, EntityRows.Bucket,
        EntityRows.If(EntityRows.Is(QueuePart, ""), EntityRows.Queue, QueuePart), EntityRows.Lambda, EntityRows.CallName);

    /// <summary>Its type.</summary>
    public static readonly Expr RowType = EntityRows.If(EntityRows.IsSql, new ConstExpr(Database), RowValue(
        new ConstExpr(Remote), new ConstExpr(TableType), new ConstExpr(BucketType), new ConstExpr(QueueType), new ConstExpr(LambdaType),
        Known.Aggregate(
            (Expr)EntityRows.Call(Function.Concat, new ConstExpr("AWS::"), EntityRows.CallName),
            (otherwise, known) => EntityRows.If(
                EntityRows.Is(EntityRows.Call(Function.Lower, EntityRows.CallName), known.Name), new ConstExpr(known.Type), otherwise))));

    /// <summary>The <see cref="TargetKind"/> over the rows of calls, and the text that <see cref="Of(string, TargetKind, string?)"/> needs for it.</summary>
    public static readonly Expr RowKind = EntityRows.Call(
        Function.MultiIf,
        EntityRows.IsSql, new ConstExpr((long)TargetKind.Sql), !EntityRows.IsAws, new ConstExpr((long)TargetKind.Remote),
        Given(EntityRows.Table), new ConstExpr((long)TargetKind.Table), Given(EntityRows.Bucket), new ConstExpr((long)TargetKind.Bucket),
        Given(EntityRows.Queue), new ConstExpr((long)TargetKind.Queue), Given(EntityRows.Lambda), new ConstExpr((long)TargetKind.Function),
        new ConstExpr((long)TargetKind.Service));

    public static readonly Expr RowResource = EntityRows.Call(
        Function.Coalesce, [.. new[] { EntityRows.Table, EntityRows.Bucket, EntityRows.Queue, EntityRows.Lambda }.Select(text => (Expr)EntityRows.Call(Function.NullIfEmpty, text))]);

    private static Expr QueuePart => EntityRows.Call(Function.LastPart, EntityRows.Queue, new ConstExpr("/"));

    public static CallTarget Of(string name, bool isSql, bool isAws, string? table, string? bucket, string? queue, string? function)
    {
        if (isSql)
            return new CallTarget(name, Database);
        if (!isAws)
            return new CallTarget(name, Remote);
        if (table is { Length: > 0 })
            return new CallTarget(table, TableType);
        if (bucket is { Length: > 0 })
            return new CallTarget(bucket, BucketType);
        if (queue is { Length: > 0 })
            return new CallTarget(queue[(queue.LastIndexOf('/') + 1)..] is { Length: > 0 } part ? part : queue, QueueType);
        if (function is { Length: > 0 })
            return new CallTarget(function, LambdaType);
        var known = Array.Find(Known, k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return new CallTarget(name, known.Type ?? "AWS::" + name);
    }

    public static CallTarget Of(string name, TargetKind kind, string? resource) => Of(
        name, kind == TargetKind.Sql, kind > TargetKind.Remote,
        kind == TargetKind.Table ? resource : null, kind == TargetKind.Bucket ? resource : null, kind == TargetKind.Queue ? resource : null,
        kind == TargetKind.Function ? resource : null);

    private static Expr RowValue(Expr other, Expr table, Expr bucket, Expr queue, Expr lambda, Expr aws) =>
        EntityRows.If(EntityRows.IsSql | !EntityRows.IsAws, other,
            EntityRows.If(Given(EntityRows.Table), table,
                EntityRows.If(Given(EntityRows.Bucket), bucket,
                    EntityRows.If(Given(EntityRows.Queue), queue,
                        EntityRows.If(Given(EntityRows.Lambda), lambda, aws)))));

    private static CompareExpr Given(Expr text) => EntityRows.Compare(CompareOp.NotEqual, text, "");
}

/// <summary>How a call identifies its target.</summary>
internal enum TargetKind
{
    /// <summary>A segment answered it.</summary>
    Segment,
    Sql,
    Remote,
    Table,
    Bucket,
    Queue,
    Function,
    /// <summary>An AWS service by its name.</summary>
    Service,
}
