using System.Buffers.Binary;
using System.Text;

namespace Weir.Bench;

/// <summary>
/// OTLP export requests of 1,000 spans, about 413 bytes a span with 11 attributes, 10 spans a trace. Made once; before each send the
/// trace ids and times are patched in place, so that no two requests hold the same spans and the generator costs little.
/// </summary>
internal sealed class SpanPayload
{
    private const int SpansPerTrace = 10;
    private static readonly string[] Routes = ["/api/activities/home", "/api/activities/notifications", "/api/activities/{handle}", "/api/messages", "/api/message_groups"];
    private static readonly string[] Names = ["GET /api/activities/home", "GET /api/messages", "SELECT activities", "redis.get timeline", "render"];
    private readonly List<int> _traceIds = [];
    private readonly List<(int At, long Offset)> _times = [];
    private readonly byte[] _bytes;

    public SpanPayload(int spans, int seed)
    {
        var random = new Random(seed);
        var scope = new MemoryStream();
        Field(scope, 1, Message(m =>
        {
            Text(m, 1, "Weir.Bench");
            Text(m, 2, "1.0.0");
        }));
        for (var i = 0; i < spans; i++)
            Field(scope, 2, Span(random, i));
        var resource = Message(m =>
        {
            foreach (var (key, value) in new[] { ("service.name", "backend-flask"), ("service.version", "1.4.2"), ("host.name", "cruddur-7d9f-x2x7k"), ("deployment.environment", "production") })
                Field(m, 1, Attribute(key, value));
        });
        var resourceSpans = new MemoryStream();
        Field(resourceSpans, 1, resource);
        Field(resourceSpans, 2, scope.ToArray());
        var request = new MemoryStream();
        Field(request, 1, resourceSpans.ToArray());
        _bytes = request.ToArray();
        Locate();
        Spans = spans;
    }

    public int Spans { get; }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Of the first trace: 32 hex digits.</summary>
    public string FirstTraceId => Convert.ToHexStringLower(_bytes.AsSpan(_traceIds[0], 16));

    /// <summary>Makes the request new: other traces, starting now.</summary>
    public void Renew(Random random, long nowUnixNanoseconds)
    {
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < _traceIds.Count; i++)
        {
            if (i % SpansPerTrace == 0)
                random.NextBytes(id);
            id.CopyTo(_bytes.AsSpan(_traceIds[i]));
        }
        foreach (var (at, offset) in _times)
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at), nowUnixNanoseconds + offset);
    }

    // Patches need the places of ids and times: every span carries markers that occur nowhere else.
    private const ulong TraceMarker = 0xA5A5_5A5A_C3C3_3C3C;
    private const long StartMarker = 0x0B0B_0C0C_0000_0000;

    private void Locate()
    {
        Span<byte> marker = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(marker, TraceMarker);
        for (var at = _bytes.AsSpan().IndexOf(marker); at >= 0;)
        {
            _traceIds.Add(at);
            var next = _bytes.AsSpan(at + 8).IndexOf(marker);
            at = next < 0 ? -1 : at + 8 + next;
        }
        for (var at = 0; at <= _bytes.Length - 8; at++)
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at));
            if (value is >= StartMarker and < StartMarker + 0x1_0000_0000 && _bytes[at - 1] is 0x39 or 0x41)
            {
                _times.Add((at, value - StartMarker));
                at += 7;
            }
        }
    }

    private static byte[] Span(Random random, int number) => Message(m =>
    {
        var trace = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(trace, TraceMarker);
        Field(m, 1, trace);
        Field(m, 2, Bytes8(random));
        if (number % SpansPerTrace != 0)
            Field(m, 4, Bytes8(random));
        var route = Routes[random.Next(Routes.Length)];
        Text(m, 5, Names[number % Names.Length]);
        Varint(m, 6, number % SpansPerTrace == 0 ? 2UL : 3UL);
        var start = random.Next(0, 40_000_000);
        Fixed(m, 7, StartMarker + start);
        Fixed(m, 8, StartMarker + start + random.Next(50_000, 60_000_000));
        Field(m, 9, Attribute("http.request.method", "GET"));
        Field(m, 9, Attribute("http.route", route));
        Field(m, 9, Attribute("url.path", route + "/" + random.Next(1000)));
        Field(m, 9, Attribute("http.response.status_code", random.Next(20) == 0 ? 500L : 200L));
        Field(m, 9, Attribute("client.address", $"10.0.{random.Next(255)}.{random.Next(255)}"));
        Field(m, 9, Attribute("enduser.id", "user-" + random.Next(100_000)));
        Field(m, 9, Attribute("app.result_length", (long)random.Next(100)));
        Field(m, 9, Attribute("thread.id", (long)random.Next(64)));
        Field(m, 9, Attribute("db.system", "postgresql"));
        Field(m, 9, Attribute("server.address", "db-1.internal"));
        Field(m, 9, Attribute("app.cache_hit", random.Next(2) == 0 ? "true" : "false"));
        Field(m, 15, []);
    });

    private static byte[] Attribute(string key, string value) => Message(m =>
    {
        Text(m, 1, key);
        Field(m, 2, Message(v => Text(v, 1, value)));
    });

    private static byte[] Attribute(string key, long value) => Message(m =>
    {
        Text(m, 1, key);
        Field(m, 2, Message(v => Varint(v, 3, (ulong)value)));
    });

    private static byte[] Bytes8(Random random)
    {
        var bytes = new byte[8];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Message(Action<MemoryStream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static void Text(MemoryStream to, int field, string text) => Field(to, field, Encoding.UTF8.GetBytes(text));

    private static void Field(MemoryStream to, int field, byte[] bytes)
    {
        Number(to, ((ulong)field << 3) | 2);
        Number(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Varint(MemoryStream to, int field, ulong value)
    {
        Number(to, (ulong)field << 3);
        Number(to, value);
    }

    private static void Fixed(MemoryStream to, int field, long value)
    {
        Number(to, ((ulong)field << 3) | 1);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        to.Write(bytes);
    }

    private static void Number(MemoryStream to, ulong value)
    {
        while (value >= 0x80)
        {
            to.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }
        to.WriteByte((byte)value);
    }
}
