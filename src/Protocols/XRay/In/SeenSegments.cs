using System.Security.Cryptography;
using Weir.Core.Model;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// The newest finished documents by trace and id: the same one sent again (an SDK or daemon that got no answer) is not stored a second
/// time, as X-Ray takes the first finished version and no other. Keeps 64-bit hashes in a table where newer ones push out older ones, so
/// it forgets after some hundred thousand documents and with a restart; it never takes a new document for an old one but by a collision
/// of the whole hash. Thread-safe.
/// </summary>
internal sealed class SeenSegments
{
    private const int Slots = 1 << 18;
    private readonly ulong[] _slots = new ulong[Slots];
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Never 0.</summary>
    public ulong KeyOf(string environment, TraceId trace, SpanId id)
    {
        var key = Mix(_seed ^ (uint)environment.GetHashCode(StringComparison.Ordinal));
        key = Mix(key ^ trace.High);
        key = Mix(key ^ trace.Low);
        key = Mix(key ^ id.Value);
        return key | 1;
    }

    public bool Has(ulong key) => Volatile.Read(ref _slots[Slot(key)]) == key;

    public void Add(ReadOnlySpan<ulong> keys)
    {
        foreach (var key in keys)
            Volatile.Write(ref _slots[Slot(key)], key);
    }

    private static int Slot(ulong key) => (int)(key >> 46);

    /// <summary>The finalizer of splitmix64: every bit of the input changes every bit of the output.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
