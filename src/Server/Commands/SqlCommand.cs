using Microsoft.Extensions.Logging.Abstractions;
using Weir.Server.Configuration;
using Weir.Store.Engine;

namespace Weir.Server.Commands;

/// <summary><c>weir sql</c>: one read-only statement on the data folder of a stopped Weir, or on the server of <c>--store</c>.</summary>
internal static class SqlCommand
{
    public static async Task<int> RunAsync(WeirOptions options, string sql, string format, CancellationToken cancellationToken)
    {
        try
        {
            await using IEngine engine = options.RemoteStore is { } remote
                ? await ClickHouseEngine.OpenAsync(remote, TimeProvider.System, NullLogger.Instance, cancellationToken)
                : await EmbeddedEngine.OpenAsync(
                    new EmbeddedEngineOptions(Path.Combine(options.DataFolder, "engine")) { MaxMemoryBytes = options.EngineMemoryBytes },
                    TimeProvider.System,
                    cancellationToken);
            var limits = new QueryLimits(TimeSpan.FromMinutes(5), options.EngineMemoryBytes, int.MaxValue);
            using var result = await engine.QueryAsync(sql, [], format, limits, cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(result.Bytes, cancellationToken);
            return 0;
        }
        catch (EngineException error)
        {
            await Console.Error.WriteLineAsync($"weir sql: {error.Message}");
            return 1;
        }
    }
}
