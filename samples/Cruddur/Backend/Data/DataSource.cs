using System.Diagnostics;
using Cruddur.XRay;

namespace Cruddur.Data;

/// <summary>
/// The databases of the sample. There are none: the data is in memory. But each access takes a moment and is told to OpenTelemetry and X-Ray as
/// the instrumentation of a driver tells it, so that traces and maps look as they do in an application that has some.
/// </summary>
internal sealed class DataSource(XRayRecorder xray, TimeProvider time) : IDisposable
{
    public const string TracerName = "cruddur.data";
    public const string Database = "cruddur@postgres";
    public const string Table = "cruddur-messages";
    private const string Region = "us-east-1";

    /// <summary>The table has little capacity: one call in so many is refused, and tried again.</summary>
    private const int CallsUntilThrottled = 12;

    private readonly ActivitySource _tracer = new(TracerName);
    private int _calls;

    /// <summary>A query of the relational database. Searching for text has no index to use.</summary>
    public async Task<T> Query<T>(string operation, string relation, string statement, Func<T> read, CancellationToken stop)
    {
        using var span = _tracer.StartActivity($"{operation} cruddur.{relation}", ActivityKind.Client);
        span?.SetTag("db.system", "postgresql").SetTag("db.name", "cruddur").SetTag("db.operation", operation).SetTag("db.sql.table", relation)
            .SetTag("db.statement", statement).SetTag("db.user", "cruddur").SetTag("server.address", "postgres").SetTag("server.port", 5432)
            .SetTag("peer.service", Database);
        using var subsegment = xray.BeginSubsegment(Database, "remote");
        if (subsegment.Entity is { } entity)
            entity.Sql = new SqlBlock(statement, "PostgreSQL", "15.4", "cruddur", "Host=postgres;Database=cruddur");
        var scan = statement.Contains("LIKE", StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(scan ? 30 : 1, scan ? 90 : 9)), time, stop);
        return read();
    }

    /// <summary>A call to the table of messages. What it refuses for lack of capacity is tried once more.</summary>
    public async Task<T> Call<T>(string operation, Func<T> work, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _calls) % CallsUntilThrottled == 0)
        {
            await Attempt(operation, throttled: true, stop);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 25)), time, stop);
        }
        await Attempt(operation, throttled: false, stop);
        return work();
    }

    private async Task Attempt(string operation, bool throttled, CancellationToken stop)
    {
        var request = $"{Convert.ToHexString(Guid.NewGuid().ToByteArray())}VV4KQNSO5AEMVJF66Q9";
        using var span = _tracer.StartActivity($"DynamoDB.{operation}", ActivityKind.Client);
        // `aws.table_name` is what the X-Ray exporter of the OpenTelemetry collector reads.
        span?.SetTag("rpc.system", "aws-api").SetTag("rpc.service", "DynamoDB").SetTag("rpc.method", operation).SetTag("aws.region", Region)
            .SetTag("aws.dynamodb.table_names", new[] { Table }).SetTag("aws.table_name", Table).SetTag("aws.request_id", request);
        using var subsegment = xray.BeginSubsegment("DynamoDB", "aws");
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 12)), time, stop);
        var status = throttled ? 400 : 200;
        span?.SetTag("http.response.status_code", status);
        if (throttled)
            span?.SetTag("error.type", "ProvisionedThroughputExceededException").SetStatus(ActivityStatusCode.Error, "The level of configured provisioned throughput for the table was exceeded");
        if (subsegment.Entity is not { } entity)
            return;
        entity.Aws = new AwsBlock(operation, Region, Table, request);
        entity.Http = new HttpBlock(null, null) { Status = status };
        entity.PutStatus(throttled ? 429 : 200);
    }

    public void Dispose() => _tracer.Dispose();
}
