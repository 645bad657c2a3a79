using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Analytics;

/// <summary>Names and values of the traces in a range, as suggestions for filters. The most frequent come first; rare ones are left out.</summary>
internal sealed class SpanValues(ITelemetryReader reader, MatchingTraces traces)
{
    public const int Most = 50;
    private const int SampledTraces = 50;

    /// <summary>Services that report, then those that are known only from their callers.</summary>
    public async Task<IReadOnlyList<(string Name, bool Reported)>> ServicesAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var reported = await TopAsync(EntityRows.Service, EntityRows.IsSegment, range, cancellationToken);
        var called = await TopAsync(CallTarget.RowName, EntityRows.IsCall, range, cancellationToken);
        return [.. reported.Select(name => (name, true)), .. called.Except(reported, StringComparer.Ordinal).Select(name => (name, false))];
    }

    /// <summary>Types of services that report and of what they call.</summary>
    public async Task<IReadOnlyList<string>> TypesAsync(TimeRange range, CancellationToken cancellationToken) =>
    [
        .. await TopAsync(EntityRows.Origin, EntityRows.IsSegment, range, cancellationToken),
        .. await TopAsync(CallTarget.RowType, EntityRows.IsCall, range, cancellationToken),
    ];

    /// <summary>Texts of a keyword; none for keywords that have no values to choose from.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(FilterKeyword keyword, TimeRange range, CancellationToken cancellationToken)
    {
        Expr? value = keyword switch
        {
            FilterKeyword.HttpMethod => EntityRows.Method,
            FilterKeyword.HttpUrl => EntityRows.Url,
            FilterKeyword.HttpUserAgent => EntityRows.UserAgent,
            FilterKeyword.HttpClientIp => EntityRows.ClientIp,
            FilterKeyword.User => EntityRows.User,
            FilterKeyword.AvailabilityZone => EntityRows.AvailabilityZone,
            FilterKeyword.InstanceId => EntityRows.InstanceId,
            FilterKeyword.ResourceArn => EntityRows.ResourceArn,
            _ => null,
        };
        return value is null ? [] : await TopAsync(value, EntityRows.IsSegment, range, cancellationToken);
    }

    public Task<IReadOnlyList<string>> OfAnnotationAsync(string key, TimeRange range, CancellationToken cancellationToken) =>
        TopAsync(EntityRows.Text("annotation." + key), new ConstExpr(true), range, cancellationToken);

    /// <summary>Keys of annotations in the newest traces, each with one of its values.</summary>
    public async Task<IReadOnlyList<(string Key, object Example)>> AnnotationsAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var question = new TraceQuestion(range, TimeRangeType.TraceId, null, "", Environment: null);
        var page = await traces.PageAsync(question, null, SampledTraces, cancellationToken);
        return
        [
            .. page.Traces.SelectMany(t => t.Trace.Entities).SelectMany(e => e.Searchable)
                .GroupBy(a => a.Key, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Select(g => (g.Key, g.First().Value)),
        ];
    }

    private async Task<IReadOnlyList<string>> TopAsync(Expr value, Expr where, TimeRange range, CancellationToken cancellationToken)
    {
        var result = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [new Selection("value", value), new Selection("count", EntityRows.Call(Function.Count))],
                Where = where & EntityRows.Compare(CompareOp.NotEqual, value, ""),
                Range = range,
                GroupBy = [value],
                OrderBy = [new Ordering(new FieldExpr("count"), Descending: true)],
                Limit = Most,
            },
            cancellationToken);
        return [.. result.Page(out _).Select(row => row.Text("value"))];
    }
}
