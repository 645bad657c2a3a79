using System.Diagnostics;
using System.Net;
using Weir.Store.Engine;
using Weir.Store.Engine.Host;

namespace Weir.Tests.Support;

/// <summary>
/// The engine's program as somebody else's server: over TCP, with a user and a password, on a folder and a port of its own, outliving the
/// Weir that uses it. It can be killed, stopped and started again at the same address.
/// </summary>
public sealed class StoreServer : IAsyncDisposable
{
    private const string User = "weir";
    private const string Password = "s3cret";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-store-").FullName;
    private readonly int _port = WeirProcess.FreePorts(1)[0];
    private Process _process = null!;

    private StoreServer()
    {
    }

    /// <summary>What <c>--store</c> takes.</summary>
    public string Address => $"clickhouse://{User}:{Password}@127.0.0.1:{_port}/weir";

    public int ProcessId => _process.Id;

    public static async Task<StoreServer> StartAsync()
    {
        var server = new StoreServer();
        await server.BeginAsync();
        return server;
    }

    /// <summary>Starts it again at its address, after <see cref="KillAsync"/>.</summary>
    public async Task BeginAsync()
    {
        var options = new EmbeddedEngineOptions(Path.Combine(_folder, "data"))
        {
            Listen = new IPEndPoint(IPAddress.Loopback, _port),
            ListenUser = User,
            LockPatience = Waiting.Patience,
        };
        string[] arguments = [WeirProcess.ServerPath, "engine", .. EngineHostOptions.Write(options, Path.Combine(_folder, "s"))];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [EngineHostOptions.PasswordVariable] = Password },
        })!;
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Waiting.Patience);
        // It says so each second, as long as it opens its folder.
        while (line == EngineHostOptions.Opening)
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Waiting.Patience);
        if (line is null || !line.StartsWith("ready ", StringComparison.Ordinal))
            throw new InvalidOperationException($"the store's server did not start: {line}");
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
