using Microsoft.AspNetCore.Http;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Out;

/// <summary>Weir about itself.</summary>
internal sealed class StatusReader(ServerIdentity identity, IStorageStatus storage, IngestCounters counters, RefusedCalls calls)
{
    public async Task<Status> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var figures = await storage.ReadAsync(cancellationToken);
        var addresses = identity.For(request);
        return new Status(
            identity.Version,
            IsoTime.Text(identity.StartedAt),
            Math.Round(identity.Uptime.TotalSeconds, 3),
            new StatusEngine(figures.EngineKind, figures.EngineVersion, figures.EngineState, figures.EngineReason, figures.EngineRestarts),
            new StatusEndpoints(addresses.Main, addresses.OtlpHttp, addresses.OtlpGrpc, addresses.XRayDaemon),
            Ingested.Shapes(counters.Snapshot()),
            new StatusStorage(
                figures.DataBytes,
                figures.JournalBytes,
                figures.JournalLimitBytes,
                figures.FreeBytes,
                [.. figures.Tables.Select(table =>
                    new StatusTable(SignalTable.Name(table.Signal), table.Rows, table.Bytes, IsoTime.TextOrNull(table.Oldest)))]),
            SetupReader.Problems(calls));
    }
}
