using System.Buffers;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// Segment documents to rows: the outermost entity and each nested subsegment become a span, the causes of errors occurrences.
/// Keeps its buffers between documents; not thread-safe.
/// </summary>
internal sealed class SegmentDecoder(XRayOptions options, OwnerCache owners, SeenSegments? seen = null, RetentionWindow? retention = null)
{
    private readonly EntityScanner _scanner = new();
    private readonly EntityAttributes _attributes = new();
    private readonly CauseRows _causes = new();
    private readonly RetentionWindow _retention = retention ?? RetentionWindow.Unlimited;
    private byte[] _scratch = new byte[4096];

    /// <summary>Of the newest document that was not refused.</summary>
    public TraceId TraceId { get; private set; }

    /// <summary>Receives names that X-Ray would refuse, instead of a refusal of their document; null: the document is refused.</summary>
    public OddName? OddName { get; set; }

    /// <summary>Of that document when it is finished, for <see cref="SeenSegments"/>; 0 otherwise.</summary>
    public ulong SeenKey { get; private set; }

    /// <summary>How the start time of the last document that was not refused was corrected.</summary>
    public TimeRepair TimeRepair { get; private set; }

    /// <summary>True when the last document had invalid text, which was repaired.</summary>
    public bool HasRepairedText { get; private set; }

    /// <summary>Appends the document's rows to the batch; a refused document adds no rows.</summary>
    /// <param name="document">UTF-8 JSON.</param>
    /// <param name="receivedAt">Nanoseconds since 1970, UTC.</param>
    /// <param name="mayDefer">
    /// Lets a streamed subsegment wait for the rest of the batch when no segment has named the service that owns its trace.
    /// </param>
    /// <param name="reject">Why it is refused.</param>
    /// <param name="taken">Keys of documents that came with it.</param>
    public DecodeOutcome Decode(
        ReadOnlySpan<byte> document, IngestBatch batch, string environment, long receivedAt, bool mayDefer, out SegmentReject? reject,
        IReadOnlySet<ulong>? taken = null)
    {
        reject = document.Length > options.MaxDocumentBytes ? SegmentReject.TooLarge(document.Length, options.MaxDocumentBytes) : null;
        if (reject is not null || !TryScan(ref document, out reject))
            return DecodeOutcome.Refused;
        reject = EntityRules.Check(document, _scanner.Entities, receivedAt, out var traceId, out var parentId, OddName);
        if (reject is not null)
            return DecodeOutcome.Refused;
        TraceId = traceId;
        ref readonly var top = ref _scanner.Entities[0];
        TimeRepair = top.CorrectedTime ? TimeRepair.Unit : TimeRepair.None;
        if (top.Start < _retention.Oldest(Signal.Spans, receivedAt))
        {
            reject = SegmentReject.Expired(EntityRules.IdText(document, top), _retention.Message(Signal.Spans));
            return DecodeOutcome.Refused;
        }
        if (top.Start > receivedAt + UnixTime.FurthestAhead)
        {
            TimeRepair = TimeRepair.Ahead;
            Shift(_scanner.Entities, receivedAt - top.Start);
        }
        SeenKey = seen is null || top.InProgress ? 0 : SeenSegments.KeyOf(environment, traceId, top.Id);
        if (SeenKey != 0 && (seen!.Has(SeenKey) || taken?.Contains(SeenKey) == true))
            return DecodeOutcome.Repeated;
        if (_scratch.Length < document.Length)
            _scratch = new byte[document.Length + (document.Length / 2)];
        return AppendRows(document, batch, new SegmentArrival(traceId, parentId, environment, receivedAt), mayDefer)
            ? DecodeOutcome.Taken
            : DecodeOutcome.Deferred;
    }

    /// <summary>Reads the document; invalid text, and numbers that JSON does not have, are repaired first.</summary>
    private bool TryScan(ref ReadOnlySpan<byte> document, out SegmentReject? reject)
    {
        reject = null;
        document = JsonRepair.Characters(document, out var repairs);
        HasRepairedText = repairs > 0;
        if (_scanner.TryScan(document, out var why))
            return true;
        if (JsonRepair.NonFiniteNumbers(document, asText: true) is { } finite && _scanner.TryScan(finite, out _))
        {
            document = finite;
            return true;
        }
        reject = SegmentReject.Unreadable(why);
        return false;
    }

    /// <summary>Moves the rows of a document from a wrong clock; the document itself stays as it is.</summary>
    private static void Shift(Span<Entity> entities, long by)
    {
        foreach (ref var entity in entities)
        {
            entity.Start += by;
            entity.End += entity.End == 0 ? 0 : by;
        }
    }

    private bool AppendRows(ReadOnlySpan<byte> document, IngestBatch batch, in SegmentArrival arrival, bool mayDefer)
    {
        var entities = _scanner.Entities;
        ref readonly var top = ref entities[0];
        var independent = EntityRules.IsSubsegment(document, top);
        if (independent && mayDefer && !owners.Knows(arrival.TraceId))
            return false;
        var name = EntityRules.CutName(JsonTokens.Unquote(top.NameToken.Of(document), _scratch));
        // The name lies in the document or at the start of the scratch buffer, which the rows below overwrite.
        var rented = ArrayPool<byte>.Shared.Rent(name.Length + OwnerCache.MaxNameBytes);
        name.CopyTo(rented);
        ReadOnlySpan<byte> service = rented.AsSpan(0, name.Length);
        if (independent)
        {
            var known = owners.Find(arrival.TraceId, rented.AsSpan(name.Length));
            if (known > 0)
                service = rented.AsSpan(name.Length, known);
        }
        else
        {
            owners.Note(arrival.TraceId, service);
        }
        for (var i = 0; i < entities.Length; i++)
            AppendRow(document, batch, arrival, entities, i, independent, service);
        ArrayPool<byte>.Shared.Return(rented);
        return true;
    }

    private void AppendRow(
        ReadOnlySpan<byte> document, IngestBatch batch, in SegmentArrival arrival, Span<Entity> entities, int index, bool independent,
        ReadOnlySpan<byte> service)
    {
        ref readonly var entity = ref entities[index];
        var spans = batch.Spans;
        var http = HttpPart.Read(document, entity.Http);
        var fault = entity.Fault || http.Status is >= 500 and <= 599;
        var throttle = entity.Throttle || http.Status == 429;
        var error = entity.Error || http.Status is >= 400 and <= 499;
        spans.TraceId.Append(arrival.TraceId);
        spans.SpanId.Append(entity.Id);
        spans.ParentSpanId.Append(entity.Parent < 0 ? arrival.ParentId : entities[entity.Parent].Id);
        spans.StartTime.Append(entity.Start);
        spans.DurationNs.Append(!entity.InProgress && entity.End > entity.Start ? (ulong)(entity.End - entity.Start) : 0);
        spans.ReceivedAt.Append(arrival.ReceivedAt);
        spans.Environment.Append(arrival.Environment);
        spans.Protocol.Append("xray"u8);
        spans.Service.Append(service);
        spans.Name.Append(EntityRules.CutName(JsonTokens.Unquote(entity.NameToken.Of(document), _scratch)));
        spans.Kind.Append(index == 0 && !independent ? SpanKind.Segment : SpanKind.Subsegment);
        spans.Status.Append(fault || throttle || error ? SpanStatus.Error : SpanStatus.Unset);
        spans.InProgress.Append(entity.InProgress ? (byte)1 : (byte)0);
        if (index == 0)
            spans.Document.Append(document);
        _attributes.Append(document, entity, http, new EntityFlags(error, fault, throttle), spans, _scratch);
        if (independent)
            AppendOwner(arrival.ParentId, spans);
        else if (index > 0 && entities[0].Origin.IsString(document))
            spans.Attributes.Add("aws.xray.segment.origin"u8, JsonTokens.Unquote(entities[0].Origin.Of(document), _scratch));
        // An unfinished document is sent again when it ends, with the same causes.
        if (!entities[0].InProgress && entity.Cause.IsObject(document))
            _causes.Append(document, entities, index, arrival, service, batch, _scratch);
        spans.EndRow();
    }

    /// <summary>The parent of a streamed subsegment, on each row of its document: which service that is may be known only later.</summary>
    private static void AppendOwner(SpanId parent, SpanBlock spans)
    {
        Span<byte> hex = stackalloc byte[16];
        parent.Value.TryFormat(hex, out _, "x16", System.Globalization.CultureInfo.InvariantCulture);
        spans.Attributes.Add("aws.xray.owner_id"u8, hex);
    }
}

/// <summary>What all rows of one document share.</summary>
internal readonly record struct SegmentArrival(TraceId TraceId, SpanId ParentId, string Environment, long ReceivedAt);

/// <summary>What went wrong with an entity: its flags, and what its response status says.</summary>
internal readonly record struct EntityFlags(bool Error, bool Fault, bool Throttle);

internal enum DecodeOutcome
{
    Taken,
    Refused,
    Deferred,
    /// <summary>A finished document of the same trace and id is stored.</summary>
    Repeated,
}
