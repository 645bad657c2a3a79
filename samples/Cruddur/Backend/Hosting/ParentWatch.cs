using System.Diagnostics;

namespace Cruddur.Hosting;

/// <summary>
/// Stops the app when the process CRUDDUR_PARENT (an id) is gone: whoever starts Cruddur as a child does not leave it
/// behind, even when killed.
/// </summary>
internal sealed class ParentWatch(int parent, IHostApplicationLifetime life) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var process = Process.GetProcessById(parent);
            await process.WaitForExitAsync(stoppingToken);
        }
        catch (ArgumentException)
        {
            // No such process: it is gone already.
        }
        catch (OperationCanceledException)
        {
            return;
        }
        life.StopApplication();
    }
}
