using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;

namespace Weir.Features.Questions.Kept;

/// <summary>
/// Which datasets there are: those that events or people made, and the services and dataset headers that traces, log lines, errors and metrics
/// tell of, which are noted down when they are first seen here.
/// </summary>
internal sealed class DatasetDirectory(
    Datasets datasets, ITelemetryReader reader, TimeProvider time, IColumnDirectory? columns = null) : IDisposable
{
    private const int MostServices = 100_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private long _readAt = long.MinValue;

    /// <summary>The slug of a dataset, by its slug or its name; null when there is no such dataset.</summary>
    public async Task<string?> SlugAsync(string scope, string name, CancellationToken cancellationToken)
    {
        if (datasets.Find(scope, name) is { } known)
            return known.Id;
        await NoteServicesAsync(cancellationToken);
        return datasets.Find(scope, name)?.Id;
    }

    public async Task<IReadOnlyList<Stored<DatasetDocument>>> ListAsync(string scope, CancellationToken cancellationToken)
    {
        await NoteServicesAsync(cancellationToken);
        // Seen from all environments, a dataset of two of them is one.
        return [.. datasets.List(scope).DistinctBy(d => d.Id)];
    }

    public void Dispose() => _reading.Dispose();

    private async Task NoteServicesAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt != long.MinValue && time.GetElapsedTime(_readAt) < Fresh)
                return;
            foreach (var signal in new[] { Signal.Spans, Signal.Logs, Signal.Occurrences, Signal.Metrics })
                await NoteAsync(signal, new FieldExpr("service"), cancellationToken);
            if (columns is not null && await columns.FindAsync([ColumnFact.DatasetHeaderKey], cancellationToken) is [{ OnResource: true } known])
            {
                foreach (var signal in known.Signals)
                    await NoteAsync(signal, new AttributeExpr(ColumnFact.DatasetHeaderKey, AttributeScope.Resource, AttributeType.String), cancellationToken);
            }
            _readAt = time.GetTimestamp();
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task NoteAsync(Signal signal, Expr dataset, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Expr[] by = [new FieldExpr("environment"), dataset];
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Where = AskedRows.Condition(signal),
                Select = [new Selection("environment", by[0]), new Selection("dataset", by[1])],
                Range = new TimeRange(now - Window, now + TimeSpan.FromDays(1)),
                GroupBy = by,
                Limit = MostServices,
            },
            cancellationToken);
        foreach (var row in table.All("datasets"))
        {
            if (row.TextOrNull("dataset") is { } name)
                await datasets.TakeAsync(row.Text("environment"), name, cancellationToken);
        }
    }
}
