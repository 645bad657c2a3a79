using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Tests.Support;

/// <summary>The real server as a process of its own, on free loopback ports and a folder of its own. Ended by its id.</summary>
public sealed class WeirProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private WeirProcess(Process process, string dataFolder, int[] ports)
    {
        _process = process;
        DataFolder = dataFolder;
        (Port, OtlpHttpPort, OtlpGrpcPort, XRayPort) = (ports[0], ports[1], ports[2], ports[3]);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = Waiting.Patience };
    }

    /// <summary>WEIR_TEST_STORE=tcp: every server that a test starts stores in a server of its own, over TCP.</summary>
    public static bool OverTcp { get; } = Environment.GetEnvironmentVariable("WEIR_TEST_STORE") == "tcp";

    private static readonly ConcurrentDictionary<string, StoreServer> Stores = new();

    private const int FirstPort = 10_000;
    private const int LastPort = 32_000;
    private static int _nextPort = Environment.ProcessId * 97;

    public string DataFolder { get; }

    public int ProcessId => _process.Id;

    /// <summary>The engine's process; 0 while there is none.</summary>
    public int EngineProcessId => EngineOf(_process.Id);

    public bool IsRunning => !_process.HasExited;

    public int Port { get; }

    public int OtlpHttpPort { get; }

    public int OtlpGrpcPort { get; }

    public int XRayPort { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public HttpClient Client { get; }

    /// <summary>From process start to its "ready" line.</summary>
    public TimeSpan StartedIn { get; private set; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>The server that was built last: in a whole run the release one, as users run it.</summary>
    public static string ServerPath
    {
        get
        {
            var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Server"));
            return new[] { "release", "debug" }.Select(c => Path.Combine(bin, c, "weir.dll")).Where(File.Exists).MaxBy(File.GetLastWriteTimeUtc)
                ?? throw new InvalidOperationException($"no server is built under {bin}");
        }
    }

    public static Task<WeirProcess> StartAsync(string? dataFolder = null, int[]? ports = null, params string[] options) =>
        StartThroughAsync([], dataFolder, ports, options);

    /// <summary>The same by way of a command that ends in executing what follows it, in the same process: <c>nice</c>, <c>unshare</c>…</summary>
    public static async Task<WeirProcess> StartThroughAsync(string[] command, string? dataFolder = null, int[]? ports = null, params string[] options)
    {
        dataFolder ??= Directory.CreateTempSubdirectory("weir-test-").FullName;
        ports ??= FreePorts(4);
        if (OverTcp && !options.Contains("--store") && !Stores.ContainsKey(dataFolder))
            Stores[dataFolder] = await StoreServer.StartAsync();
        var clock = Stopwatch.StartNew();
        var process = Run(command, ["serve", "--data", dataFolder, .. PortOptions(ports), .. StoreOptions(dataFolder), .. options]);
        var weir = new WeirProcess(process, dataFolder, ports);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(string? line)
        {
            if (line is null)
                return;
            lock (weir._output)
                weir._output.AppendLine(line);
            if (line.Contains("weir is ready", StringComparison.Ordinal))
                ready.TrySetResult();
        }
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, ended, Task.Delay(Waiting.Patience)) != ready.Task)
        {
            await weir.DisposeAsync();
            throw new InvalidOperationException($"weir did not start: {weir.Output}");
        }
        weir.StartedIn = clock.Elapsed;
        return weir;
    }

    /// <summary>Runs the server program to its end: exit code and all it printed.</summary>
    public static async Task<(int Code, string Output)> RunToEndAsync(params string[] arguments)
    {
        using var process = Run([], arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Waiting.Patience);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Starts the server program and does not wait; the caller ends it.</summary>
    public static Process Begin(params string[] arguments)
    {
        var process = Run([], arguments);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The child of a server that is its engine; 0 when it has none.</summary>
    public static int EngineOf(int server)
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                var parent = File.ReadAllText(Path.Combine(folder, "stat"));
                parent = parent[(parent.LastIndexOf(')') + 2)..].Split(' ')[1];
                if (parent == $"{server}" && File.ReadAllText(Path.Combine(folder, "cmdline")).Contains("\0engine\0", StringComparison.Ordinal))
                    return int.Parse(Path.GetFileName(folder));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                // It has ended meanwhile.
            }
        }
        return 0;
    }

    /// <summary>kill -9, STOP…, to any process; nothing when it has ended.</summary>
    public static async Task SignalAsync(string signal, int process)
    {
        // 0 would be this process and all that belong to its group.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(process);
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process}"]) { UseShellExecute = false, RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }

    /// <summary>True when it runs or is stopped; a process that has ended and has not been waited for is not alive.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The options that name the store of a data folder; none for the embedded engine.</summary>
    public static string[] StoreOptions(string dataFolder) => Stores.TryGetValue(dataFolder, out var store) ? ["--store", store.Address] : [];

    public static string[] PortOptions(int[] ports) =>
    [
        "--port", $"{ports[0]}", "--otlp-http-port", $"{ports[1]}", "--otlp-grpc-port", $"{ports[2]}", "--xray-port", $"{ports[3]}",
    ];

    private static Process Run(string[] command, string[] arguments)
    {
        string[] line = [.. command, "dotnet", ServerPath, .. arguments];
        return Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }

    /// <summary>
    /// Ports that are free for both TCP and UDP right now. They lie below those the system hands to outgoing connections, and each is
    /// given once: between the look and the server's start nobody takes it.
    /// </summary>
    public static int[] FreePorts(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = FirstPort + ((Interlocked.Increment(ref _nextPort) & int.MaxValue) % (LastPort - FirstPort));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                ports.Add(port);
            }
            catch (SocketException)
            {
                // somebody's; the next one
            }
        }
        return [.. ports];
    }

    /// <summary>kill -9: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>STOP, CONT…: to this process alone.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as systemd and docker do; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync().WaitAsync(Waiting.Patience);
        }
        return _process.ExitCode;
    }

    /// <summary>Asks until the answer satisfies; the last answer's text is in the failure.</summary>
    public async Task<string> EventuallyAsync(string path, Func<string, bool> enough)
    {
        var last = "";
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Waiting.Patience; await Task.Delay(100))
        {
            var response = await Client.GetAsync(path);
            last = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode && enough(last))
                return last;
        }
        throw new TimeoutException($"GET {path} never satisfied in {Waiting.Patience.TotalSeconds} s; last answer: {last[..Math.Min(last.Length, 3000)]}\nserver: {Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        Client.Dispose();
        if (DataFolder.StartsWith(Path.GetTempPath(), StringComparison.Ordinal) && Directory.Exists(DataFolder) && DeleteFolder)
        {
            Directory.Delete(DataFolder, recursive: true);
            if (Stores.TryRemove(DataFolder, out var store))
                await store.DisposeAsync();
        }
    }

    /// <summary>False keeps a temporary folder for the next start on it.</summary>
    public bool DeleteFolder { get; set; } = true;
}
