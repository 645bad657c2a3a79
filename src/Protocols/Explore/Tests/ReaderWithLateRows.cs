using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Tests.Explore;

/// <summary>A reader for which rows come at the worst moment: once, after a query was planned and before its rows are asked for.</summary>
internal sealed class ReaderWithLateRows(ITelemetryReader reader, Func<Task> load) : ITelemetryReader
{
    private Func<Task>? _load = load;

    public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken) => reader.QueryAsync(query, cancellationToken);

    public async Task<ResultTable> QueryRowsAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        await ComeAsync();
        return await reader.QueryRowsAsync(query, cancellationToken);
    }

    public async Task<ResultTable?> QueryGroupsAsync(GroupedQuery query, CancellationToken cancellationToken)
    {
        await ComeAsync();
        return await reader.QueryGroupsAsync(query, cancellationToken);
    }

    public ValueTask<long?> NewestAsync(Signal signal, CancellationToken cancellationToken) => reader.NewestAsync(signal, cancellationToken);

    public long? LoadsOf(Signal signal) => reader.LoadsOf(signal);

    private Task ComeAsync() => Interlocked.Exchange(ref _load, null) is { } come ? come() : Task.CompletedTask;
}
