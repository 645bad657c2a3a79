using System.Collections.Concurrent;

namespace Weir.Features.Alerts.Notifications;

/// <summary>Counts of evaluations and deliveries since the start, for <c>/metrics</c>. Thread-safe.</summary>
internal sealed class AlertCounters
{
    private readonly ConcurrentDictionary<(string Type, string Result), long> _deliveries = new();
    private readonly ConcurrentDictionary<(string Kind, string Result), long> _evaluations = new();

    /// <param name="type">Type of the recipient.</param>
    /// <param name="result">delivered, retried, failed, unsupported, or dropped.</param>
    public void Delivery(string type, string result) => _deliveries.AddOrUpdate((type, result), 1, (_, count) => count + 1);

    /// <param name="kind">trigger or burn_alert.</param>
    /// <param name="result">ok, triggered, or error.</param>
    public void Evaluation(string kind, string result) => _evaluations.AddOrUpdate((kind, result), 1, (_, count) => count + 1);

    public IEnumerable<(string Type, string Result, long Count)> Deliveries =>
        _deliveries.OrderBy(d => d.Key.Type, StringComparer.Ordinal).ThenBy(d => d.Key.Result, StringComparer.Ordinal).Select(d => (d.Key.Type, d.Key.Result, d.Value));

    public IEnumerable<(string Kind, string Result, long Count)> Evaluations =>
        _evaluations.OrderBy(e => e.Key.Kind, StringComparer.Ordinal).ThenBy(e => e.Key.Result, StringComparer.Ordinal).Select(e => (e.Key.Kind, e.Key.Result, e.Value));
}
