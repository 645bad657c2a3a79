using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Search;

/// <summary>A page of complete traces.</summary>
/// <param name="Looked">Number of evaluated traces, including those that did not match.</param>
/// <param name="Next">Null when there are no more.</param>
internal sealed record TracePage(IReadOnlyList<(Trace Trace, TraceMap Map)> Traces, int Looked, TraceCursor? Next);

/// <summary>All traces that match a filter, for counting in the engine.</summary>
/// <param name="Condition">Condition over rows for such a trace; null when every row matches.</param>
/// <param name="Judged">Number of traces that had to be read completely.</param>
/// <param name="Complete">False when the limit of traces or time was reached: the remaining ones are left out.</param>
internal sealed record TraceSelection(Expr? Condition, int Judged, bool Complete)
{
    private readonly string? _more;

    /// <summary>The same selection with another notice about an inexact count.</summary>
    public TraceSelection With(string notice) => new(this, notice);

    private TraceSelection(TraceSelection other, string notice)
        : this(other.Condition, other.Judged, other.Complete) => _more = other._more is null ? notice : $"{other._more} {notice}";

    /// <summary>Why a count of these traces is not exact; null when it is.</summary>
    public string? Notice => Complete
        ? _more
        : _more + (_more is null ? "" : " ") + string.Create(CultureInfo.InvariantCulture, $"This filter needs complete traces; it was evaluated for the newest {Judged}, and older ones are not counted.");
}

/// <summary>Complete traces that match a filter, page by page: conditions that the engine can't decide are evaluated here.</summary>
/// <remarks>Reading stops after a time (<see cref="TraceOptions.JudgeSeconds"/>), sooner only at limits that memory and statements set.</remarks>
internal sealed class MatchingTraces(TraceOptions options, TraceSearch search, TraceLoader loader, INamedFilters groups, TimeProvider time)
{
    private const int Batch = 250;

    // Each is a parameter of the statement that counts.
    private const int MostIds = 5000;

    /// <summary>Up to <paramref name="size"/> traces, newest first. A page may have fewer traces and still have a next page.</summary>
    public async Task<TracePage> PageAsync(TraceQuestion question, TraceCursor? cursor, int size, CancellationToken cancellationToken)
    {
        var evaluator = new FilterEvaluator(groups, question.Account);
        var certain = search.Compile(question).IsExact;
        var found = new List<(Trace, TraceMap)>();
        var looked = 0;
        var begun = time.GetTimestamp();
        while (found.Count < size && looked < options.TracesScannedPerPage && IsTime(begun))
        {
            var limit = certain ? size - found.Count : Batch;
            var candidates = await search.FindAsync(question, cursor, limit, cancellationToken);
            if (candidates.Count == 0)
                return new TracePage(found, looked, null);
            var traces = (await loader.LoadAsync([.. candidates.Select(c => c.Id)], question.Environment, cancellationToken)).ToDictionary(trace => trace.Id);
            foreach (var candidate in candidates)
            {
                cursor = new TraceCursor(candidate.Time, candidate.Id);
                looked++;
                if (!traces.TryGetValue(candidate.Id, out var trace))
                    continue;
                // The search did not read parts before the range; such a trace began earlier.
                if (question.Type == TimeRangeType.TraceId && trace.Start < question.Range.From.UnixNanoseconds())
                    continue;
                var map = TraceMap.Of(trace);
                if (!candidate.Certain && !evaluator.Matches(question.Filter, trace, map))
                    continue;
                found.Add((trace, map));
                if (found.Count == size)
                    break;
            }
            if (candidates.Count < limit && found.Count < size)
                return new TracePage(found, looked, null);
        }
        return new TracePage(found, looked, cursor);
    }

    /// <summary>A condition that matches exactly the rows of those traces, as far as <see cref="TraceSelection.Complete"/>.</summary>
    public async Task<TraceSelection> SelectAsync(TraceQuestion question, CancellationToken cancellationToken)
    {
        if (question.Filter is null)
            return new TraceSelection(null, 0, true);
        var bounds = search.Compile(question);
        Expr certain = new InQueryExpr(EntityRows.TraceId, TraceSearch.Ids(question, bounds.Lower));
        if (bounds.IsExact)
            return new TraceSelection(certain, 0, true);
        var evaluator = new FilterEvaluator(groups, question.Account);
        var matching = new List<object>();
        TraceCursor? cursor = null;
        var judged = 0;
        var begun = time.GetTimestamp();
        while (judged < options.TracesJudged && matching.Count <= MostIds - Batch && IsTime(begun))
        {
            var candidates = await search.FindUncertainAsync(question, bounds, cursor, Batch, cancellationToken);
            foreach (var trace in await loader.LoadAsync([.. candidates.Select(c => c.Id)], question.Environment, cancellationToken))
            {
                if (evaluator.Matches(question.Filter, trace, TraceMap.Of(trace)))
                    matching.Add(trace.Id.ToBytes());
            }
            judged += candidates.Count;
            if (candidates.Count < Batch)
                return new TraceSelection(With(matching), judged, true);
            cursor = new TraceCursor(candidates[^1].Time, candidates[^1].Id);
        }
        return new TraceSelection(With(matching), judged, false);

        Expr With(List<object> ids) => ids.Count == 0 ? certain : certain | new InExpr(EntityRows.TraceId, ids);
    }

    private bool IsTime(long since) => time.GetElapsedTime(since).TotalSeconds < options.JudgeSeconds;
}
