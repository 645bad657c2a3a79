using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Requests;

/// <summary>The positions of events and the spans with links on the timeline of a large story; their attributes are loaded with the span.</summary>
internal sealed class SpanMarks
{
    public const int MaxMarks = 100_000;

    public List<(int Span, long OffsetNs, int Name)> Events { get; } = [];

    public TextDictionary EventNames { get; } = new();

    public List<(int Span, string TraceId, string SpanId)> Links { get; } = [];

    /// <summary>There were more than can be shown.</summary>
    public bool Truncated { get; private set; }

    public static async Task<SpanMarks> ReadAsync(
        ITelemetryReader reader, SpanColumns columns, SpanTree tree, TimeRange range, long originNs, CancellationToken cancellationToken)
    {
        var marks = new SpanMarks();
        var traces = columns.Traces.Select((trace, number) => (trace, number)).ToDictionary(pair => pair.trace, pair => pair.number);
        var end = await reader.ScanAsync(
            StoryQueries.Marks(columns.Traces, range),
            row =>
            {
                var position = tree.Find(
                    traces.GetValueOrDefault(TraceId.FromBytes(row.Bytes(0)), -1), SpanId.FromBytes(row.Bytes(1)).Value, row.Int64(2));
                if (position < 0)
                    return;
                try
                {
                    marks.AddEvents(position, row.Bytes(3), originNs);
                    marks.AddLinks(position, row.Bytes(4));
                }
                catch (JsonException)
                {
                    // Kept as sent; the span's own page shows the readable parts.
                }
            },
            cancellationToken);
        marks.Truncated |= end.Truncated;
        return marks;
    }

    // [{"time":1700000000000000000,"name":"cache miss","attributes":{…}},…]
    private void AddEvents(int position, ReadOnlySpan<byte> json, long originNs)
    {
        if (json.IsEmpty)
            return;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var at = originNs;
            var name = "";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isTime, isName) = (reader.ValueTextEquals("time"u8), reader.ValueTextEquals("name"u8));
                reader.Read();
                if (isTime && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var time))
                    at = time;
                else if (isName && reader.TokenType == JsonTokenType.String)
                    name = reader.GetString()!;
                else
                    reader.Skip();
            }
            if (Events.Count < MaxMarks)
                Events.Add((position, at - originNs, EventNames.Number(name.AsSpan())));
            else
                Truncated = true;
        }
    }

    // [{"traceId":"…","spanId":"…","attributes":{…}},…]
    private void AddLinks(int position, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return;
        foreach (var link in StorySpans.Links(System.Text.Encoding.UTF8.GetString(json)))
        {
            if (Links.Count < MaxMarks)
                Links.Add((position, link.TraceId, link.SpanId));
            else
                Truncated = true;
        }
    }
}
