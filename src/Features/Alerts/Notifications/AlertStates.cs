using Weir.Core.Settings;

namespace Weir.Features.Alerts.Notifications;

/// <summary>
/// The states of all alerts, by the alert's id. Changes in this process are serialised; a change by another process in between is a conflict,
/// and the change has to be repeated.
/// </summary>
internal sealed class AlertStates(Documents<AlertState> documents) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);

    public AlertState Of(string alertId) => Stored(alertId)?.Value ?? AlertState.New;

    public Task ChangeAsync(string alertId, Func<AlertState, AlertState> change, CancellationToken cancellationToken) =>
        ChangeAsync(alertId, state => Task.FromResult<AlertState?>(change(state)), cancellationToken);

    /// <summary>Stores the state that the change returns; null means that nothing has to be stored.</summary>
    public async Task ChangeAsync(string alertId, Func<AlertState, Task<AlertState?>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var stored = Stored(alertId);
            if (await change(stored?.Value ?? AlertState.New) is { } state)
                await documents.PutAsync(new Stored<AlertState>("", "", alertId, state, stored?.Revision ?? 0), cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Completes when the running changes are stored.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        _changing.Release();
    }

    public async Task ForgetAsync(string alertId, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Stored(alertId) is { } stored)
                await documents.DeleteAsync(stored, cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private Stored<AlertState>? Stored(string alertId) => documents.At("", "", alertId);
}
