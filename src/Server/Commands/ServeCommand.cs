using System.Diagnostics;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Server.Access;
using Weir.Server.Configuration;
using Weir.Server.Hosting;
using Weir.Store;
using Weir.Store.Engine;

namespace Weir.Server.Commands;

/// <summary><c>weir serve</c>: runs until it is stopped.</summary>
internal static class ServeCommand
{
    /// <summary>
    /// Time from the signal to the end of the process: running requests are answered, and acknowledged rows are loaded as far as there is time.
    /// Service managers commonly wait as long (docker: 10 s, then SIGKILL) or longer.
    /// </summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    /// <summary>Returns the process's exit code: 0 stopped, 1 could not start; the errors are on standard error.</summary>
    public static async Task<int> RunAsync(WeirOptions options, Action<WeirOptions>? started, CancellationToken cancellationToken)
    {
        // Not the start of the process, because ./dev run becomes this process after building.
        var began = Stopwatch.GetTimestamp();
        var wrong = new List<string>();
        var keys = options.KeysFile is { } path ? KeysFile.Load(path, wrong) : null;
        if (wrong.Count > 0)
            return Refuse(wrong);
        if (keys is not null)
            Warn(options.KeysFile!, keys);
        var taken = Ports.Taken(options);
        if (taken.Count > 0)
            return Refuse(taken);
        var live = keys is null ? null : new LiveKeys(options.KeysFile!, keys);
        WebApplication app;
        try
        {
            app = await WeirHost.BuildAsync(options, live, cancellationToken);
        }
        catch (Exception error) when (error is EngineException or FaultException or IOException or UnauthorizedAccessException)
        {
            return Refuse([error.Message]);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        await using (app)
        {
            using var patience = new CancellationTokenSource();
            using var stopping = app.Lifetime.ApplicationStopping.Register(() => patience.CancelAfter(StopPatience));
            try
            {
                await app.StartAsync(cancellationToken);
            }
            catch (IOException error)
            {
                return Refuse([error.Message]);
            }
            await Console.Out.WriteLineAsync(Banner(options, began));
            started?.Invoke(options);
            await app.WaitForShutdownAsync(cancellationToken);
            await CloseAsync(app.Services, patience.Token);
        }
        return 0;
    }

    /// <summary>Loads the remaining rows and closes the engine until the token is cancelled; rows that are not loaded by then stay in the journal.</summary>
    private static async Task CloseAsync(IServiceProvider services, CancellationToken patience)
    {
        var pipeline = services.GetRequiredService<IngestPipeline>();
        async Task AllAsync()
        {
            await pipeline.DisposeAsync();
            await services.GetRequiredService<ClickHouseStore>().DisposeAsync();
        }
        try
        {
            await AllAsync().WaitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("weir: the engine did not close in time; no data is lost");
        }
        if (pipeline.JournalBytes > 0)
            await Console.Error.WriteLineAsync($"weir: {pipeline.JournalBytes} bytes of the journal will be loaded at the next start");
    }

    private static string Banner(WeirOptions options, long began)
    {
        var ready = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return $"""
            weir is ready after {ready:0.0} s
              UI and APIs        http://{options.Bind}:{options.Port}   (/api, AWS, Honeycomb, Rollbar, OTLP over HTTP)
              OTLP               http://{options.Bind}:{options.OtlpHttpPort} (HTTP)   {options.Bind}:{options.OtlpGrpcPort} (gRPC)
              X-Ray daemon       {options.XRayBind}:{options.XRayPort} (UDP and TCP)
              data               {options.DataFolder}
            """;
    }

    private static void Warn(string path, KeysFile keys)
    {
        if (KeysFile.IsReadableByOthers(path))
            Console.Error.WriteLine($"weir: warning: {path} can be read by other users; run chmod 600 {path}");
        if (keys.WithoutKind > 0)
        {
            Console.Error.WriteLine(
                $"weir: warning: {path}: {keys.WithoutKind} keys have no kind, so they can only send. Keys for /1 and for changes need a kind between environment and key: "
                + "`production read sha256:…` or `production manage sha256:…`; write `ingest` to keep the current permissions");
        }
        if (!keys.HasLogin)
            Console.Error.WriteLine($"weir: warning: {path} has no login line, so nobody can open the UI; set a password with weir keys ui --keys {path}");
    }

    private static int Refuse(IEnumerable<string> reasons)
    {
        foreach (var reason in reasons)
            Console.Error.WriteLine($"weir can't start: {reason}");
        return 1;
    }
}
