using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Tests.Explore;

/// <summary>A reader for which rows come at the worst moment: once, after a query was planned and before its groups are asked for.</summary>
internal sealed class ReaderWithLateRows(ITelemetryReader reader, Func<Task> load) : ITelemetryReader
{
    private Func<Task>? _load = load;

    public Task<ResultTable> QueryAsync(TelemetryQuery query, CancellationToken cancellationToken) => reader.QueryAsync(query, cancellationToken);

    public Task<ResultTable> QueryRowsAsync(SourceQuery query, CancellationToken cancellationToken) => reader.QueryRowsAsync(query, cancellationToken);

    public async Task<ResultTable?> QueryGroupsAsync(GroupedQuery query, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _load, null) is { } come)
            await come();
        return await reader.QueryGroupsAsync(query, cancellationToken);
    }

    public ValueTask<long?> NewestAsync(Signal signal, CancellationToken cancellationToken) => reader.NewestAsync(signal, cancellationToken);

    public long? LoadsOf(Signal signal) => reader.LoadsOf(signal);
}
