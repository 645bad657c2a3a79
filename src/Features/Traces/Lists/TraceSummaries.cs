using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Traces.Lists;

/// <summary>The summary of each trace in a list, from all of its spans.</summary>
internal sealed class TraceSummaries(ITelemetryReader reader)
{
    /// <summary>Maximum services of a trace; the figures include only these.</summary>
    public const int MostServices = 200;

    /// <summary>One query for all ids; ids without spans are missing from the result.</summary>
    public async Task<IReadOnlyDictionary<TraceId, FoundTrace>> ReadAsync(IReadOnlyList<TraceId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return new Dictionary<TraceId, FoundTrace>();
        var table = await reader.QueryAsync(Query(ids), cancellationToken);
        return table.All("services of traces")
            .GroupBy(row => row.TraceId("trace_id"))
            .ToDictionary(group => group.Key, group => Summarise(group.Key, [.. group]));
    }

    private static TelemetryQuery Query(IReadOnlyList<TraceId> ids)
    {
        var start = Field("start_time");
        var nanoseconds = Call(Function.UnixNanoseconds, start);
        var select = new List<Selection>
        {
            Field("trace_id").As("trace_id"),
            Field("service").As("service"),
            Count.As("spans"),
            CountIf(IsError).As("errors"),
            Call(Function.Min, nanoseconds).As("first"),
            Call(Function.Max, Call(Function.Add, nanoseconds, Field("duration_ns"))).As("last"),
            Distinct("protocol", 5).As("protocols"),
        };
        AddRoot(select, "root", Is("is_root", 1L), start, nanoseconds);
        AddRoot(select, "entry", IsEntryKind, start, nanoseconds);
        return new TelemetryQuery
        {
            Signal = Signal.Spans,
            Select = select,
            Where = AnyOf("trace_id", ids.Select(id => (object)id.ToBytes())),
            GroupBy = [Field("trace_id"), Field("service")],
            OrderBy = [new Ordering(Field("first"))],
            LimitBy = MostServices,
            LimitByKey = [Field("trace_id")],
            Limit = ids.Count * MostServices,
        };
    }

    private static void AddRoot(List<Selection> select, string prefix, Expr condition, Expr start, Expr nanoseconds)
    {
        select.Add(CountIf(condition).As(prefix));
        select.Add(Call(Function.ArgMinIf, nanoseconds, start, condition).As(prefix + "_at"));
        foreach (var field in (ReadOnlySpan<string>)["name", "kind", "http_method", "http_target", "http_status"])
            select.Add(Call(Function.ArgMinIf, Field(field), start, condition).As($"{prefix}_{field}"));
    }

    private static FoundTrace Summarise(TraceId id, List<ResultRow> services)
    {
        var first = services.Min(row => row.Long("first"));
        var last = Math.Max(first, services.Max(row => row.Long("last")));
        var summary = new TraceSummary(
            id.ToHex(),
            id.ToXRay(),
            IsoTime.Text(first),
            IsoTime.Milliseconds(last - first),
            Protocols(services),
            Root(services, "root") ?? Root(services, "entry"),
            [.. services.OrderByDescending(row => row.Long("spans")).Select(row => new ServiceSpans(row.Text("service"), row.Long("spans")))],
            services.Sum(row => row.Long("spans")),
            services.Sum(row => row.Long("errors")));
        return new FoundTrace(first, summary, services.Count >= MostServices);
    }

    /// <summary>The earliest span of that sort over all services.</summary>
    private static TraceRoot? Root(List<ResultRow> services, string prefix)
    {
        var row = services.Where(service => service.Long(prefix) > 0).MinBy(service => service.Long(prefix + "_at"));
        return row is null
            ? null
            : new TraceRoot(
                row.Text("service"),
                row.Text(prefix + "_name"),
                row.Text(prefix + "_kind"),
                row.TextOrNull(prefix + "_http_method"),
                row.TextOrNull(prefix + "_http_target"),
                row.Long(prefix + "_http_status") is var status and > 0 ? (int)status : null);
    }

    private static IReadOnlyList<string> Protocols(IEnumerable<ResultRow> rows) =>
        [.. rows.SelectMany(row => row.Array("protocols")).OfType<string>().Where(text => text.Length > 0).Distinct().Order(StringComparer.Ordinal)];
}

/// <summary>A trace and when it began, in nanoseconds since 1970.</summary>
/// <param name="IsCut">It has more services than the limit.</param>
internal sealed record FoundTrace(long Start, TraceSummary Summary, bool IsCut);
