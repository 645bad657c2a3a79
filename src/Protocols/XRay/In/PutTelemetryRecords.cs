using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Aws;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// <c>POST /TelemetryRecords</c>: what an X-Ray daemon in front of Weir received, sent and lost. Its losses are counted among Weir's
/// drops, so that they are seen.
/// </summary>
internal sealed class PutTelemetryRecords(IngestCounters counters)
{
    public ValueTask<AwsReply> InvokeAsync(AwsRequest request, CancellationToken cancellationToken)
    {
        var host = request.Text("Hostname") is { Length: > 0 } name ? name : "a daemon";
        foreach (var record in request.Items("TelemetryRecords"))
        {
            Lost(record, "SegmentsRejectedCount", "daemon-rejected", $"{host} could not read these datagrams");
            Lost(record, "SegmentsSpilloverCount", "daemon-spillover", $"{host} had no room for these documents");
        }
        return ValueTask.FromResult(AwsReply.Empty);
    }

    private void Lost(JsonElement record, string member, string reason, string message)
    {
        var count = (long)Math.Clamp(record.NumberOf(member) ?? 0, 0, int.MaxValue);
        counters.Dropped(WireProtocol.XRay, Signal.Spans, reason, count, message);
    }
}
