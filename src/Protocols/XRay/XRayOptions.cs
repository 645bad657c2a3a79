using System.Net;

namespace Weir.Protocols.XRay;

/// <summary>Settings of the X-Ray room.</summary>
public sealed class XRayOptions
{
    /// <summary>Take documents over UDP, as the X-Ray daemon does.</summary>
    public bool Udp { get; set; } = true;

    /// <summary>IP address the UDP port listens on.</summary>
    public string UdpAddress { get; set; } = "127.0.0.1";

    /// <summary>UDP port of the daemon. 0 picks a free one.</summary>
    public int UdpPort { get; set; } = 2000;

    /// <summary>TCP port of the daemon, where SDKs ask for sampling rules; served by the same web host.</summary>
    public int TcpPort { get; set; } = 2000;

    /// <summary>TCP port of Jaeger's remote sampling beside the daemon's port; 0: none. Served by the same web host.</summary>
    public int SamplingPort { get; set; }

    /// <summary>Loops that decode datagrams side by side.</summary>
    public int UdpDecoders { get; set; } = 2;

    /// <summary>Size asked of the operating system for the socket's receive buffer, in bytes. Linux caps it at net.core.rmem_max.</summary>
    public int UdpSocketBufferBytes { get; set; } = 64 << 20;

    /// <summary>Bytes of datagrams that may wait for decoding before new ones are dropped and counted.</summary>
    public long UdpQueueBytes { get; set; } = 128 << 20;

    /// <summary>Seconds that a streamed subsegment which came by datagram waits for the segment that names its service.</summary>
    public double UdpHoldSeconds { get; set; } = 5;

    /// <summary>Largest segment document, in bytes. X-Ray's own limit is 64 KiB; larger ones can come over HTTP.</summary>
    public int MaxDocumentBytes { get; set; } = 1 << 20;

    /// <summary>Most documents in one PutTraceSegments.</summary>
    public int MaxDocumentsPerRequest { get; set; } = 50;

    /// <summary>Largest request body, in bytes.</summary>
    public int MaxRequestBytes { get; set; } = 64 << 20;

    /// <summary>Most trace ids in one BatchGetTraces.</summary>
    public int MaxTraceIdsPerRequest { get; set; } = 5;

    /// <summary>Most groups, the Default one not counted.</summary>
    public int MaxGroups { get; set; } = 25;

    /// <summary>Count the traces of each group once a minute.</summary>
    public bool CountGroups { get; set; } = true;

    /// <summary>Most sampling rules, the Default one not counted.</summary>
    public int MaxSamplingRules { get; set; } = 25;

    /// <summary>Most resource policies.</summary>
    public int MaxResourcePolicies { get; set; } = 5;

    /// <summary>Largest resource policy, in bytes.</summary>
    public int MaxResourcePolicyBytes { get; set; } = 5 << 10;

    /// <summary>Most tags of one group or sampling rule.</summary>
    public int MaxTags { get; set; } = 50;

    /// <summary>Trace retrievals that may be open at once; each ends an hour after its start.</summary>
    public int MaxTraceRetrievals { get; set; } = 1000;

    /// <summary>Traces in one page of GetTraceSummaries.</summary>
    public int SummariesPerPage { get; set; } = 100;

    /// <summary>Most traces one GetTraceSummaries page reads while it looks for matches.</summary>
    public int TracesScannedPerPage { get; set; } = 20_000;

    /// <summary>Most traces that are read whole to judge a filter that the engine can't decide, for a graph or a count.</summary>
    public int TracesJudged { get; set; } = 100_000;

    /// <summary>Seconds that reading traces whole may take for one answer. A page of summaries then ends early, a graph says that it is cut.</summary>
    public double JudgeSeconds { get; set; } = 10;

    /// <summary>Hours before the end of a range in which insights are looked for.</summary>
    public int InsightHours { get; set; } = 24;

    /// <summary>Look once a minute for insights of the groups whose notifications are on, and notify their recipients.</summary>
    public bool WatchInsights { get; set; } = true;

    /// <summary>The errors in the values, one line each; empty when all are valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (!IPAddress.TryParse(UdpAddress, out _))
            errors.Add($"XRay:UdpAddress is not an IP address: {UdpAddress}");
        if (UdpPort is < 0 or > 65535)
            errors.Add($"XRay:UdpPort must be 0 to 65535, but is {UdpPort}");
        if (TcpPort is < 0 or > 65535)
            errors.Add($"XRay:TcpPort must be 0 to 65535, but is {TcpPort}");
        if (UdpDecoders is < 1 or > 64)
            errors.Add($"XRay:UdpDecoders must be 1 to 64, but is {UdpDecoders}");
        if (MaxDocumentBytes is < 1024 or > 1 << 28)
            errors.Add($"XRay:MaxDocumentBytes must be 1 KiB to 256 MiB, but is {MaxDocumentBytes}");
        if (JudgeSeconds is not > 0)
            errors.Add($"XRay:JudgeSeconds must be more than 0, but is {JudgeSeconds}");
        return errors;
    }
}
