using System.Runtime.CompilerServices;
using System.Text;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Tests.Support;

namespace Weir.Tests.XRay;

/// <summary>Decodes documents for tests and reads the rows back.</summary>
internal static class Decoding
{
    public const string TraceId = "1-5759e988-bd862e3fe1be46a994272793";
    public const string TraceHex = "5759e988bd862e3fe1be46a994272793";
    public const long ReceivedAt = 1_700_000_000_000_000_000;

    public static string FixturePath(string name, [CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "Fixtures", name);

    public static byte[] Fixture(string name) => File.ReadAllBytes(FixturePath(name));

    public static IEnumerable<string> DatagramFixtures() =>
        Directory.GetFiles(FixturePath("."), "*.bin").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>The document of a recorded datagram.</summary>
    public static string Document(string fixture)
    {
        DaemonHeader.TryStrip(Fixture(fixture), out var document, out _);
        return Encoding.UTF8.GetString(document);
    }

    public static Decoded Decode(params string[] documents) => Decode(new XRayOptions(), documents);

    public static Decoded Decode(XRayOptions options, params string[] documents)
    {
        var counters = new IngestCounters(TimeProvider.System);
        var batch = new DocumentBatch();
        foreach (var document in documents)
            batch.Add(Encoding.UTF8.GetBytes(document));
        using var rows = new IngestBatchPool().Rent(WireProtocol.XRay);
        var rejects = new List<SegmentReject>();
        new SegmentIntake(options, new OwnerCache(), counters).Decode(
            [batch], datagrams: false, rows, "default", ReceivedAt, (_, reject) => rejects.Add(reject));
        return new Decoded(
            NativeBlock.Of(rows.Spans), rows.Peek(Signal.Occurrences) is { } occurrences ? NativeBlock.Of(occurrences) : null, rejects, counters);
    }

    /// <summary>A minimal document; members are added before its end and may repeat one, the last wins.</summary>
    public static string Segment(string more = "", string id = "defdfd9912dc5a56", string name = "api") =>
        $$"""{"trace_id":"{{TraceId}}","id":"{{id}}","name":"{{name}}","start_time":1.5,"end_time":2.75{{(more.Length > 0 ? "," : "")}}{{more}}}""";
}

internal sealed record Decoded(NativeBlock Spans, NativeBlock? Occurrences, IReadOnlyList<SegmentReject> Rejects, IngestCounters Counters);
