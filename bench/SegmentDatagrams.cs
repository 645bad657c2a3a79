using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Weir.Bench;

/// <summary>
/// Datagrams as the X-Ray SDK for Python sends them for a Flask request with one DynamoDB call: a segment with one subsegment. Ids and
/// times are written over before each is sent, so that every one is a trace of its own.
/// </summary>
internal sealed class SegmentDatagrams
{
    public const int EntitiesPerDocument = 2;
    private const string Zeros = "000000000000000000000000";
    private const string Time = "1700000000.000000";
    private readonly byte[][] _datagrams;
    private readonly int _trace;
    private readonly int[] _ids;
    private readonly int[] _times;
    private readonly Random _random;
    private readonly byte[] _now = Encoding.ASCII.GetBytes(Time);
    private int _next;

    public SegmentDatagrams(int seed)
    {
        _random = new Random(seed);
        // Pinned for good: the sender hands out their addresses.
        _datagrams = [.. Enumerable.Range(0, 256).Select(i => Pinned(Template(i)))];
        // All templates have the same length of what comes before.
        var first = Encoding.UTF8.GetString(_datagrams[0]);
        _trace = first.IndexOf(Zeros, StringComparison.Ordinal);
        _ids = [first.IndexOf("aaaaaaaaaaaaaaaa", StringComparison.Ordinal), first.IndexOf("bbbbbbbbbbbbbbbb", StringComparison.Ordinal)];
        _times = [.. Enumerable.Range(0, first.Length - Time.Length).Where(i => string.CompareOrdinal(first, i, Time, 0, Time.Length) == 0)];
    }

    public int Bytes => _datagrams[0].Length;

    private static string Template(int i) => string.Create(CultureInfo.InvariantCulture, $$$$"""
        {"format":"json","version":1}
        {"id":"aaaaaaaaaaaaaaaa","name":"backend-{{{{i % 8}}}}","start_time":{{{{Time}}}},"end_time":{{{{Time}}}},"in_progress":false,"trace_id":"1-65535353-{{{{Zeros}}}}","http":{"request":{"method":"GET","url":"http://shop.example/api/orders/{{{{i:000}}}}","user_agent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101","client_ip":"172.18.0.1"},"response":{"status":{{{{(i % 50 == 0 ? 500 : 200)}}}},"content_length":1234}},"annotations":{"customer":"c{{{{i:000}}}}","items":{{{{100 + (i % 9)}}}}},"metadata":{"default":{"cart":{"size":3,"total":12.5}}},"aws":{"xray":{"sdk":"X-Ray for Python","sdk_version":"2.12.0","sampling_rule_name":"Default"}},"service":{"runtime":"CPython","runtime_version":"3.11.2"},"subsegments":[{"id":"bbbbbbbbbbbbbbbb","name":"dynamodb","start_time":{{{{Time}}}},"end_time":{{{{Time}}}},"in_progress":false,"namespace":"aws","trace_id":"1-65535353-{{{{Zeros}}}}","type":"subsegment","aws":{"table_name":"orders","operation":"GetItem","region":"eu-west-1","request_id":"3AI","retries":0},"http":{"response":{"status":200,"content_length":300}}}]}
        """);

    private static byte[] Pinned(string text)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>Datagrams from now on carry the present time.</summary>
    public void Tick() =>
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds.TryFormat(_now, out _, "0000000000.000000", CultureInfo.InvariantCulture);

    /// <summary>Good until 256 more have been asked for.</summary>
    public byte[] Next()
    {
        var datagram = _datagrams[_next++ % _datagrams.Length];
        Hex(datagram, _trace + 8);
        foreach (var id in _ids)
            Hex(datagram, id);
        foreach (var time in _times)
            _now.CopyTo(datagram.AsSpan(time));
        return datagram;
    }

    private void Hex(byte[] datagram, int at)
    {
        Span<byte> bits = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bits, _random.NextInt64());
        Convert.TryToHexStringLower(bits, datagram.AsSpan(at, 16), out _);
    }
}
