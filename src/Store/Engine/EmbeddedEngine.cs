using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Store.Engine;

/// <summary>The embedded engine: a separate process that this one starts and keeps running, and the client that calls it.</summary>
public static class EmbeddedEngine
{
    /// <summary>
    /// Opens the data folder. Throws <see cref="EngineException"/> of kind Unavailable when the library is missing, the folder cannot
    /// be written, or another process has it open.
    /// </summary>
    public static async Task<ClickHouseEngine> OpenAsync(EmbeddedEngineOptions options, TimeProvider time, CancellationToken ct, ILogger? log = null)
    {
        log ??= NullLogger.Instance;
        var process = await EngineProcess.StartAsync(options, time, log, ct);
        var client = new RemoteEngineOptions(new Uri("http://localhost"), options.Database)
        {
            ReadConnections = options.ReadConnections,
            InsertConnections = options.InsertConnections,
            StatementConnections = options.StatementConnections,
            Patience = options.Patience,
        };
        return await ClickHouseEngine.OpenAsync(process, client, () => EngineHttp.OverFile(process.Socket, client.ConnectTimeout), time, log, ct);
    }
}
