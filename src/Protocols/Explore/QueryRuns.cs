using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore;

internal enum RunState
{
    Running,
    Done,
    Failed,
    Cancelled,
}

/// <summary>A question that is being answered, or was a while ago.</summary>
internal sealed class QueryRun : IDisposable
{
    private static readonly Fault Defect = new(FaultKind.Internal, "The answer could not be made; the server's log has the reason.");
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private long _endedAt;

    public QueryRun(string id, TimeProvider time)
    {
        Id = id;
        _time = time;
        _startedAt = time.GetTimestamp();
    }

    public string Id { get; }

    /// <summary>What the engine does for it.</summary>
    public QueryWork Work { get; } = new();

    public RunState State { get; private set; } = RunState.Running;

    public ManageFault? Problem { get; private set; }

    /// <summary>The kept specification it is a run of; null for a question of its own.</summary>
    public Stored<StoredQuery>? Subject { get; set; }

    public DateTimeOffset EndedAt { get; private set; }

    private byte[] _answer = [];

    /// <summary>Writes the answer; there is one when the state is Done.</summary>
    public Action<Utf8JsonWriter>? Result { get; private set; }

    /// <summary>What keeping the answer takes: it is kept as the text that is sent.</summary>
    public long Bytes => _answer.Length;

    /// <summary>Ends with the run, whatever becomes of it; never fails.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public TimeSpan Elapsed => _time.GetElapsedTime(_startedAt, State == RunState.Running ? _time.GetTimestamp() : _endedAt);

    public TimeSpan Age => State == RunState.Running ? TimeSpan.Zero : _time.GetElapsedTime(_endedAt);

    public void Start(Func<QueryWork, CancellationToken, Task<Action<Utf8JsonWriter>>> work, ILogger log) => Ended = RunAsync(work, log);

    /// <summary>Stops the engine's work; the run ends as cancelled, unless it had ended.</summary>
    public void Cancel()
    {
        if (State == RunState.Running)
            _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(Func<QueryWork, CancellationToken, Task<Action<Utf8JsonWriter>>> work, ILogger log)
    {
        try
        {
            var write = await work(Work, _stop.Token);
            _answer = ExploreAnswers.Bytes(write).ToArray();
            Result = json => json.WriteRawValue(_answer, skipInputValidation: true);
            End(RunState.Done);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            End(RunState.Cancelled);
        }
        catch (SpecException error)
        {
            Fail(ManageFault.Of(error));
        }
        catch (FaultException error)
        {
            if (error.Fault.Kind == FaultKind.Internal)
            {
                // The engine's words are about statements that nobody here wrote.
                RunLog.Failed(log, Id, error);
                Fail(ManageFault.Of(Defect));
                return;
            }
            Fail(ManageFault.Of(error.Fault));
        }
#pragma warning disable CA1031 // Nobody waits for a run, so this is the last place that can tell; logged with its trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            RunLog.Failed(log, Id, error);
            Fail(ManageFault.Of(Defect));
        }
    }

    private void Fail(ManageFault problem)
    {
        Problem = problem;
        End(RunState.Failed);
    }

    private void End(RunState state)
    {
        _endedAt = _time.GetTimestamp();
        EndedAt = _time.GetUtcNow();
        State = state;
    }
}

/// <summary>The runs of this process. Ended ones are kept for some minutes, the newest first; nothing of them outlives the process.</summary>
internal sealed class QueryRuns(TimeProvider time, ILogger<QueryRuns> log) : IPoolStatus
{
    private const int Most = 200;
    private const int MostRunning = 32;

    /// <summary>Answers past this many bytes are forgotten, the oldest first; the newest is kept whatever its size. Tests set it lower.</summary>
    internal static long MostBytes { get; set; } = 64 << 20;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, QueryRun> _runs = new(StringComparer.Ordinal);

    public IReadOnlyList<PoolFigures> Pools => [new PoolFigures("query_runs", _runs.Count, Most + MostRunning)];

    public static string NewId() => RandomNumberGenerator.GetString(Letters, 11);

    /// <summary>Throws <see cref="FaultException"/> (Busy) when too many are running.</summary>
    public QueryRun Start(Func<QueryWork, CancellationToken, Task<Action<Utf8JsonWriter>>> work, string? id = null)
    {
        Forget();
        if (_runs.Values.Count(r => r.State == RunState.Running) >= MostRunning)
            throw new FaultException(new Fault(FaultKind.Busy, $"{MostRunning} questions are being answered; wait for one, or cancel it"));
        var run = new QueryRun(id ?? NewId(), time);
        _runs[run.Id] = run;
        run.Start(work, log);
        return run;
    }

    public QueryRun? Find(string id) => _runs.GetValueOrDefault(id);

    /// <summary>Waits for the run's end, at most so long.</summary>
    public async Task WaitAsync(QueryRun run, TimeSpan most, CancellationToken cancellationToken)
    {
        if (most <= TimeSpan.Zero || run.Ended.IsCompleted)
            return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(run.Ended, Task.Delay(most < LongestWait ? most : LongestWait, time, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Forget()
    {
        var ended = _runs.Values.Where(r => r.State != RunState.Running).OrderBy(r => r.Age).ToList();
        var bytes = 0L;
        foreach (var (i, run) in ended.Index())
        {
            bytes += run.Bytes;
            if ((i >= Most || run.Age > Kept || (i > 0 && bytes > MostBytes)) && _runs.TryRemove(run.Id, out var gone))
                gone.Dispose();
        }
    }
}

internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Error, "query run {Id} failed")]
    public static partial void Failed(ILogger logger, string id, Exception error);
}
