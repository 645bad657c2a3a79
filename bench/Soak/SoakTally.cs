using System.Collections.Concurrent;

namespace Weir.Bench.Soak;

/// <summary>What became of the calls, by the loop that made them. Thread-safe.</summary>
internal sealed class SoakTally
{
    private const int MostTroubles = 50;
    private readonly ConcurrentDictionary<string, Counts> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _troubles = new(StringComparer.Ordinal);
    private long _otherTroubles;

    public long Answered => _calls.Values.Sum(c => Interlocked.Read(ref c.Answered));

    public long Cancelled => _calls.Values.Sum(c => Interlocked.Read(ref c.Cancelled));

    public long Troubles => _troubles.Values.Sum() + Interlocked.Read(ref _otherTroubles);

    public void Answer(string name) => Interlocked.Increment(ref Of(name).Answered);

    public void Cancel(string name) => Interlocked.Increment(ref Of(name).Cancelled);

    /// <summary>An answer that a gentle load must not get: a refusal, an error, a broken connection.</summary>
    public void Trouble(string name, string what)
    {
        var key = $"{name}: {what}";
        if (_troubles.ContainsKey(key) || _troubles.Count < MostTroubles)
            _troubles.AddOrUpdate(key, 1, static (_, count) => count + 1);
        else
            Interlocked.Increment(ref _otherTroubles);
    }

    public IEnumerable<string> Lines()
    {
        foreach (var (name, counts) in _calls.OrderBy(c => c.Key, StringComparer.Ordinal))
            yield return $"  {name,-28} {Interlocked.Read(ref counts.Answered),8:N0} answered {Interlocked.Read(ref counts.Cancelled),8:N0} cancelled";
        foreach (var (what, count) in _troubles.OrderByDescending(t => t.Value))
            yield return $"  not expected, {count:N0} times: {what}";
        if (Interlocked.Read(ref _otherTroubles) is > 0 and var others)
            yield return $"  not expected, of further kinds: {others:N0}";
    }

    private Counts Of(string name) => _calls.GetOrAdd(name, static _ => new Counts());

    private sealed class Counts
    {
        public long Answered;
        public long Cancelled;
    }
}
