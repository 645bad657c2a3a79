using System.Text.Json.Nodes;
using Weir.Core.Model;
using Weir.Protocols.Explore.Manage;

namespace Weir.Protocols.Explore.Alerts;

/// <summary>A moment of an alert whose question failed: it is asked again a few times, then given up, and the history says so.</summary>
internal static class EvaluationFailure
{
    /// <summary>Failures of one moment before it is given up.</summary>
    public const int Most = 5;

    /// <summary>True: the moment is given up.</summary>
    public static async Task<bool> NoteAsync(AlertStates states, string alertId, long at, Fault fault, int mostHistory, CancellationToken cancellationToken)
    {
        var isGivenUp = false;
        await states.ChangeAsync(
            alertId,
            state =>
            {
                var failures = ((int?)state.Json["failures"] ?? 0) + 1;
                isGivenUp = failures >= Most || fault.Kind is FaultKind.Invalid or FaultKind.NotFound;
                state.Json["failures"] = isGivenUp ? 0 : failures;
                if (isGivenUp)
                    state.EvaluatedAt = at;
                // The same trouble over and over is one entry.
                if ((string?)state.History.FirstOrDefault()?["detail"] == fault.Message)
                    return;
                state.Remember(
                    new JsonObject
                    {
                        ["at"] = ManagedTime.Text(DateTimeOffset.FromUnixTimeSeconds(at)),
                        ["state"] = "error",
                        ["value"] = null,
                        ["threshold"] = null,
                        ["group"] = null,
                        ["detail"] = fault.Message,
                        ["deliveries"] = new JsonArray(),
                    },
                    mostHistory);
            },
            cancellationToken);
        return isGivenUp;
    }
}
