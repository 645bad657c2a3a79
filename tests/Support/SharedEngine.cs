using System.Net;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedEngine))]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("macos")]

namespace Weir.Tests.Support;

/// <summary>
/// One engine process for the tests, reached over its Unix socket and over TCP, as a server is. Take it as a constructor parameter.
/// Each test works in tables of its own: <see cref="NewTable"/>.
/// </summary>
public sealed class SharedEngine : IAsyncLifetime
{
    public const string User = "weir";
    public const string Password = "s3cret:with colon";

    private static int _tables;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-tests-").FullName;
    private ClickHouseEngine? _engine;
    private ClickHouseEngine? _remote;

    public IEngine Engine => _engine ?? throw new InvalidOperationException("the engine is not open yet");

    /// <summary>The same engine as <see cref="Engine"/>, over TCP with a password.</summary>
    public IEngine Remote => _remote ?? throw new InvalidOperationException("the engine is not open yet");

    public string DataFolder => Path.Combine(_folder, "data");

    internal EngineProcess Process => _engine!.Process!;

    internal RemoteEngineOptions RemoteOptions =>
        new(new Uri($"http://127.0.0.1:{Process.Port}"), "weir") { User = User, Password = Password };

    public static string NewTable(string name) => $"{name}_{Interlocked.Increment(ref _tables)}";

    public async ValueTask InitializeAsync()
    {
        var options = new EmbeddedEngineOptions(DataFolder)
        {
            // The contract runs on both addresses at a time.
            ReadConnections = 8,
            InsertConnections = 4,
            StatementConnections = 4,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            ListenUser = User,
            ListenPassword = Password,
        };
        _engine = await EmbeddedEngine.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        _remote = await ClickHouseEngine.OpenAsync(
            RemoteOptions, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_remote is not null)
            await _remote.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
