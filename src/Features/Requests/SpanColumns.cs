using System.Text;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>
/// The data of each span that a timeline needs, by columns, so that a trace of a million spans fits into memory. Attributes, events and links are read separately, and
/// only for selected spans.
/// </summary>
internal sealed class SpanColumns
{
    /// <summary>The columns that <see cref="Add"/> reads, in this order.</summary>
    public static readonly string[] Names =
    [
        "trace_id", "span_id", "parent_span_id", "start_time", "duration_ns", "received_at", "protocol", "service", "name", "kind", "status",
        "status_message", "in_progress",
    ];

    private static readonly Dictionary<string, SpanKind> Kinds =
        Enum.GetValues<SpanKind>().ToDictionary(kind => NameOf(kind), StringComparer.Ordinal);

    private readonly Dictionary<TraceId, int> _traces = [];

    public int Count => Id.Count;

    public List<TraceId> Traces { get; } = [];

    public List<int> Trace { get; } = [];

    public List<ulong> Id { get; } = [];

    public List<ulong> Parent { get; } = [];

    /// <summary>Nanoseconds since 1970.</summary>
    public List<long> Start { get; } = [];

    public List<long> Duration { get; } = [];

    public List<long> Received { get; } = [];

    public TextDictionary Protocols { get; } = new();

    public List<int> Protocol { get; } = [];

    public TextDictionary Services { get; } = new();

    public List<int> Service { get; } = [];

    public TextDictionary SpanNames { get; } = new();

    public List<int> Name { get; } = [];

    public List<SpanKind> Kind { get; } = [];

    public List<SpanStatus> Status { get; } = [];

    public List<bool> InProgress { get; } = [];

    /// <summary>By row; most spans have none.</summary>
    public Dictionary<int, string> Messages { get; } = [];

    public static string NameOf(SpanKind kind) => kind.ToString().ToLowerInvariant();

    public static string NameOf(SpanStatus status) => status.ToString().ToLowerInvariant();

    public void Add(IRowView row)
    {
        var trace = TraceId.FromBytes(row.Bytes(0));
        if (!_traces.TryGetValue(trace, out var number))
        {
            _traces[trace] = number = Traces.Count;
            Traces.Add(trace);
        }
        Trace.Add(number);
        Id.Add(SpanId.FromBytes(row.Bytes(1)).Value);
        Parent.Add(SpanId.FromBytes(row.Bytes(2)).Value);
        Start.Add(row.Int64(3));
        Duration.Add(row.Int64(4));
        Received.Add(row.Int64(5));
        Protocol.Add(Protocols.Number(row.Bytes(6)));
        Service.Add(Services.Number(row.Bytes(7)));
        Name.Add(SpanNames.Number(row.Bytes(8)));
        Kind.Add(Kinds.GetValueOrDefault(row.Text(9)));
        Status.Add(row.Text(10) switch { "ok" => SpanStatus.Ok, "error" => SpanStatus.Error, _ => SpanStatus.Unset });
        InProgress.Add(row.Int64(12) != 0);
        if (row.Text(11) is { Length: > 0 } message)
            Messages[Count - 1] = message;
    }

    /// <summary>The end, or the maximum time when the sum does not fit.</summary>
    public long End(int row) => Start[row] > long.MaxValue - Duration[row] ? long.MaxValue : Start[row] + Duration[row];

    /// <summary>Of two versions of a span the complete one is used, then the one that arrived later.</summary>
    public bool IsNewer(int row, int than) =>
        InProgress[row] == InProgress[than] ? Received[row] >= Received[than] : !InProgress[row];
}

/// <summary>Assigns numbers to distinct texts in order of appearance.</summary>
internal sealed class TextDictionary
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public List<string> Texts { get; } = [];

    public string this[int number] => Texts[number];

    public int Number(ReadOnlySpan<byte> utf8)
    {
        Span<char> small = stackalloc char[256];
        return utf8.Length <= small.Length
            ? Number(small[..Encoding.UTF8.GetChars(utf8, small)])
            : Number(Encoding.UTF8.GetString(utf8).AsSpan());
    }

    public int Number(ReadOnlySpan<char> text)
    {
        var known = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(text, out var number))
            return number;
        number = Texts.Count;
        Texts.Add(text.ToString());
        _numbers[Texts[number]] = number;
        return number;
    }
}
