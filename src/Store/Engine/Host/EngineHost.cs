using System.Globalization;
using System.Runtime.InteropServices;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The program of the child process: opens the data folder and serves it until its standard input ends. The server runs it as <c>weir engine</c>; it
/// is not a command for users. It reports to its parent with lines on standard output: <c>opening</c> each second, then
/// <c>ready VERSION PORT</c> or <c>failed KIND MESSAGE</c>.
/// </summary>
public static class EngineHost
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Returns only when the folder could not be opened.</summary>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
            given[arguments[i].TrimStart('-')] = arguments[i + 1];
        BeTheFirstToDie();
        // The parent decides when this process ends; signals to the whole process group are handled by the parent.
        var ignored = new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
            .Select(static s => PosixSignalRegistration.Create(s, static c => c.Cancel = true)).ToList();
        using var stop = new ManualResetEventSlim();
        new Thread(() => WatchParent(stop)) { IsBackground = true, Name = "parent" }.Start();
        try
        {
            Serve(EngineHostOptions.Read(given), stop);
            return 0;
        }
        catch (Exception e) when (e is EngineException or FolderInUseException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or FormatException)
        {
            var kind = (e as EngineException)?.Kind ?? EngineFault.Unavailable;
            Say($"failed {kind} {e.Message.ReplaceLineEndings(" ")}");
            // The library may be half open: no static destructors.
            EngineNative.ExitNow(1);
            return 1;
        }
        finally
        {
            GC.KeepAlive(ignored);
        }
    }

    private static void Serve(EngineHostOptions options, ManualResetEventSlim stop)
    {
        // The parent sees that this process is alive, even when the folder takes long to open.
        using var beat = new Timer(static _ => Say(EngineHostOptions.Opening), null, Beat, Beat);
        WaitForFolder(options, stop);
        if (DeduplicationLogs.Repair(options.Engine.DataFolder) is > 0 and var parts)
            Console.Error.WriteLine($"{parts} inserts had stored their tokens without their rows; the tokens were removed, so the inserts can be repeated");
        using var engine = HostEngine.Open(options.Engine);
        using var file = HostListener.OnFile(options.Socket, client => ServeClient(client, null));
        using var port = options.Listen is { } address ? HostListener.OnPort(address, client => ServeClient(client, options.Credentials)) : null;
        beat.Dispose();
        Say(string.Create(CultureInfo.InvariantCulture, $"ready {engine.Version} {port?.Port ?? 0}"));
        stop.Wait();
        file.Dispose();
        port?.Dispose();
        File.Delete(options.Socket);
        engine.Close(ClosePatience);
        // The library's static destructors crash while a thread of the engine exists, and there is nothing for them to do.
        EngineNative.ExitNow(0);

        void ServeClient(System.Net.Sockets.Socket client, HostCredentials? credentials)
        {
            using var connection = new HostConnection(client, engine, options.Engine.Database, credentials);
            connection.Run();
        }
    }

    /// <summary>The child of a killed server may hold the folder for a moment.</summary>
    private static void WaitForFolder(EngineHostOptions options, ManualResetEventSlim stop)
    {
        var end = Environment.TickCount64 + (long)options.LockPatience.TotalMilliseconds;
        while (true)
        {
            try
            {
                DataFolder.Check(options.Engine.DataFolder);
                return;
            }
            catch (FolderInUseException) when (Environment.TickCount64 < end)
            {
                stop.Wait(LockPause);
            }
        }
    }

    /// <summary>"stop" requests an orderly end. The end of the stream means that the parent has died: then end at once, whatever runs.</summary>
    private static void WatchParent(ManualResetEventSlim stop)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == "stop")
                stop.Set();
        }

        EngineNative.ExitNow(0);
    }

    private static void Say(string line)
    {
        try
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
        catch (IOException)
        {
            // The parent has ended; the end of standard input ends this process too.
        }
    }

    /// <summary>When memory runs out, the kernel kills this process first and not the one that acknowledges requests; and it writes no core file of all its memory.</summary>
    private static unsafe void BeTheFirstToDie()
    {
        const int core = 4;
        var none = stackalloc ulong[2] { 0, 0 };
        _ = EngineNative.SetResourceLimit(core, none);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "800");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"oom_score_adj can't be raised: {e.Message}");
        }
    }
}
