using System.Globalization;
using System.Text;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>The data that a record shares with the messages around it. Slices of the request and of the decoder's scratch memory.</summary>
internal ref struct Origin
{
    /// <summary>The Resource message.</summary>
    public ReadOnlySpan<byte> Resource;

    /// <summary>The resource's attributes as a JSON object.</summary>
    public ReadOnlySpan<byte> ResourceText;

    public ReadOnlySpan<byte> Service;

    /// <summary>The InstrumentationScope message.</summary>
    public ReadOnlySpan<byte> Scope;

    public ReadOnlySpan<byte> ScopeName;
    public ReadOnlySpan<byte> ScopeVersion;
    public ReadOnlySpan<byte> ResourceSchemaUrl;
    public ReadOnlySpan<byte> ScopeSchemaUrl;

    /// <summary>Each row gets attributes of the scope, its schema URL among them.</summary>
    public bool ScopeHasAttributes;

    /// <summary>Zero when neither scope nor resource gives one.</summary>
    public uint SampleRate;
}

/// <summary>
/// Walks the messages that the three signals share, resource over scope over records, and hands each record to its signal's decoder.
/// Fields come in any order on the wire, so resource and scope are looked up before the records are read. Holds scratch memory: one
/// request at a time.
/// </summary>
internal abstract class RecordDecoder
{
    /// <summary>Service of records that do not name theirs.</summary>
    protected static readonly byte[] UnknownService = "unknown_service"u8.ToArray();

    private readonly ByteBuffer _resourceText = new();
    private readonly ByteBuffer _environment = new();
    private readonly ByteBuffer _dataset = new();
    private bool _hasDataset;
    private int _unreadable;
    private DecodeResult _result;
    private RetentionWindow _retention = RetentionWindow.Unlimited;

    protected AttributeReader Attributes { get; } = new();

    protected RequestBudget Budget { get; } = new();

    protected IngestBatch Batch { get; private set; } = null!;

    protected ReadOnlySpan<byte> Environment => _environment.Written;

    protected long ReceivedAt { get; private set; }

    /// <summary>Appends the request's records to the batch. When the result is malformed, the batch contains only a part and must be discarded.</summary>
    public DecodeResult Decode(ReadOnlySpan<byte> request, IngestBatch batch, in DecodeContext context)
    {
        _result = default;
        _unreadable = 0;
        _retention = context.Retention ?? RetentionWindow.Unlimited;
        Budget.Begin(request.Length);
        Batch = batch;
        ReceivedAt = context.ReceivedAt;
        Set(_environment, context.Environment);
        Set(_dataset, context.Dataset);
        _hasDataset = context.Dataset.Length > 0 && TakesDataset(context.IsClassic);
        var reader = new ProtobufReader(request);
        while (reader.Next())
        {
            if (reader.Tag != Fields.Request.ResourceItems)
                PassOver(ref reader);
            else if (!DecodeResourceItems(reader.Bytes()))
                return new DecodeResult { IsMalformed = _result.TooLarge is null, TooLarge = _result.TooLarge, Records = _result.Records };
        }
        _result.IsMalformed = reader.Failed;
        return _result;
    }

    /// <summary>The signal's rows have a sample rate column, so the sample rate is not stored as an attribute.</summary>
    protected virtual bool HasSampleRate => false;

    /// <summary>The dataset header, if there is one, determines the dataset of the signal's records.</summary>
    protected virtual bool TakesDataset(bool isClassic) => isClassic;

    /// <summary>The service of records whose resource has no usable service.name.</summary>
    protected virtual ReadOnlySpan<byte> ServiceWithoutName(ReadOnlySpan<byte> dataset) => UnknownService;

    /// <summary>Appends one record as a row, or rejects it; false when its bytes are not a message.</summary>
    protected abstract bool DecodeRecord(ReadOnlySpan<byte> message, scoped in Origin origin);

    protected void Count(int records = 1) => _result.Records += records;

    /// <summary>Counts a record that is well-formed but can't be stored.</summary>
    protected void Reject(string reason)
    {
        _result.Rejected++;
        _result.FirstRejection ??= reason;
    }

    /// <summary>Counts a record that is older than the retention of its signal.</summary>
    protected void RejectExpired()
    {
        _result.Rejected++;
        _result.Expired++;
    }

    /// <summary>Counts a span event that gets no row because it is older than the retention of events.</summary>
    protected void CountExpiredEvents(int events) => _result.ExpiredEvents += events;

    /// <summary>The oldest time within the retention of a signal, in nanoseconds since 1970.</summary>
    protected long Oldest(Signal signal) => _retention.Oldest(signal, ReceivedAt);

    /// <summary>
    /// A time of the request in the column's unit: nanoseconds, converted from any unit. Zero, and times more than a day in the future,
    /// give the fallback, because a wrong clock would otherwise create partitions that never expire.
    /// </summary>
    public static long TimeOr(ulong unixNanoseconds, long fallback, long receivedAt)
    {
        var time = UnixTime.Nanoseconds(unixNanoseconds, receivedAt, out _);
        return time == 0 || time > (ulong)(receivedAt + UnixTime.FurthestAhead) ? fallback : (long)time;
    }

    /// <summary>The same for the time of a record, with repairs counted.</summary>
    protected long TimeOr(ulong unixNanoseconds, long fallback)
    {
        var time = UnixTime.Nanoseconds(unixNanoseconds, ReceivedAt, out var corrected);
        _result.CorrectedTimes += corrected ? 1 : 0;
        if (time == 0)
            return fallback;
        if (time <= (ulong)(ReceivedAt + UnixTime.FurthestAhead))
            return (long)time;
        _result.TimesAhead++;
        return fallback;
    }

    private bool DecodeResourceItems(ReadOnlySpan<byte> message)
    {
        var origin = new Origin();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag == Fields.ResourceItems.Resource)
                origin.Resource = reader.Bytes();
            else if (reader.Tag == Fields.ResourceItems.SchemaUrl)
                origin.ResourceSchemaUrl = reader.Bytes();
            else
                reader.Skip();
        }
        if (reader.Failed || !ReadResource(ref origin))
            return false;
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag is not (Fields.ResourceItems.ScopeItems or Fields.ResourceItems.OldScopeItems))
                PassOver(ref reader, Fields.ResourceItems.Resource, Fields.ResourceItems.SchemaUrl);
            else if (!DecodeScopeItems(reader.Bytes(), origin))
                return false;
        }
        return true;
    }

    private bool DecodeScopeItems(ReadOnlySpan<byte> message, Origin origin)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag == Fields.ScopeItems.Scope)
                origin.Scope = reader.Bytes();
            else if (reader.Tag == Fields.ScopeItems.SchemaUrl)
                origin.ScopeSchemaUrl = reader.Bytes();
            else
                reader.Skip();
        }
        if (reader.Failed || !ReadScope(ref origin))
            return false;
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Tag != Fields.ScopeItems.Items)
                PassOver(ref reader, Fields.ScopeItems.Scope, Fields.ScopeItems.SchemaUrl);
            else if (!TryDecode(reader.Bytes(), origin))
                return false;
        }
        return true;
    }

    /// <summary>Skips a field; records it when it is an unknown message that may contain records.</summary>
    private void PassOver(ref ProtobufReader reader, uint known = 0, uint alsoKnown = 0)
    {
        const uint WireType = 7;
        const uint Length = 2;
        var tag = reader.Tag;
        if ((tag & WireType) != Length)
        {
            reader.Skip();
            return;
        }
        if (!reader.Bytes().IsEmpty && tag != known && tag != alsoKnown)
            _result.Unknown ??= string.Create(CultureInfo.InvariantCulture, $"field {tag >> 3}");
    }

    /// <summary>Removes and rejects an unreadable record; false when the request is too large, or has too many of them.</summary>
    private bool TryDecode(ReadOnlySpan<byte> message, scoped in Origin origin)
    {
        // Its scope's attributes are repeated in its row.
        Budget.Charge(origin.Scope.Length);
        var mark = Batch.Mark();
        var before = _result;
        var isRead = DecodeRecord(message, origin);
        Budget.Charge(Attributes.TakeWritten());
        if (Budget.IsSpent)
        {
            _result.TooLarge = "the decoded records are many times larger than the request, because shared attributes or names are too long; send fewer records in one request";
            return false;
        }
        if (Batch.Rows > IngestLimits.MostRows)
        {
            _result.TooLarge = string.Create(
                CultureInfo.InvariantCulture, $"the request has more than {IngestLimits.MostRows} records; send fewer in one request");
            return false;
        }
        if (isRead)
            return true;
        Batch.TakeBack(mark);
        var lost = Math.Max(1, _result.Records - before.Records);
        _result = before;
        _result.Records += lost;
        _result.Rejected += lost - 1;
        Reject("a record's bytes can't be read");
        return ++_unreadable <= IngestLimits.MostUnreadable;
    }

    private bool ReadResource(ref Origin origin)
    {
        _resourceText.Clear();
        _resourceText.AppendByte((byte)'{');
        var text = new TextTarget(_resourceText);
        ReadOnlySpan<byte> service = default;
        var reader = new ProtobufReader(origin.Resource);
        while (reader.Next())
        {
            if (reader.Tag != Fields.Resource.Attributes)
            {
                reader.Skip();
                continue;
            }
            if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var value))
                return false;
            if (HasSampleRate && SampleRate.IsKey(key) && SampleRate.TryRead(key, value, ref origin.SampleRate))
                continue;
            if (key.SequenceEqual("service.name"u8) && AnyValue.TryRead(value, out var name) && name.Kind == AnyValueKind.String)
                service = Trim(name.Bytes);
            _result.CutKeys += key.Length > IngestLimits.MostKeyBytes ? 1 : 0;
            var isRead = Attributes.Add(key, value, ref text);
            if (!text.HasRoom)
            {
                _result.TooLarge = string.Create(CultureInfo.InvariantCulture, $"a resource is larger than {RequestBudget.MostTextBytes} bytes");
                return false;
            }
            if (!isRead)
                return false;
        }
        if (reader.Failed)
            return false;
        if (!origin.ResourceSchemaUrl.IsEmpty)
            text.Add("resource.schema_url"u8, origin.ResourceSchemaUrl);
        if (_hasDataset)
            text.Add("meta.dataset"u8, _dataset.Written);
        _resourceText.AppendByte((byte)'}');
        // An empty resource needs no space in the column.
        origin.ResourceText = _resourceText.Length > 2 ? _resourceText.Written : default;
        // SDKs use unknown_service:<process> when no service name is configured.
        origin.Service = service.IsEmpty || service.StartsWith(UnknownService)
            ? _hasDataset ? _dataset.Written : ServiceWithoutName(_dataset.Written)
            : service;
        return true;
    }

    private bool ReadScope(ref Origin origin)
    {
        origin.ScopeHasAttributes = !origin.ScopeSchemaUrl.IsEmpty;
        var reader = new ProtobufReader(origin.Scope);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case Fields.Scope.Name:
                    origin.ScopeName = reader.Bytes();
                    break;
                case Fields.Scope.Version:
                    origin.ScopeVersion = reader.Bytes();
                    break;
                case Fields.Scope.Attributes:
                    if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var value))
                        return false;
                    if (!HasSampleRate || !SampleRate.IsKey(key) || !SampleRate.TryRead(key, value, ref origin.SampleRate))
                        origin.ScopeHasAttributes = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return !reader.Failed;
    }

    /// <summary>Adds the scope's attributes after the record's own, which win.</summary>
    protected bool AddScopeAttributes(scoped in Origin origin, JsonColumn column) => ScopeAttributes.Add(Attributes, column, origin, HasSampleRate);

    /// <summary>The value of the protocol columns.</summary>
    protected static ReadOnlySpan<byte> Otlp => "otlp"u8;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> name) => name.Trim(" \t\r\n\v\f"u8);

    private static void Set(ByteBuffer buffer, string text)
    {
        buffer.Clear();
        Encoding.UTF8.GetBytes(text, buffer.Reserve(Encoding.UTF8.GetByteCount(text)));
    }
}
