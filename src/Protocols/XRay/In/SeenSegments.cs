using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Weir.Core.Model;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// The newest finished documents by trace and id: the same one sent again (an SDK or daemon that got no answer) is not stored a second
/// time, as X-Ray takes the first finished version and no other. Keeps 64-bit hashes in a table where newer ones push out older ones, so
/// it forgets after some hundred thousand documents; over a restart it knows those of the last 15 minutes. It never takes a new document
/// for an old one, except on a collision of the whole hash. Thread-safe.
/// </summary>
/// <param name="ofLastRun">Keys that were stored before this run; asked once, when the first document comes.</param>
internal sealed class SeenSegments(Func<IReadOnlyList<UInt128>>? ofLastRun = null)
{
    private const int Slots = 1 << 18;
    private const int LongestEnvironment = 256;
    private readonly ulong[] _slots = new ulong[Slots];
    private Func<IReadOnlyList<UInt128>>? _ofLastRun = ofLastRun;

    /// <summary>Never 0, and the same in every run.</summary>
    public static ulong KeyOf(string environment, TraceId trace, SpanId id)
    {
        Span<byte> bytes = stackalloc byte[24 + LongestEnvironment];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, trace.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], trace.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], id.Value);
        Encoding.UTF8.TryGetBytes(environment, bytes[24..], out var length);
        return XxHash3.HashToUInt64(bytes[..(24 + length)]) | 1;
    }

    /// <summary>The keys as a batch carries them to the journal.</summary>
    public static IReadOnlyList<UInt128> Documents(ReadOnlySpan<ulong> keys)
    {
        var documents = new UInt128[keys.Length];
        for (var i = 0; i < keys.Length; i++)
            documents[i] = keys[i];
        return documents;
    }

    public bool Has(ulong key)
    {
        if (Volatile.Read(ref _ofLastRun) is { } earlier)
        {
            foreach (var document in earlier())
                Add([(ulong)document]);
            Volatile.Write(ref _ofLastRun, null);
        }
        return Volatile.Read(ref _slots[Slot(key)]) == key;
    }

    public void Add(ReadOnlySpan<ulong> keys)
    {
        foreach (var key in keys)
            Volatile.Write(ref _slots[Slot(key)], key);
    }

    private static int Slot(ulong key) => (int)(key >> 46);
}
