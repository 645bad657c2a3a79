using System.Net;
using Weir.Core.Model;
using Weir.Features.Alerts.Notifications;
using Weir.Protocols.Wire;
using Weir.Store.Engine;

namespace Weir.Server.Configuration;

/// <summary>All options with their defaults. Names, units and help texts are in <see cref="OptionTable"/>.</summary>
public sealed class WeirOptions
{
    public string DataFolder { get; set; } = DefaultDataFolder();

    public IPAddress Bind { get; set; } = IPAddress.Loopback;

    public int Port { get; set; } = 7070;

    public int OtlpHttpPort { get; set; } = 4318;

    public int OtlpGrpcPort { get; set; } = 4317;

    public int XRayPort { get; set; } = 2000;

    /// <summary>0: no additional port.</summary>
    public int SamplingPort { get; set; }

    public bool Open { get; set; }

    /// <summary>Null: no keys are required.</summary>
    public string? KeysFile { get; set; }

    public bool OpenXRay { get; set; }

    /// <summary>In <see cref="AllowedHosts"/>: every host name is accepted.</summary>
    public const string EveryHost = "*";

    /// <summary>Host names that clients use in addition to those of loopback, the bind address and the public URL; <c>*.example.com</c> for all subdomains.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Proxies whose forwarded headers are used.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>Address of the X-Ray daemon's port: its datagrams have no key, so where keys are required it listens on this machine only.</summary>
    public IPAddress XRayBind => KeysFile is not null && !OpenXRay && !IPAddress.IsLoopback(Bind) ? IPAddress.Loopback : Bind;

    /// <summary>Null: the embedded engine.</summary>
    public RemoteEngineOptions? RemoteStore { get; set; }

    public Dictionary<Signal, int> RetentionDays { get; } = new()
    {
        [Signal.Spans] = 30,
        [Signal.Logs] = 30,
        [Signal.Occurrences] = 90,
        [Signal.Metrics] = 30,
        [Signal.Events] = 30,
    };

    public long MaxBodyBytes { get; set; } = 64L << 20;

    public long JournalMaxBytes { get; set; } = 2L << 30;

    public long JournalRefusedMaxBytes { get; set; } = 1L << 30;

    public int SegmentAgeMs { get; set; } = 200;

    public long EngineMemoryBytes { get; set; } = DefaultEngineMemory();

    public int EngineConnections { get; set; } = 4;

    public TimeSpan EnginePatience { get; set; } = TimeSpan.FromSeconds(30);

    public string LogFormat { get; set; } = "text";

    public NotifyOptions Notify { get; } = new();

    public BrowserOptions Browsers { get; } = new();

    /// <summary>Half of the machine's memory, at most 4 GiB, at least 1 GiB.</summary>
    private static long DefaultEngineMemory() =>
        Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, 1L << 30, 4L << 30);

    private static string DefaultDataFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(home.Length > 0 ? home : ".", "weir");
    }
}
