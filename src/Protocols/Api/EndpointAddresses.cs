namespace Weir.Protocols.Api;

/// <summary>Ports that clients point at, as they are bound; filled by the composition.</summary>
public sealed class EndpointAddresses
{
    /// <summary>OTLP over HTTP.</summary>
    public int OtlpHttpPort { get; set; } = 4318;

    /// <summary>OTLP over gRPC.</summary>
    public int OtlpGrpcPort { get; set; } = 4317;

    /// <summary>X-Ray daemon, UDP and TCP.</summary>
    public int XRayPort { get; set; } = 2000;
}
