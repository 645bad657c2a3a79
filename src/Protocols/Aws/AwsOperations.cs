using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>Serves one call. The request's memory is only good until the task ends.</summary>
internal delegate ValueTask<AwsReply> AwsHandler(AwsRequest request, CancellationToken cancellationToken);

/// <summary>A row of a service's table: an operation, what serves it, and what the members of its input must be like.</summary>
/// <param name="Path">Where REST-JSON has it.</param>
internal sealed record AwsOperation(string Name, string Path, AwsHandler Handler, params Member[] Members)
{
    public AwsOperation(string name, AwsHandler handler, params Member[] members)
        : this(name, "/" + name, handler, members)
    {
    }

    public ObjectShape Input { get; } = new(Members);

    /// <summary>
    /// The telemetry that its calls carry. Such an operation decodes its body itself, and a refused call counts as a drop.
    /// </summary>
    public Signal? Brings { get; init; }

    /// <summary>Serves a call after its members were read and found valid.</summary>
    public ValueTask<AwsReply> RunAsync(AwsRequest request, string validationType, CancellationToken cancellationToken)
    {
        var check = new ShapeCheck();
        Input.Check(request.Members, "", check);
        return check.Fault(validationType) is { } fault ? ValueTask.FromResult<AwsReply>(fault) : Handler(request, cancellationToken);
    }
}

/// <summary>One AWS service and its operations.</summary>
/// <param name="SigningName">As credential scopes name the service: <c>logs</c>.</param>
internal sealed record AwsService(string SigningName, AwsProtocol Protocol, params AwsOperation[] Operations)
{
    /// <summary>1 MiB of log text can take six times as much in JSON escapes.</summary>
    public static readonly BodyLimits UsualLimits = new(16 << 20, 16 << 20);

    /// <summary>In AWS JSON, what is before the dot of X-Amz-Target: <c>Logs_20140328</c>.</summary>
    public string Target { get; init; } = "";

    /// <summary>The error type of broken constraints.</summary>
    public string ValidationType { get; init; } = "ValidationException";

    /// <summary>Faults in the words of the service.</summary>
    public Func<Fault, AwsFault> Words { get; init; } = AwsFault.From;

    public BodyLimits Limits { get; init; } = UsualLimits;

    /// <summary>Repairs text that is not valid Unicode, which is refused otherwise.</summary>
    public bool RepairsText { get; init; }

    /// <summary>A constant of <see cref="WireProtocol"/>, by which the calls that bring telemetry are counted.</summary>
    public string Counted { get; init; } = "";

    /// <summary>Who a call is from that need not be signed, by its operation's name; null when it must be.</summary>
    public Func<HttpContext, string, AwsCaller?> Unsigned { get; init; } = static (_, _) => null;

    public AwsOperation? Find(string name) => Array.Find(Operations, operation => operation.Name == name);
}

/// <summary>What is served. Rooms add their services while they map themselves.</summary>
internal sealed class AwsOperations
{
    private readonly Dictionary<string, AwsService> _services = new(StringComparer.Ordinal);

    public IReadOnlyCollection<AwsService> Services => _services.Values;

    public void Add(AwsService service) => _services.Add(service.SigningName, service);

    /// <summary>The service that credential scopes name so; it must be served.</summary>
    public AwsService Of(string signingName) => _services[signingName];

    /// <summary>The service of a target like <c>Logs_20140328.PutLogEvents</c>.</summary>
    public AwsService? WithTarget(ReadOnlySpan<char> prefix)
    {
        foreach (var service in _services.Values)
        {
            if (service.Target.Length > 0 && prefix.SequenceEqual(service.Target))
                return service;
        }
        return null;
    }

    /// <summary>The service of the Query protocol that has an action.</summary>
    public AwsService? WithAction(string action) =>
        _services.Values.FirstOrDefault(service => service.Protocol == AwsProtocol.Query && service.Find(action) is not null);
}
