using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Out;

/// <summary>Received, stored and dropped records, in the API's shape.</summary>
internal static class Ingested
{
    public static IReadOnlyList<CounterShape> Shapes(IReadOnlyList<IngestCounter> counters) => [.. counters.Select(counter => new CounterShape(
        counter.Protocol,
        SignalTable.Name(counter.Signal),
        counter.Received,
        counter.Stored,
        [.. counter.Drops.Select(drop => new DropShape(drop.Reason, drop.Count, drop.LastMessage, IsoTime.Text(drop.LastAt)))],
        IsoTime.TextOrNull(counter.FirstAt),
        IsoTime.TextOrNull(counter.LastAt),
        [.. counter.Repairs.Select(repair => new DropShape(repair.Reason, repair.Count, repair.LastMessage, IsoTime.Text(repair.LastAt)))]))];
}
