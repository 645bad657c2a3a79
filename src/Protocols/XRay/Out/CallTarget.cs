using Weir.Protocols.XRay.In;

namespace Weir.Protocols.XRay.Out;

/// <summary>What a remote call of a service that reports nothing is shown as: a table, a queue, another host.</summary>
internal readonly record struct CallTarget(string Name, string Type)
{
    public const string Remote = "remote";
    private const string Database = "Database::SQL";

    public static CallTarget Of(TraceEntity call)
    {
        if (call.Json.ObjectOf("sql") is not null)
            return new CallTarget(call.Name, Database);
        if (call.Namespace != "aws")
            return new CallTarget(call.Name, Remote);
        var aws = call.Json.ObjectOf("aws");
        if (aws?.TextOf("table_name") is { Length: > 0 } table)
            return new CallTarget(table, "AWS::DynamoDB::Table");
        if (aws?.TextOf("bucket_name") is { Length: > 0 } bucket)
            return new CallTarget(bucket, "AWS::S3::Bucket");
        if (aws?.TextOf("queue_url") is { Length: > 0 } queue)
            return new CallTarget(queue[(queue.LastIndexOf('/') + 1)..] is { Length: > 0 } name ? name : queue, "AWS::SQS::Queue");
        if (aws?.TextOf("function_name") is { Length: > 0 } function)
            return new CallTarget(function, "AWS::Lambda");
        // SDKs write the service's name in different case.
        return call.Name.ToUpperInvariant() switch
        {
            "DYNAMODB" => new CallTarget(call.Name, "AWS::DynamoDB"),
            "S3" => new CallTarget(call.Name, "AWS::S3"),
            "SQS" => new CallTarget(call.Name, "AWS::SQS"),
            "SNS" => new CallTarget(call.Name, "AWS::SNS"),
            "LAMBDA" => new CallTarget(call.Name, "AWS::Lambda"),
            _ => new CallTarget(call.Name, "AWS::" + call.Name),
        };
    }
}
