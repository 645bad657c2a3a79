using System.Text;
using Microsoft.Extensions.Logging;

namespace Weir.Store.Engine;

/// <summary>
/// Keeps the embedded engine's process running: starts it, and restarts it with growing pauses when it ends or hangs. Holds its own lock on
/// the folder, so that no other Weir takes it between two runs of the process.
/// </summary>
internal sealed class EngineProcess : EngineServer
{
    /// <summary>A folder with many parts takes a while to open.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    /// <summary>Limit for a process that opens the folder and reports each second.</summary>
    private static readonly TimeSpan StartSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMilliseconds(500);

    /// <summary>After a run of this length the next pause is the shortest again, because the start did not fail.</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private const int MostLinesASecond = 20;

    private readonly EmbeddedEngineOptions _options;
    private readonly ILogger _log;
    private readonly FileStream _lock;
    private readonly string? _socketFolder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _saying = new();
    private volatile EngineChild? _child;
    private Task _loop = Task.CompletedTask;
    private bool _wasReady;
    private long _second;
    private int _lines;

    private EngineProcess(EmbeddedEngineOptions options, FileStream folderLock, TimeProvider time, ILogger log)
        : base(time)
    {
        (_options, _lock, _log) = (options, folderLock, log);
        (Socket, _socketFolder) = SocketPath(Path.GetFullPath(options.DataFolder));
    }

    /// <summary>Where the process listens.</summary>
    public string Socket { get; }

    /// <summary>Its TCP port; 0 for none.</summary>
    public int Port { get; private set; }

    public int ProcessId => _child?.Id ?? 0;

    /// <summary>Throws <see cref="EngineException"/> when the folder can't be opened; the message contains the reason.</summary>
    public static async Task<EngineProcess> StartAsync(EmbeddedEngineOptions options, TimeProvider time, ILogger log, CancellationToken ct)
    {
        options.Validate();
        var process = new EngineProcess(options, await LockAsync(options, time, ct), time, log);
        try
        {
            if (OrphanedChild.End(process._lock) is not 0 and var orphan)
                EngineLog.OrphanEnded(log, orphan);
            var child = await process.StartChildAsync(ct);
            process._loop = Task.Run(() => process.SuperviseAsync(child), CancellationToken.None);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A request failed because the process ends: its end is noticed within milliseconds.</summary>
    public override async Task SettleAsync(CancellationToken ct)
    {
        var began = Time.GetTimestamp();
        while (Status.IsReady && Time.GetElapsedTime(began) < SettlePatience)
            await Task.Delay(TimeSpan.FromMilliseconds(10), Time, ct);
    }

    public override TimeSpan Work => _child is { } child ? ProcessWork.Of(child.Id) : TimeSpan.Zero;

    public override void TakenForDead(string reason)
    {
        Become(EngineState.Restarting, reason);
        _child?.Kill();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        if (_child is { } child)
        {
            await child.StopAsync();
            if (await Task.WhenAny(child.Exited, Task.Delay(StopPatience, Time)) != child.Exited)
            {
                EngineLog.KilledAtStop(_log, StopPatience.TotalSeconds);
                child.Kill();
            }

            await child.Exited;
        }

        await _loop;
        Become(EngineState.Closed, "it was closed");
        _child?.Dispose();
        await _lock.DisposeAsync();
        if (_socketFolder is not null)
            Directory.Delete(_socketFolder, recursive: true);
    }

    private async Task SuperviseAsync(EngineChild child)
    {
        var pause = TimeSpan.Zero;
        while (true)
        {
            var began = Time.GetTimestamp();
            var reason = await child.Exited;
            if (_stop.IsCancellationRequested)
                return;
            child.Dispose();
            _child = null;
            pause = Time.GetElapsedTime(began) >= LongRun ? TimeSpan.Zero : Longer(pause);
            // The reason found for a hang is more useful than the signal that ended the process.
            if (Status.State != EngineState.Restarting)
                Become(EngineState.Restarting, $"its process {reason}");
            EngineLog.Restarting(_log, reason, pause.TotalSeconds);
            while (true)
            {
                try
                {
                    await Task.Delay(pause, Time, _stop.Token);
                    child = await StartChildAsync(_stop.Token);
                    break;
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (EngineException e)
                {
                    pause = Longer(pause);
                    Become(EngineState.Restarting, e.Message);
                    EngineLog.Restarting(_log, $"could not be started ({e.Message})", pause.TotalSeconds);
                }
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private async Task<EngineChild> StartChildAsync(CancellationToken ct)
    {
        var began = Time.GetTimestamp();
        var child = EngineChild.Start([.. EngineHostOptions.Write(_options, Socket)], _options.Listen is null ? null : _options.ListenPassword, Said);
        _child = child;
        OrphanedChild.Note(_lock, child.Id);
        try
        {
            (var version, Port) = await child.ReadyAsync(StartPatience, _options.Patience > StartSilence ? _options.Patience : StartSilence, Time, ct);
            Become(EngineState.Ready, "", restarted: _wasReady);
            _wasReady = true;
            EngineLog.Started(_log, child.Id, Time.GetElapsedTime(began).TotalSeconds, version);
            return child;
        }
        catch
        {
            child.Kill();
            await child.Exited;
            _child = null;
            child.Dispose();
            throw;
        }
    }

    /// <summary>Logs lines of the process; above a rate they are dropped, and their number is logged.</summary>
    private void Said(string line)
    {
        var more = 0;
        lock (_saying)
        {
            var second = Environment.TickCount64 / 1000;
            if (second != _second)
            {
                more = Math.Max(0, _lines - MostLinesASecond);
                (_second, _lines) = (second, 0);
            }

            if (++_lines > MostLinesASecond)
                return;
        }

        if (more > 0)
            EngineLog.SaidMore(_log, more);
        EngineLog.Said(_log, line.Length <= 2000 ? line : line[..2000]);
    }

    private static async Task<FileStream> LockAsync(EmbeddedEngineOptions options, TimeProvider time, CancellationToken ct)
    {
        var folder = Path.GetFullPath(options.DataFolder);
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
                return new FileStream(folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(folder + ".lock"))
            {
                if (time.GetElapsedTime(began) >= options.LockPatience)
                    throw new EngineException(EngineFault.Unavailable, $"the data folder {folder} is in use by another process: {e.Message}", 0, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EngineException(EngineFault.Unavailable, $"the data folder {folder} cannot be written: {e.Message}", 0, e);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, ct);
        }
    }

    /// <summary>In the data folder, unless the path is too long for a socket's address (108 bytes with its terminator); then in a folder that only this user can enter.</summary>
    private static (string Path, string? Folder) SocketPath(string folder)
    {
        const int mostBytes = 107;
        var path = folder + ".sock";
        if (Encoding.UTF8.GetByteCount(path) <= mostBytes)
            return (path, null);
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 and < 60 } runtime && Directory.Exists(runtime))
        {
            var own = Path.Combine(runtime, $"weir-{Guid.NewGuid():N}");
            PrivateFiles.Tighten(own, out _);
            return (Path.Combine(own, "engine.sock"), own);
        }

        var temporary = Directory.CreateTempSubdirectory("weir-").FullName;
        return (Path.Combine(temporary, "engine.sock"), temporary);
    }
}
