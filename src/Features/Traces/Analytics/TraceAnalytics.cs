using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;

namespace Weir.Features.Traces.Analytics;

/// <param name="Notice">Why the result is not exact; null when it is.</param>
/// <param name="Selected">Requests whose response time is in the selected range.</param>
/// <param name="All">All entering requests.</param>
internal sealed record StretchComparison(string? Notice, long Selected, CallStatistics All, IReadOnlyList<ComparedValues> Tables);

/// <param name="By">service, url, method, status, user, client, exception or annotation.</param>
/// <param name="Key">Of an annotation.</param>
/// <param name="More">There are further values.</param>
internal sealed record ComparedValues(string By, string? Key, long Distinct, bool More, IReadOnlyList<ComparedValue> Rows);

/// <param name="Value">string, long, double or bool.</param>
internal sealed record ComparedValue(object Value, long Selected, long Rest);

/// <summary>
/// Compares the requests in a range of response times with all others: how often each service, URL, status, user, annotation …
/// occurs in their traces.
/// </summary>
internal sealed class TraceAnalytics(ITelemetryReader reader, MatchingTraces traces, CallGroups groups)
{
    private const int Values = 200;
    private const int Shown = 15;
    private const int AnnotationKeys = 8;
    private const int SampledTraces = 50;

    // OpenTelemetry reports System.ArgumentException or requests.exceptions.Timeout where X-Ray's SDKs report ArgumentException and Timeout.
    private static readonly Expr ExceptionName = EntityRows.Call(Function.LastPart, new FieldExpr("exception_class"), new ConstExpr("."));

    /// <param name="from">Seconds, inclusive; null from the fastest.</param>
    /// <param name="to">Seconds, inclusive; null to the slowest.</param>
    public async Task<StretchComparison> ReadAsync(TraceQuestion question, double? from, double? to, CancellationToken cancellationToken)
    {
        var selection = await traces.SelectAsync(question, cancellationToken);
        var scope = new CallScope(question.Range, question.Environment, selection.Condition);
        var all = new CallStatistics();
        foreach (var group in await groups.SegmentsAsync(scope, cancellationToken))
        {
            if (group.Entry)
                all.Add(group.Statistics);
        }
        // The histogram's values are rounded to three digits, so the ends of the selected range are, too.
        Expr inside = new ConstExpr(true);
        if (from is { } least)
            inside &= EntityRows.Compare(CompareOp.GreaterOrEqual, EntityRows.Call(Function.LeadingDigits, EntityRows.DurationNs, new ConstExpr(3L)), (long)Math.Min(least * 1e9, 9e18));
        if (to is { } most)
            inside &= EntityRows.Compare(CompareOp.LessOrEqual, EntityRows.Call(Function.LeadingDigits, EntityRows.DurationNs, new ConstExpr(3L)), (long)Math.Min(most * 1e9, 9e18));
        var asked = new Asked(scope, CallGroups.Entry(scope) & !EntityRows.IsOpen, inside);
        var selected = all.Histogram.Where(b => b.Key >= (from ?? 0) * 1e9 && b.Key <= (to ?? double.MaxValue) * 1e9).Sum(b => b.Value);
        var tables = new List<ComparedValues>
        {
            await OfEntryAsync(asked, "url", EntityRows.Url, cancellationToken),
            await OfEntryAsync(asked, "method", EntityRows.Method, cancellationToken),
            await OfEntryAsync(asked, "status", EntityRows.Status, cancellationToken),
            await OfEntryAsync(asked, "client", EntityRows.ClientIp, cancellationToken),
            await OfTraceAsync(asked, "service", EntityRows.Service, EntityRows.IsSegment, Signal.Spans, cancellationToken),
            await OfTraceAsync(asked, "user", EntityRows.User, new ConstExpr(true), Signal.Spans, cancellationToken),
            await OfTraceAsync(asked, "exception", ExceptionName, new ConstExpr(true), Signal.Occurrences, cancellationToken),
        };
        foreach (var (key, type) in await AnnotationsAsync(question, cancellationToken))
        {
            Expr value = EntityRows.Call(Function.Coalesce,
                new AttributeExpr("annotation." + key, AttributeScope.Record, AttributeType.String), new AttributeExpr(key, AttributeScope.Record, AttributeType.String));
            var table = await OfTraceAsync(asked, "annotation", value, new ConstExpr(true), Signal.Spans, cancellationToken);
            tables.Add(table with { Key = key, Rows = [.. table.Rows.Select(row => row with { Value = Typed(row.Value, type) })] });
        }
        return new StretchComparison(selection.Notice, selected, all, [.. tables.Where(table => table.Rows.Count > 0)]);
    }

    /// <param name="Entry">Over rows of spans: the segment that a request entered by.</param>
    /// <param name="Inside">Over such rows: in the stretch.</param>
    private sealed record Asked(CallScope Scope, Expr Entry, Expr Inside);

    private Task<ComparedValues> OfEntryAsync(Asked asked, string by, Expr value, CancellationToken cancellationToken) => TableAsync(
        by, Query(asked, Signal.Spans, value, asked.Entry, EntityRows.Call(Function.CountIf, asked.Inside), EntityRows.Call(Function.CountIf, !asked.Inside)),
        cancellationToken);

    private Task<ComparedValues> OfTraceAsync(
        Asked asked, string by, Expr value, Expr where, Signal signal, CancellationToken cancellationToken)
    {
        var inside = new InQueryExpr(EntityRows.TraceId, new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = [new Selection("trace_id", EntityRows.TraceId)],
            Where = asked.Entry & asked.Inside,
            Range = asked.Scope.Range,
            Environment = asked.Scope.Environment,
            Limit = int.MaxValue,
        });
        return TableAsync(
            by, Query(asked, signal, value, where & EntityRows.Compare(CompareOp.NotEqual, value, ""), Distinct(inside), Distinct(!inside)), cancellationToken);

        static Expr Distinct(Expr condition) => EntityRows.Call(Function.CountDistinct, EntityRows.If(condition, EntityRows.TraceId, NullExpr.Instance));
    }

    private static TelemetryQuery Query(Asked asked, Signal signal, Expr value, Expr where, Expr selected, Expr rest) => new()
    {
        Signal = signal,
        Select = [new Selection("value", value), new Selection("selected", selected), new Selection("rest", rest), new Selection("rows", EntityRows.Call(Function.Count))],
        Where = asked.Scope.Traces is { } condition ? where & condition : where,
        Range = asked.Scope.Range,
        Environment = asked.Scope.Environment,
        GroupBy = [value],
        OrderBy = [new Ordering(new FieldExpr("selected"), Descending: true), new Ordering(new FieldExpr("rows"), Descending: true)],
        Limit = Values,
        Budget = QueryBudget.Long,
    };

    private async Task<ComparedValues> TableAsync(string by, TelemetryQuery query, CancellationToken cancellationToken)
    {
        var result = await reader.QueryAsync(query, cancellationToken);
        var rows = result.Page(out var more).Where(row => row["value"] is not (null or "")).ToList();
        return new ComparedValues(
            by, null, rows.Count, more || rows.Count > Shown,
            [.. rows.Take(Shown).Select(row => new ComparedValue(row["value"]!, row.Long("selected"), row.Long("rest")))]);
    }

    /// <summary>The keys that the newest traces have most often, and the type of their values.</summary>
    private async Task<IEnumerable<(string Key, Type Type)>> AnnotationsAsync(TraceQuestion question, CancellationToken cancellationToken)
    {
        var page = await traces.PageAsync(question, null, SampledTraces, cancellationToken);
        return page.Traces.SelectMany(t => t.Trace.Entities).SelectMany(e => e.Searchable)
            .GroupBy(a => a.Key, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(AnnotationKeys)
            .Select(g => (g.Key, g.First().Value.GetType())).ToList();
    }

    private static object Typed(object value, Type type)
    {
        var text = value as string;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        return type == typeof(bool) && bool.TryParse(text, out var flag) ? flag : value;
    }
}
