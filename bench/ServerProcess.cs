using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Bench;

/// <summary>A Weir of its own for one measurement: built server, empty data folder, free ports.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string folder, int[] ports)
    {
        _process = process;
        Folder = folder;
        (Port, OtlpPort, OtlpGrpcPort, XRayPort) = (ports[0], ports[1], ports[2], ports[3]);
    }

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    public string Folder { get; }

    public int Port { get; }

    public int OtlpPort { get; }

    public int OtlpGrpcPort { get; }

    public int XRayPort { get; }

    /// <summary>Highest resident memory so far, in MB.</summary>
    public long PeakRssMb
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public static async Task<ServerProcess> StartAsync(string folder)
    {
        var ports = FreePorts(4);
        var server = Path.Combine(AppContext.BaseDirectory, "..", "..", "Server", "release", "weir.dll");
        if (!File.Exists(server))
            throw new FileNotFoundException("build the server first: dotnet build -c Release src/Server", server);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[]
        {
            server, "--data", folder, "--port", Text(ports[0]), "--otlp-http-port", Text(ports[1]), "--otlp-grpc-port", Text(ports[2]), "--xray-port", Text(ports[3]),
        })
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("weir is ready", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new ServerProcess(process, folder, ports);
            }
        }
        throw new InvalidOperationException("the server did not start");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Dispose());
        return ports;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    /// <summary>SIGTERM, and kill -9 when it does not end; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", Text(_process.Id)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }
        }
        return _process.ExitCode;
    }
}
