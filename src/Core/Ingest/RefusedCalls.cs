namespace Weir.Core.Ingest;

/// <summary>
/// Calls that reached Weir without the intended result: with a wrong path, port, method or format, or with an
/// unknown key. One entry for each problem, with advice, for users who search the reason why data does not arrive. Limited: when there are too many
/// problems, the one that has not occurred for the longest time is removed. Thread-safe.
/// </summary>
public sealed class RefusedCalls(TimeProvider time)
{
    /// <summary>Maximum number of problems.</summary>
    public const int Most = 64;

    private const int LongestExample = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Client, string Problem), RefusedCall> _calls = [];
    private long _forgotten;

    /// <summary>Problems that were removed because there were too many.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <param name="client">A constant of <c>WireProtocol</c>, or empty when the client is unknown.</param>
    /// <param name="problem">The problem in one sentence, out of a small set.</param>
    /// <param name="example">The newest such call, with details that help to find its sender. No payload.</param>
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

    /// <summary>The newest problem first.</summary>
    public IReadOnlyList<RefusedCall> Snapshot()
    {
        lock (_lock)
            return [.. _calls.Values.OrderByDescending(call => call.LastAt)];
    }
}

/// <summary>One problem and its number of calls since the start.</summary>
public sealed record RefusedCall(
    string Client, string Problem, string Example, string Advice, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
