using Weir.Core.Model;
using Weir.Store.Engine;

namespace Weir.Store.Write;

/// <summary>
/// The time of each signal's newest row, kept from one question to the next: asked again after a load, and every half minute because others may load
/// into the same server. The engine keeps the greatest time of each part, so it reads no rows for it.
/// </summary>
public sealed class NewestRows(IEngine engine, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly long[] _begun = new long[SignalTable.All.Max(s => (int)s) + 1];
    private readonly long[] _loads = new long[SignalTable.All.Max(s => (int)s) + 1];
    private readonly Known?[] _known = new Known?[SignalTable.All.Max(s => (int)s) + 1];

    private sealed record Known(long Loads, long At, long Newest);

    /// <summary>Rows of the signal may appear from now on.</summary>
    public void Begin(Signal signal) => Interlocked.Increment(ref _begun[(int)signal]);

    /// <summary>Rows of the signal were loaded.</summary>
    public void End(Signal signal) => Interlocked.Increment(ref _loads[(int)signal]);

    /// <summary>The number of ended loads; null while one runs.</summary>
    public long? LoadsOf(Signal signal)
    {
        // Ended first: a load that begins in between is seen as one that runs.
        var ended = Interlocked.Read(ref _loads[(int)signal]);
        return Interlocked.Read(ref _begun[(int)signal]) == ended ? ended : null;
    }

    /// <summary>Nanoseconds since 1970, 0 without rows. Throws <see cref="EngineException"/>.</summary>
    public async ValueTask<long> OfAsync(Signal signal, CancellationToken cancellationToken)
    {
        var loads = Interlocked.Read(ref _loads[(int)signal]);
        if (Volatile.Read(ref _known[(int)signal]) is { } known && known.Loads == loads && time.GetElapsedTime(known.At) < Longest)
            return known.Newest;
        var at = time.GetTimestamp();
        using var result = await engine.QueryAsync(
            $"SELECT toUnixTimestamp64Nano(max({(signal == Signal.Spans ? "start_time" : "time")})) FROM {SignalTable.Name(signal)}", [], "RowBinary", QueryLimits.Default, cancellationToken);
        var newest = BitConverter.ToInt64(result.Bytes.Span);
        Volatile.Write(ref _known[(int)signal], new Known(loads, at, newest));
        return newest;
    }
}
