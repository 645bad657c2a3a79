using System.Text.Json;

namespace Weir.Protocols.Wire;

/// <summary>
/// What is served behind <c>POST /</c>. Rooms add their operations while they map themselves; the endpoint looks them up by
/// <c>X-Amz-Target</c> or, for the Query protocol, by <c>Action</c>.
/// </summary>
internal sealed class AwsOperations
{
    private readonly Dictionary<string, AwsJsonService> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AwsQueryOperation> _queries = new(StringComparer.Ordinal);

    public IEnumerable<AwsJsonService> Services => _services.Values;

    public void Add(AwsJsonService service) => _services.Add(service.TargetPrefix, service);

    /// <summary>Adds an operation of the Query protocol; its name is the form's <c>Action</c>.</summary>
    public void Add(string action, AwsQueryOperation operation) => _queries.Add(action, operation);

    /// <summary>The service and operation of a target like <c>Logs_20140328.PutLogEvents</c>.</summary>
    public AwsJsonService? Find(string target, out AwsOperation? operation)
    {
        operation = null;
        var dot = target.LastIndexOf('.');
        if (dot < 0 || !_services.TryGetValue(target[..dot], out var service))
            return null;
        service.Operations.TryGetValue(target[(dot + 1)..], out operation);
        return service;
    }

    /// <summary>Every X-Amz-Target that is served.</summary>
    public IEnumerable<string> Targets => _services.Values.SelectMany(service => service.Operations.Keys.Select(name => $"{service.TargetPrefix}.{name}"));

    public AwsQueryOperation? Find(string action) => _queries.GetValueOrDefault(action);
}

/// <summary>The operations of one AWS JSON service.</summary>
/// <param name="SigningName">As credential scopes name the service: <c>logs</c>.</param>
/// <param name="TargetPrefix">Before the dot of X-Amz-Target, e.g. <c>Logs_20140328</c>.</param>
/// <param name="ContentType"><c>application/x-amz-json-1.0</c> or <c>-1.1</c>.</param>
/// <param name="ValidationType">The error type of broken constraints.</param>
internal sealed record AwsJsonService(
    string SigningName, string TargetPrefix, string ContentType, string ValidationType, IReadOnlyDictionary<string, AwsOperation> Operations)
{
    /// <summary>Counts a call that is not let in as a drop, when it brings data. The first argument is the target.</summary>
    public Action<string, AwsFault>? Refused { get; init; }
}

/// <summary>Serves one call. The request's memory is only good until the task ends.</summary>
internal delegate ValueTask<AwsReply> AwsOperation(AwsRequest request, CancellationToken cancellationToken);

/// <summary>Serves one call of the Query protocol: form members in, the XML between result tags out.</summary>
internal delegate AwsQueryReply AwsQueryOperation(AwsCaller caller, string requestId);

/// <summary>A whole XML document.</summary>
internal sealed record AwsQueryReply(string Xml);

/// <summary>One call of an AWS JSON operation.</summary>
/// <param name="Body">The decompressed body: a JSON object, or empty.</param>
internal sealed record AwsRequest(AwsCaller Caller, string RequestId, ReadOnlyMemory<byte> Body, AwsJsonService Service)
{
    /// <summary>What AWS's SDKs call a call by: the same when they send it again after a lost answer, another for the next call. Empty when the client has none.</summary>
    public string InvocationId { get; init; } = "";

    /// <summary>Parses the body and runs an operation on its members.</summary>
    public async ValueTask<AwsReply> WithInput(
        Func<AwsRequest, AwsJsonInput, CancellationToken, ValueTask<AwsReply>> operation, CancellationToken cancellationToken)
    {
        JsonDocument document;
        try
        {
            document = JsonBody.Parse(Body.IsEmpty ? "{}"u8.ToArray() : Body);
        }
        catch (JsonException e)
        {
            return AwsFault.Serialization("the request body is not valid JSON: " + e.Message);
        }
        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? await operation(this, new AwsJsonInput(document.RootElement, Service.ValidationType), cancellationToken)
                : AwsFault.Serialization("Unexpected token: the request body must be a JSON object");
        }
    }
}
