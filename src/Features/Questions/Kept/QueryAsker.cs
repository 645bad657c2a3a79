using Weir.Core.Query;

namespace Weir.Features.Questions.Kept;

/// <summary>Asks questions for whoever holds a specification, an environment and a dataset's name: both doors, triggers, SLOs.</summary>
internal sealed class QueryAsker(ITelemetryReader reader, DerivedFields fields, TimeProvider time, IColumnDirectory? directory = null)
{
    private readonly RowLister _rows = new(reader, time, directory);
    private readonly TraceLister _traces = new(reader, time, directory);
    private readonly DatasetNames _datasets = new(reader, directory);

    /// <summary>Throws <see cref="SpecException"/> for what can't be asked, before anything is.</summary>
    public void Check(QuerySpec spec, bool series = true)
    {
        if (SpecCheck.Errors(spec, time.GetUtcNow(), series) is { Count: > 0 } errors)
            throw new SpecException(errors);
    }

    /// <param name="environment">Null: all.</param>
    /// <param name="dataset">Name or slug; <see cref="DatasetNames.All"/> for the whole environment.</param>
    /// <param name="work">Receives the statistics of the engine's work for the query.</param>
    public async Task<QueryResult> AskAsync(
        QuerySpec spec, string? environment, string dataset, QueryWants wants, CancellationToken cancellationToken, QueryWork? work = null) =>
        await new QueryRunner(reader, time, directory, work ?? new QueryWork()).RunAsync(spec, await ScopeAsync(spec, environment, dataset, cancellationToken), wants, cancellationToken);

    public async Task<RowPage> RowsAsync(
        QuerySpec spec, string? environment, string dataset, int limit, RowCursor? before, CancellationToken cancellationToken) =>
        await _rows.ListAsync(spec, await ScopeAsync(spec, environment, dataset, cancellationToken), limit, before, cancellationToken);

    public async Task<ExploredTraces> TracesAsync(
        QuerySpec spec, string? environment, string dataset, ResultPlace place, int limit, CancellationToken cancellationToken) =>
        await _traces.ListAsync(spec, await ScopeAsync(spec, environment, dataset, cancellationToken), place, limit, cancellationToken);

    /// <summary>Whose rows a question is about. Throws <see cref="SpecException"/>.</summary>
    public async Task<ExploreScope> ScopeAsync(QuerySpec spec, string? environment, string dataset, CancellationToken cancellationToken)
    {
        var errors = new List<SpecError>();
        if (QueryWindow.Of(spec, time.GetUtcNow(), errors) is not { } window)
            throw new SpecException(errors);
        var found = await _datasets.FindAsync(dataset, environment, window.Range, cancellationToken);
        return new ExploreScope(environment, found?.Names, fields.Of(environment, dataset), found?.Headers);
    }
}
