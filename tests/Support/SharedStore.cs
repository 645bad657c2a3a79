using Weir.Core.Model;
using Weir.Store;

namespace Weir.Tests.Support;

/// <summary>
/// The store over the one engine of the test process, its tables made once. Tests share the tables, so each keeps to an environment of
/// its own.
/// </summary>
public static class SharedStore
{
    private static readonly SemaphoreSlim Opening = new(1, 1);
    private static ClickHouseStore? _store;

    public static async Task<ClickHouseStore> OpenAsync(SharedEngine engine)
    {
        await Opening.WaitAsync();
        try
        {
            // Not disposed: the engine is the fixture's, and closes with the process's tests.
            var forever = SignalTable.All.ToDictionary(signal => signal, _ => 0);
            return _store ??= await ClickHouseStore.OpenAsync(engine.Engine, forever, TimeProvider.System, CancellationToken.None);
        }
        finally
        {
            Opening.Release();
        }
    }
}
