using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Store.Engine;
using Weir.Store.Read;
using Weir.Store.Schema;
using Weir.Store.Settings;
using Weir.Store.Write;

namespace Weir.Store;

/// <summary>The opened store: an engine with the tables of this version, and the interfaces over it.</summary>
public sealed class ClickHouseStore : IAsyncDisposable
{
    private const int MostTries = 5;

    private readonly EngineSettings _settings;

    private ClickHouseStore(IEngine engine, EngineSettings settings, TimeProvider time)
    {
        Engine = engine;
        _settings = settings;
        Activity = new EngineActivity(time);
        var newest = new NewestRows(engine, time);
        Reader = new ClickHouseReader(engine, activity: Activity, newest: newest);
        Loader = new ClickHouseLoader(engine, time, newest);
        Columns = new StoredColumns(engine);
    }

    public IEngine Engine { get; }

    public EngineActivity Activity { get; }

    public ITelemetryReader Reader { get; }

    public ClickHouseLoader Loader { get; }

    public IColumnDirectory Columns { get; }

    public ISettings Settings => _settings;

    /// <summary>
    /// Upgrades the tables and reads the settings. Throws <see cref="EngineException"/> or <see cref="FaultException"/>
    /// with a message for the operator. Takes ownership of the engine.
    /// </summary>
    public static async Task<ClickHouseStore> OpenAsync(
        IEngine engine, IReadOnlyDictionary<Signal, int> retentionDays, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await SchemaUpgrade.RunAsync(engine, cancellationToken);
                    await SchemaUpgrade.SetRetentionAsync(engine, retentionDays, cancellationToken);
                    return new ClickHouseStore(engine, await EngineSettings.OpenAsync(engine, time, cancellationToken), time);
                }
                catch (EngineException e) when (e is { Kind: EngineFault.Unavailable, Code: 0 } && tries < MostTries)
                {
                    // The engine's process has ended in the meantime and is being restarted; each statement may be run a second time.
                    await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
                }
            }
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
