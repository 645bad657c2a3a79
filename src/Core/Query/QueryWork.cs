using System.Collections.Concurrent;

namespace Weir.Core.Query;

/// <summary>
/// What one question has cost the engine so far: the statements that ended, and those that run, which are looked at only when somebody
/// asks. Give it to <see cref="ITelemetryReader.Watched"/>; any thread may ask.
/// </summary>
public sealed class QueryWork
{
    private readonly ConcurrentDictionary<string, Func<string, CancellationToken, Task<QueryProgress?>>> _running = new(StringComparer.Ordinal);
    private long _rowsRead;
    private long _bytesRead;

    /// <summary>From storage, by statements that ended.</summary>
    public long RowsRead => Interlocked.Read(ref _rowsRead);

    /// <summary>From storage, uncompressed, by statements that ended.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>A statement begins; the result is its name in the engine: letters and digits, never used before.</summary>
    /// <param name="look">Looks at the running statement of this name; null where the engine does not list it.</param>
    public string Begin(Func<string, CancellationToken, Task<QueryProgress?>> look)
    {
        var name = Guid.NewGuid().ToString("N");
        _running[name] = look;
        return name;
    }

    public void End(string name, long rowsRead, long bytesRead)
    {
        Interlocked.Add(ref _rowsRead, rowsRead);
        Interlocked.Add(ref _bytesRead, bytesRead);
        _running.TryRemove(name, out _);
    }

    /// <summary>
    /// Null while no statement is running that the engine knows of. <see cref="QueryProgress.TotalRows"/> is of the statements that have
    /// begun: a question may ask several, one after the other, and nobody knows the later ones' share before.
    /// </summary>
    public async Task<QueryProgress?> ReadAsync(CancellationToken cancellationToken)
    {
        QueryProgress? sum = null;
        foreach (var (name, look) in _running)
        {
            if (await look(name, cancellationToken) is { } one)
            {
                sum = sum is null ? one : new QueryProgress(
                    sum.RowsRead + one.RowsRead, sum.TotalRows + one.TotalRows, sum.BytesRead + one.BytesRead, sum.MemoryBytes + one.MemoryBytes);
            }
        }
        return sum is null ? null : sum with { RowsRead = sum.RowsRead + RowsRead, TotalRows = sum.TotalRows + RowsRead, BytesRead = sum.BytesRead + BytesRead };
    }
}

/// <summary>How far a question is.</summary>
/// <param name="TotalRows">Rows that will be read as far as the engine has worked out; null when it has not.</param>
/// <param name="MemoryBytes">What its running statements hold now.</param>
public sealed record QueryProgress(long RowsRead, long? TotalRows, long BytesRead, long MemoryBytes);
