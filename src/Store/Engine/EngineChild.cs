using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Weir.Store.Engine;

/// <summary>
/// One run of the engine's process. Its standard input is a pipe that closes when this process ends in any way; on standard output it
/// reports whether it is ready, on standard error it logs.
/// </summary>
internal sealed class EngineChild : IDisposable
{
    private readonly Process _process;
    private readonly Action<string> _said;
    private readonly TaskCompletionSource<(string Version, int Port)> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _outputs;
    private int _words;

    private EngineChild(Process process, Action<string> said)
    {
        _process = process;
        _said = said;
        _outputs = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
        Exited = ExitAsync();
    }

    public int Id => _process.Id;

    /// <summary>Completes when the process ends; its result describes how it ended.</summary>
    public Task<string> Exited { get; }

    /// <summary>Throws <see cref="EngineException"/> when the program can't be started.</summary>
    public static EngineChild Start(IReadOnlyList<string> arguments, string? password, Action<string> said)
    {
        var (file, first) = Program();
        var start = new ProcessStartInfo(file, [.. first, "engine", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // A small program around a native library: its managed memory should stay small.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        if (password is not null)
            start.Environment[EngineHostOptions.PasswordVariable] = password;
        try
        {
            return new EngineChild(Process.Start(start)!, said);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new EngineException(EngineFault.Unavailable, $"the engine's process can't be started: {file}: {e.Message}", 0, e);
        }
    }

    /// <summary>Its version and its TCP port, 0 for none. Throws <see cref="EngineException"/> when it has ended, was not ready in time, or hangs.</summary>
    /// <param name="patience">Limit for the whole start.</param>
    /// <param name="silence">Limit between two reports; the process reports each second.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<(string Version, int Port)> ReadyAsync(TimeSpan patience, TimeSpan silence, TimeProvider time, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var words = Volatile.Read(ref _words);
            var worked = ProcessWork.Of(Id);
            try
            {
                return await _ready.Task.WaitAsync(silence, time, ct);
            }
            catch (TimeoutException e)
            {
                // A process that waits for a processor does not hang.
                var works = ProcessWork.Of(Id) - worked > silence * 0.2;
                if (time.GetElapsedTime(began) >= (works ? patience * 5 : patience))
                    throw new EngineException(EngineFault.Unavailable, $"the engine's process was not ready within {patience.TotalSeconds} s", 0, e);
                if (Volatile.Read(ref _words) == words && !works)
                    throw new EngineException(EngineFault.Unavailable, $"the engine's process hangs while starting: no report for {silence.TotalSeconds} s", 0, e);
            }
        }
    }

    /// <summary>Requests it to close the folder and end.</summary>
    public async Task StopAsync()
    {
        try
        {
            await _process.StandardInput.WriteLineAsync("stop");
            await _process.StandardInput.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<string> ExitAsync()
    {
        await _process.WaitForExitAsync();
        await _outputs;
        var code = _process.ExitCode;
        var how = code > 128
            ? string.Create(CultureInfo.InvariantCulture, $"was killed by signal {code - 128}{(code == 137 ? " (the system does that when memory runs out)" : "")}")
            : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}");
        _ready.TrySetException(new EngineException(EngineFault.Unavailable, "the engine's process " + how));
        // Possibly nobody waits for it.
        _ = _ready.Task.Exception;
        return how;
    }

    private async Task ReadOutputAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                Interlocked.Increment(ref _words);
                var words = line.Split(' ', 3);
                if (words is ["ready", var version, var port])
                    _ready.TrySetResult((version, int.Parse(port, CultureInfo.InvariantCulture)));
                else if (words is ["failed", var kind, var message])
                    _ready.TrySetException(new EngineException(Enum.TryParse<EngineFault>(kind, out var fault) ? fault : EngineFault.Unavailable, message));
                else if (line != EngineHostOptions.Opening)
                    _said(line);
            }
        }
        catch (IOException)
        {
            // It ended while writing.
        }
    }

    private async Task ReadErrorsAsync()
    {
        try
        {
            while (await _process.StandardError.ReadLineAsync() is { } line)
                _said(line);
        }
        catch (IOException)
        {
            // It ended while writing.
        }
    }

    /// <summary>Weir's own program, with the runtime that runs this process. Tests and benchmarks have it in their output folder.</summary>
    private static (string File, string[] First) Program()
    {
        var own = Environment.ProcessPath ?? "";
        if (string.Equals(Path.GetFileNameWithoutExtension(own), "weir", StringComparison.Ordinal))
            return (own, []);
        var program = Path.Combine(AppContext.BaseDirectory, "weir.dll");
        if (!File.Exists(program))
            throw new EngineException(EngineFault.Unavailable, $"the engine's program {program} is missing");
        var muxer = string.Equals(Path.GetFileNameWithoutExtension(own), "dotnet", StringComparison.Ordinal)
            ? own
            : Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return (muxer, [program]);
    }
}
