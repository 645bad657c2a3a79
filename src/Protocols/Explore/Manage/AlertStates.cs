using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary>Where an alert stands, kept over restarts: when it was evaluated last, which groups are over, and its history, newest first.</summary>
internal sealed class AlertState(JsonObject json)
{
    public JsonObject Json => json;

    public bool IsTriggered => json["groups"] is JsonObject groups && groups.Any(g => (bool?)g.Value?["triggered"] == true);

    /// <summary>Seconds since 1970; 0 when it never was.</summary>
    public long EvaluatedAt
    {
        get => (long?)json["evaluated_at"] ?? 0;
        set => json["evaluated_at"] = value;
    }

    /// <summary>By the group's key as JSON text: consecutive results over the threshold, and whether it is told as triggered.</summary>
    public JsonObject Groups => (JsonObject)(json["groups"] ??= new JsonObject());

    public JsonArray History => (JsonArray)(json["history"] ??= new JsonArray());

    public void Remember(JsonObject entry, int most)
    {
        History.Insert(0, entry);
        while (History.Count > most)
            History.RemoveAt(History.Count - 1);
    }
}

/// <summary>The states of all alerts, by the alert's id. Changes of one alert happen one after the other.</summary>
internal sealed class AlertStates(ManagedStore store) : IDisposable
{
    private const string Kind = "alert_states";
    private readonly SemaphoreSlim _changing = new(1, 1);

    public AlertState Of(string alertId) => new(store.Find(Kind, "", dataset: null, alertId)?.Body ?? []);

    public Task ChangeAsync(string alertId, Action<AlertState> change, CancellationToken cancellationToken) =>
        ChangeAsync(
            alertId,
            state =>
            {
                change(state);
                return Task.FromResult(true);
            },
            cancellationToken);

    /// <summary>Keeps the state when the change says so.</summary>
    public async Task ChangeAsync(string alertId, Func<AlertState, Task<bool>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var state = Of(alertId);
            if (await change(state))
                await store.PutAsync(Kind, new Managed("", "", alertId, state.Json, 0), cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends when the changes that are under way are kept.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        _changing.Release();
    }

    public async Task ForgetAsync(string alertId, CancellationToken cancellationToken) =>
        await store.DeleteAsync(Kind, new Managed("", "", alertId, [], 0), cancellationToken);

    public void Dispose() => _changing.Dispose();
}
