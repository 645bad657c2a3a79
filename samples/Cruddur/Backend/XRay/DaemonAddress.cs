using System.Diagnostics.CodeAnalysis;

namespace Cruddur.XRay;

internal readonly record struct HostPort(string Host, int Port);

/// <summary>
/// AWS_XRAY_DAEMON_ADDRESS, in either form: `host:port` for both sides, or `tcp:host:port udp:host:port` in any order.
/// </summary>
internal sealed record DaemonAddress(HostPort Tcp, HostPort Udp)
{
    public static DaemonAddress Default { get; } = new(new("127.0.0.1", 2000), new("127.0.0.1", 2000));

    public static bool TryParse(string text, [NotNullWhen(true)] out DaemonAddress? address)
    {
        address = null;
        var parts = text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 1 && TryHostPort(parts[0], out var both))
        {
            address = new(both, both);
            return true;
        }
        if (parts.Length != 2)
            return false;
        HostPort? tcp = null;
        HostPort? udp = null;
        foreach (var part in parts)
        {
            if (part.Length <= 4 || !TryHostPort(part[4..], out var side))
                return false;
            if (part.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase))
                tcp = side;
            else if (part.StartsWith("udp:", StringComparison.OrdinalIgnoreCase))
                udp = side;
        }
        if (tcp is null || udp is null)
            return false;
        address = new(tcp.Value, udp.Value);
        return true;
    }

    /// <summary>A value nobody can read falls back to the default, as in the SDK for .NET, and is said once at the start.</summary>
    public static DaemonAddress From(IConfiguration settings)
    {
        var text = settings["AWS_XRAY_DAEMON_ADDRESS"];
        if (string.IsNullOrWhiteSpace(text))
            return Default;
        if (TryParse(text, out var address))
            return address;
        Console.Error.WriteLine($"cruddur: AWS_XRAY_DAEMON_ADDRESS '{text}' is neither host:port nor tcp:host:port udp:host:port; using 127.0.0.1:2000");
        return Default;
    }

    private static bool TryHostPort(string text, out HostPort hostPort)
    {
        hostPort = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon != text.LastIndexOf(':') || !ushort.TryParse(text[(colon + 1)..], out var port) || port == 0)
            return false;
        hostPort = new(text[..colon], port);
        return true;
    }
}
