using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedEngine))]

namespace Weir.Tests.Support;

/// <summary>
/// The one embedded engine of the test process: libchdb serves one data folder a process. Take it as a constructor parameter.
/// Each test works in tables of its own: <see cref="NewTable"/>.
/// </summary>
public sealed class SharedEngine : IAsyncLifetime
{
    private static int _tables;

    /// <summary>Set for a test process that another test process starts, to work on a folder that outlives it.</summary>
    public const string FolderVariable = "WEIR_TESTS_FOLDER";

    private readonly string? _given = Environment.GetEnvironmentVariable(FolderVariable);
    private readonly string _folder;
    private EmbeddedEngine? _engine;

    public SharedEngine() => _folder = _given ?? Directory.CreateTempSubdirectory("weir-tests-").FullName;

    public IEngine Engine => _engine ?? throw new InvalidOperationException("the engine is not open yet");

    public string DataFolder => Path.Combine(_folder, "data");

    public static string NewTable(string name) => $"{name}_{Interlocked.Increment(ref _tables)}";

    public async ValueTask InitializeAsync() =>
        _engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions(DataFolder), TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        if (_given is null)
            Directory.Delete(_folder, recursive: true);
    }
}
