using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Weir.Core.Query;
using Weir.Features;

namespace Weir.Protocols.Wire;

/// <summary>Runs the loops of all that are registered as <see cref="IHasLoop"/>, and reports in <c>/healthz</c> which of them fail.</summary>
internal sealed class LoopHost(IEnumerable<IHasLoop> owners) : BackgroundService, IHealth
{
    private readonly IReadOnlyList<IHasLoop> _owners = [.. owners];

    public string Name => "loops";

    /// <summary>A failing loop does not affect the rest of the server, so it is a notice and not a reason for a restart.</summary>
    public string? Notice => string.Join("; ", _owners.Where(o => o.Loop.Failure is not null).Select(o => $"{o.Loop.Name}: {o.Loop.Failure}")) is { Length: > 0 } failures
        ? failures
        : null;

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => new((string?)null);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_owners.Select(owner => owner.Loop.RunAsync(stoppingToken, owner.EndAsync)));
}

internal static class LoopServices
{
    /// <summary>The service is one already; its loop runs with the process. May be called by several rooms.</summary>
    public static void AddLoop<T>(this IServiceCollection services)
        where T : class, IHasLoop
    {
        services.TryAddSingleton<LoopHost>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHasLoop, T>(static provider => provider.GetRequiredService<T>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealth, LoopHost>(static provider => provider.GetRequiredService<LoopHost>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LoopHost>(static provider => provider.GetRequiredService<LoopHost>()));
    }
}
