using Microsoft.Extensions.Hosting;

namespace Weir.Protocols.Wire;

/// <summary>Runs a feature's loop as long as the host runs. A feature knows no host, and the end of a loop by cancellation is none of its own.</summary>
internal sealed class HostedLoop(Func<CancellationToken, Task> run) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await run(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The stop itself.
        }
    }
}
