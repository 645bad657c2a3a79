namespace Weir.Core.Ingest;

/// <summary>
/// Calls that reached Weir and brought nothing, or not what the sender meant: to a wrong path, port or method, in a wrong form, or with a
/// key that is not known. One entry a problem, with what to change, for whoever wonders why nothing arrives. Bounded: of too many
/// problems the one that was met longest ago is forgotten. Thread-safe.
/// </summary>
public sealed class RefusedCalls(TimeProvider time)
{
    /// <summary>Problems kept.</summary>
    public const int Most = 64;

    private const int LongestExample = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Client, string Problem), RefusedCall> _calls = [];
    private long _forgotten;

    /// <summary>Problems that were forgotten because there were too many.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <param name="client">A constant of <c>WireProtocol</c>, or empty when nobody knows whose call it is.</param>
    /// <param name="problem">What is wrong, in one sentence; of a small set.</param>
    /// <param name="example">The newest such call, as far as it helps to find its sender. No payload.</param>
    /// <param name="advice">What to change.</param>
    public void Note(string client, string problem, string example, string advice)
    {
        if (example.Length > LongestExample)
            example = example[..LongestExample] + "…";
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_calls.TryGetValue((client, problem), out var known))
            {
                _calls[(client, problem)] = known with { Example = example, Advice = advice, Count = known.Count + 1, LastAt = now };
                return;
            }
            if (_calls.Count >= Most)
            {
                _calls.Remove(_calls.MinBy(call => call.Value.LastAt).Key);
                Interlocked.Increment(ref _forgotten);
            }
            _calls[(client, problem)] = new RefusedCall(client, problem, example, advice, 1, now, now);
        }
    }

    /// <summary>The problem met last first.</summary>
    public IReadOnlyList<RefusedCall> Snapshot()
    {
        lock (_lock)
            return [.. _calls.Values.OrderByDescending(call => call.LastAt)];
    }
}

/// <summary>One problem and how often it was met since the start.</summary>
public sealed record RefusedCall(
    string Client, string Problem, string Example, string Advice, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
