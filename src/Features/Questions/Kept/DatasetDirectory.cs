using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;

namespace Weir.Features.Questions.Kept;

/// <summary>
/// Which datasets there are: those that events or people made, and the services and dataset headers that traces, log lines, errors and metrics
/// tell of. A few of these are noted down whenever they are listed, any other when it is asked for by its name: noting one down is a write to the
/// settings, and a sender may make up any number.
/// </summary>
internal sealed class DatasetDirectory(
    Datasets datasets, ITelemetryReader reader, TimeProvider time, IColumnDirectory? columns = null) : IDisposable
{
    /// <summary>Of one signal.</summary>
    private const int MostServices = 100_000;

    /// <summary>Names that one list notes down.</summary>
    private const int MostNoted = 50;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private long _readAt = long.MinValue;

    /// <summary>Names that the data tells of and that are not noted down.</summary>
    private List<(string Environment, string Name)> _others = [];

    /// <summary>A signal has more names than were looked at.</summary>
    private bool _isCut;

    /// <summary>The slug of a dataset, by its slug or its name; null when there is no such dataset.</summary>
    public async Task<string?> SlugAsync(string scope, string name, CancellationToken cancellationToken)
    {
        if (datasets.Find(scope, name) is { } known)
            return known.Id;
        await NoteServicesAsync(name, cancellationToken);
        return datasets.Find(scope, name)?.Id;
    }

    /// <summary>At most <see cref="IColumnDirectory.MostDatasets"/>; whether there may be others, which are found by their names.</summary>
    public async Task<(IReadOnlyList<Stored<DatasetDocument>> Listed, bool More)> ListAsync(string scope, CancellationToken cancellationToken)
    {
        var others = await NoteServicesAsync(null, cancellationToken);
        // For a query over all environments, a dataset that is in two of them is one dataset.
        var found = datasets.List(scope).Concat(others.Where(o => scope.Length == 0 || o.Environment == scope).Select(o => datasets.Make(o.Environment, o.Name)))
            .DistinctBy(d => d.Id).Take(IColumnDirectory.MostDatasets + 1).ToList();
        return ([.. found.Take(IColumnDirectory.MostDatasets)], _isCut || found.Count > IColumnDirectory.MostDatasets);
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>The names that are not noted down.</summary>
    /// <param name="wanted">A name or slug whose names are noted down, however many others there are.</param>
    private async Task<IReadOnlyList<(string Environment, string Name)>> NoteServicesAsync(string? wanted, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt == long.MinValue || time.GetElapsedTime(_readAt) >= Fresh)
            {
                _others = await UnknownAsync(null, cancellationToken);
                _readAt = time.GetTimestamp();
                // A request for one dataset does not wait for the others.
                if (wanted is null)
                {
                    foreach (var (environment, name) in _others.Take(MostNoted))
                        await datasets.NoteAsync(environment, name, cancellationToken);
                    _others = [.. _others.Skip(MostNoted)];
                }
            }
            if (wanted is not null)
            {
                var slug = Datasets.SlugOf(wanted);
                var asked = _others.Where(o => Datasets.SlugOf(o.Name) == slug).ToHashSet();
                // When there are more names than were read, a name that is spelled as it was sent is looked up on its own.
                if (asked.Count == 0 && _isCut)
                    asked.UnionWith(await UnknownAsync(wanted, cancellationToken));
                foreach (var (environment, name) in asked)
                    await datasets.NoteAsync(environment, name, cancellationToken);
                if (asked.Count > 0)
                    _others = [.. _others.Where(o => !asked.Contains(o))];
            }
            return _others;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <param name="only">Restricts the list to this name.</param>
    private async Task<List<(string Environment, string Name)>> UnknownAsync(string? only, CancellationToken cancellationToken)
    {
        var names = new HashSet<(string Environment, string Name)>();
        var isCut = false;
        foreach (var signal in new[] { Signal.Spans, Signal.Logs, Signal.Occurrences, Signal.Metrics })
            isCut |= await AddAsync(names, signal, new FieldExpr("service"), only, cancellationToken);
        if (columns is not null && await columns.FindAsync([ColumnFact.DatasetHeaderKey], cancellationToken) is [{ OnResource: true } known])
        {
            foreach (var signal in known.Signals)
                isCut |= await AddAsync(names, signal, new AttributeExpr(ColumnFact.DatasetHeaderKey, AttributeScope.Resource, AttributeType.String), only, cancellationToken);
        }
        if (only is null)
            _isCut = isCut;
        return [.. names.Where(n => Datasets.IsName(n.Name) && datasets.Find(n.Environment, n.Name) is null)];
    }

    /// <summary>True when there are more than were looked at.</summary>
    private async Task<bool> AddAsync(
        HashSet<(string Environment, string Name)> names, Signal signal, Expr dataset, string? only, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Expr[] by = [new FieldExpr("environment"), dataset];
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Where = Terms.All([.. new[] { AskedRows.Condition(signal), only is null ? null : new CompareExpr(CompareOp.Equal, dataset, new ConstExpr(only)) }.OfType<Expr>()]),
                Select = [new Selection("environment", by[0]), new Selection("dataset", by[1])],
                Range = new TimeRange(now - Window, now + TimeSpan.FromDays(1)),
                GroupBy = by,
                Limit = MostServices,
            },
            cancellationToken);
        var rows = table.Page(out var more);
        foreach (var row in rows)
        {
            if (row.TextOrNull("dataset") is { } name)
                names.Add((row.Text("environment"), name));
        }
        return more;
    }
}
