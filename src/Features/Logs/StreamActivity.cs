using System.Collections.Concurrent;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>Times of a stream's events, milliseconds since 1970.</summary>
internal readonly record struct StreamTimes(long FirstEvent, long LastEvent, long LastIngestion)
{
    public StreamTimes Merge(StreamTimes other) => new(
        Math.Min(FirstEvent, other.FirstEvent), Math.Max(LastEvent, other.LastEvent), Math.Max(LastIngestion, other.LastIngestion));
}

/// <summary>
/// First and last event of streams and the size of groups. The stored part is queried from the engine, at most once a second and less
/// often when queries are slow; events acknowledged since then are kept in memory, so that a describe right after a put is exact.
/// Thread-safe.
/// </summary>
internal sealed class StreamActivity(ITelemetryReader reader, LogCatalog catalog, TimeProvider time)
{
    private const int MaxRemembered = 50_000;
    private const int MaxStreams = 1_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly ConcurrentDictionary<(string Environment, string Group, string Stream), StreamTimes> _recent = new();
    private readonly ConcurrentDictionary<(string Environment, string Group), Answer<StreamTimes>> _groups = new();
    private readonly ConcurrentDictionary<string, Answer<long>> _bytes = new(StringComparer.Ordinal);

    /// <summary>Remembers acknowledged events.</summary>
    public void Note(string environment, string group, string stream, StreamTimes times)
    {
        // Removing them is harmless, because rows are in the tables within a second.
        if (_recent.Count >= MaxRemembered)
            _recent.Clear();
        _recent.AddOrUpdate((environment, group, stream), static (_, t) => t, static (_, known, t) => known.Merge(t), times);
    }

    /// <summary>Removes a group from memory, because it or one of its streams was deleted.</summary>
    public void Forget(string group)
    {
        foreach (var key in _recent.Keys.Where(k => k.Group == group))
            _recent.TryRemove(key, out _);
        foreach (var key in _groups.Keys.Where(k => k.Group == group))
            _groups.TryRemove(key, out _);
        _bytes.Clear();
    }

    /// <summary>Times by stream name; streams without events are missing.</summary>
    public async ValueTask<IReadOnlyDictionary<string, StreamTimes>> OfGroupAsync(
        LogGroup group, string environment, CancellationToken cancellationToken)
    {
        var key = (environment, group.Name);
        if (!_groups.TryGetValue(key, out var answer) || answer.GoodUntil <= time.GetTimestamp())
        {
            answer = await AskAsync(StreamQuery(group, environment), "stream", Times, TimeSpan.FromSeconds(1), cancellationToken);
            if (_groups.Count > 1000)
                _groups.Clear();
            _groups[key] = answer;
        }
        var times = new Dictionary<string, StreamTimes>(answer.Values, StringComparer.Ordinal);
        foreach (var (recent, seen) in _recent)
        {
            if (recent.Group == group.Name && recent.Environment == environment)
                times[recent.Stream] = times.TryGetValue(recent.Stream, out var stored) ? stored.Merge(seen) : seen;
        }
        return times;
    }

    /// <summary>
    /// Bytes of text by group, plus 26 per event as AWS counts; up to half a minute old. Empty when the engine fails, because a describe
    /// must not fail for that reason.
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<string, long>> StoredBytesAsync(string environment, CancellationToken cancellationToken)
    {
        if (_bytes.TryGetValue(environment, out var answer) && answer.GoodUntil > time.GetTimestamp())
            return answer.Values;
        try
        {
            answer = await AskAsync(
                ByteQuery(environment), "group", static row => row.Long("bytes") + (26 * row.Long("events")), TimeSpan.FromSeconds(30), cancellationToken);
        }
        catch (FaultException)
        {
            answer = new Answer<long>(new Dictionary<string, long>(), time.GetTimestamp() + (30 * time.TimestampFrequency));
        }
        _bytes[environment] = answer;
        return answer.Values;
    }

    private static StreamTimes Times(ResultRow row) => new(
        row.UnixNanoseconds("first") / NanosecondsPerMillisecond,
        row.UnixNanoseconds("last") / NanosecondsPerMillisecond,
        row.UnixNanoseconds("received") / NanosecondsPerMillisecond);

    private async ValueTask<Answer<T>> AskAsync<T>(
        TelemetryQuery query, string name, Func<ResultRow, T> value, TimeSpan keep, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var table = await reader.QueryAsync(query, cancellationToken);
        var rows = table.All("log streams or groups");
        var values = new Dictionary<string, T>(rows.Count, StringComparer.Ordinal);
        foreach (var row in rows)
            values[row.Text(name)] = value(row);
        var now = time.GetTimestamp();
        // A slow query may run at most a tenth of the time.
        var seconds = Math.Max(keep.TotalSeconds, time.GetElapsedTime(started, now).TotalSeconds * 10);
        return new Answer<T>(values, now + (long)(seconds * time.TimestampFrequency));
    }

    private TelemetryQuery StreamQuery(LogGroup group, string environment) => new()
    {
        Signal = Signal.Logs,
        Select =
        [
            new Selection("stream", LogScope.Stream),
            new Selection("first", new CallExpr(Function.Min, [LogScope.Time])),
            new Selection("last", new CallExpr(Function.Max, [LogScope.Time])),
            new Selection("received", new CallExpr(Function.Max, [new FieldExpr("received_at")])),
        ],
        Range = Everything(),
        Where = LogScope.Of(group, catalog.Deletions(group.Name)),
        GroupBy = [LogScope.Stream],
        Limit = MaxStreams,
        Environment = environment,
    };

    private TelemetryQuery ByteQuery(string environment) => new()
    {
        Signal = Signal.Logs,
        Select =
        [
            new Selection("group", LogScope.Group),
            new Selection("events", new CallExpr(Function.Count, [])),
            new Selection("bytes", new CallExpr(Function.Sum, [new CallExpr(Function.Length, [new FieldExpr("body")])])),
        ],
        Range = Everything(),
        Where = new CompareExpr(CompareOp.NotEqual, LogScope.Group, new ConstExpr("")),
        GroupBy = [LogScope.Group],
        Limit = MaxStreams,
        Environment = environment,
    };

    /// <summary>Events may be two hours in the future.</summary>
    private TimeRange Everything() => new(DateTimeOffset.UnixEpoch, time.GetUtcNow().AddHours(3));

    private sealed record Answer<T>(IReadOnlyDictionary<string, T> Values, long GoodUntil);
}
