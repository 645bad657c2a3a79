using System.Buffers;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Api;

/// <summary>Which Weir this is, since when it runs, and under which addresses a client's request reaches it.</summary>
internal sealed class ServerIdentity(EndpointAddresses endpoints, TimeProvider time)
{
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]");

    private readonly long _started = time.GetTimestamp();

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public TimeSpan Uptime => time.GetElapsedTime(_started);

    /// <summary>As built, without the commit.</summary>
    public string Version { get; } = (typeof(ServerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion ?? "0.0.0").Split('+')[0];

    /// <summary>The addresses with the host that the request used, so that they also work behind a forwarded port.</summary>
    public ClientAddresses For(HttpRequest request)
    {
        // The host is inserted into commands that users paste into a shell, so a host with unusual characters is not used.
        var asked = request.Host is { HasValue: true, Value: var value } && !value.AsSpan().ContainsAnyExcept(HostCharacters)
            ? request.Host
            : new HostString("localhost");
        var (host, main) = (asked.Host, $"{request.Scheme}://{asked.Value}");
        return new ClientAddresses(
            main,
            string.Create(null, $"{request.Scheme}://{host}:{endpoints.OtlpHttpPort}"),
            string.Create(null, $"{request.Scheme}://{host}:{endpoints.OtlpGrpcPort}"),
            string.Create(null, $"{host}:{endpoints.XRayPort}"));
    }
}

/// <summary>Where clients point.</summary>
/// <param name="Main">Base address of the main port, without a slash at the end.</param>
/// <param name="XRayDaemon">Host and port, without a scheme.</param>
internal sealed record ClientAddresses(string Main, string OtlpHttp, string OtlpGrpc, string XRayDaemon);
