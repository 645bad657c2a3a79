using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Errors;
using Weir.Features.Logs;
using Weir.Features.Traces.Lists;
using Weir.Protocols.Api.In;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.Out;

/// <summary>One box for any id or text: ids first, then names and titles, then log lines.</summary>
internal sealed class SearchReader(ITelemetryReader reader, TraceSummaries summaries, ErrorCounters counters, TimeProvider time)
{
    private const int MostOfAKind = 8;
    private static readonly TimeSpan NamesLookBack = TimeSpan.FromDays(7);
    private static readonly TimeSpan TitlesLookBack = TimeSpan.FromDays(30);
    private static readonly TimeSpan LinesLookBack = TimeSpan.FromHours(24);

    public async Task<SearchResult> ReadAsync(SearchTerm term, CancellationToken cancellationToken)
    {
        if (term.Text.Length == 0)
            return new SearchResult([], "Enter an id (trace, span, occurrence, item, #12), a name or a few words.");
        var matches = term.IsId || term.ClientText is not null ? await IdsAsync(term, cancellationToken) : [];
        if (matches.Count > 0)
            return new SearchResult(matches, Cut(matches));
        matches = await NamesAsync(term.Text, cancellationToken);
        if (matches.Count > 0)
            return new SearchResult(matches, Cut(matches));
        matches = await LinesAsync(term.Text, cancellationToken);
        return new SearchResult(
            matches,
            matches.Count > 0 ? $"No name or title contains this text; these log lines of the last 24 hours contain it. {Cut(matches)}".Trim()
            : term.IsId ? "Nothing with this id is stored. The data may not have been sampled, may not have arrived yet, or may be older than its retention."
            : "No service, log group, error or log line of the last 24 hours contains this text.");
    }

    private static string? Cut(List<SearchMatch> matches) => matches.GroupBy(match => match.Kind).Any(kind => kind.Count() >= MostOfAKind)
        ? $"At most {MostOfAKind} results of each kind are listed; there may be more." : null;

    private async Task<List<SearchMatch>> IdsAsync(SearchTerm term, CancellationToken cancellationToken)
    {
        var looks = new List<Task<IEnumerable<SearchMatch>>>();
        if (term.TraceId is { } traceId)
            looks.Add(TraceAsync(traceId, cancellationToken));
        if (term.SpanId is { } spanId)
            looks.Add(SpansAsync(spanId, cancellationToken));
        if (term.ClientText is { } text)
        {
            if (term.TraceId is null)
                looks.Add(TraceAsync(ClientIds.Trace(text), cancellationToken));
            if (term.SpanId is null)
                looks.Add(SpansAsync(ClientIds.Span(text), cancellationToken));
        }
        if (term.OccurrenceId is { } occurrenceId)
            looks.Add(OccurrencesAsync(occurrenceId, cancellationToken));
        if (term.ItemId is { } itemId)
            looks.Add(ItemAsync(itemId, cancellationToken));
        if (term.Counter is { } number && counters.Find(number) is { } numbered)
            looks.Add(ItemAsync(numbered, cancellationToken));
        var found = await Task.WhenAll(looks);
        return [.. found.SelectMany(matches => matches)];
    }

    private async Task<IEnumerable<SearchMatch>> TraceAsync(TraceId id, CancellationToken cancellationToken)
    {
        var found = await summaries.ReadAsync([id], cancellationToken);
        if (found.TryGetValue(id, out var trace))
        {
            var summary = trace.Summary;
            var services = string.Join(", ", summary.Services.Select(service => service.Service).Take(5));
            return [new SearchMatch(
                "trace", summary.TraceId, Title(summary), $"{summary.SpanCount} {(summary.SpanCount == 1 ? "span" : "spans")} of {services}", summary.Start, "/story/" + summary.TraceId)];
        }
        // No span arrived, but a log line may name the trace.
        var lines = await reader.QueryAsync(LineQuery(Is("trace_id", id.ToBytes()), null, limit: 1), cancellationToken);
        return lines.Page(out _).Select(row => new SearchMatch(
            "trace", id.ToHex(), "A trace with log lines only", row.Text("body"), IsoTime.Text(row.UnixNanoseconds("time")), "/story/" + id.ToHex()));
    }

    private static string Title(TraceSummary trace) => trace.Root switch
    {
        null => "Trace without a root span",
        { Method: { } method, Target: { } target } root => $"{root.Service}: {method} {target}",
        var root => $"{root.Service}: {root.Name}",
    };

    private async Task<IEnumerable<SearchMatch>> SpansAsync(SpanId id, CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Spans,
                Select = [Field("trace_id").As("trace_id"), Field("service").As("service"), Field("name").As("name"), Field("start_time").As("time")],
                Where = Is("span_id", id.ToBytes()),
                OrderBy = [new Ordering(Field("time"), Descending: true)],
                Limit = MostOfAKind,
            },
            cancellationToken);
        return table.Page(out _).Select(row => new SearchMatch(
            "span",
            id.ToHex(),
            row.Text("name"),
            $"span of {row.Text("service")}",
            IsoTime.Text(row.UnixNanoseconds("time")),
            $"/story/{row.TraceId("trace_id").ToHex()}?span={id.ToHex()}"));
    }

    private async Task<IEnumerable<SearchMatch>> OccurrencesAsync(string id, CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Occurrences,
                Select = [Field("item_id").As("item_id"), Field("title").As("title"), Field("service").As("service"), Field("time").As("time")],
                Where = Is("occurrence_id", id),
                Limit = MostOfAKind,
            },
            cancellationToken);
        return table.Page(out _).Select(row => new SearchMatch(
            "occurrence",
            id,
            row.Text("title"),
            $"occurrence in {row.Text("service")}",
            IsoTime.Text(row.UnixNanoseconds("time")),
            $"/errors/{ItemIdentity.ToText((ulong)row.Long("item_id"))}?occurrence={id}"));
    }

    private async Task<IEnumerable<SearchMatch>> ItemAsync(ulong id, CancellationToken cancellationToken) =>
        await ItemsAsync(await reader.QueryAsync(ItemQuery(Is("item_id", id), null, limit: 1), cancellationToken), cancellationToken);

    private async Task<IEnumerable<SearchMatch>> ItemsAsync(ResultTable table, CancellationToken cancellationToken)
    {
        var rows = table.Page(out _);
        var numbers = await counters.OfAsync([.. rows.Select(row => (ulong)row.Long("item_id"))], cancellationToken);
        return rows.Select(row => Item(row, numbers));
    }

    /// <summary>Services, log groups and items whose name contains the text.</summary>
    private async Task<List<SearchMatch>> NamesAsync(string text, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var spans = reader.QueryAsync(NameQuery(Signal.Spans, "service", text, now), cancellationToken);
        var lines = reader.QueryAsync(NameQuery(Signal.Logs, "service", text, now), cancellationToken);
        var groups = reader.QueryAsync(NameQuery(Signal.Logs, "log_group", text, now), cancellationToken);
        var items = reader.QueryAsync(
            ItemQuery(
                TextSearch.Parts("title", text) ?? Compare(CompareOp.ContainsIgnoreCase, "title", text),
                new TimeRange(now - TitlesLookBack, now.AddDays(1)),
                MostOfAKind),
            cancellationToken);
        await Task.WhenAll(spans, lines, groups, items);
        var traced = (await spans).Page(out _).Select(row => Named(row, "service", "service", "traces of it", "/traces?service=")).ToList();
        var known = traced.Select(match => match.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. traced,
            .. (await lines).Page(out _).Where(row => !known.Contains(row.Text("name")))
                .Select(row => Named(row, "service", "service", "log lines of it", "/logs?service=")),
            .. (await groups).Page(out _).Select(row => Named(row, "logGroup", "log group", "log lines", "/logs?group=")),
            .. await ItemsAsync(await items, cancellationToken),
        ];
    }

    private async Task<List<SearchMatch>> LinesAsync(string text, CancellationToken cancellationToken)
    {
        if (TextSearch.Words("body", text) is not { } condition)
            return [];
        var now = time.GetUtcNow();
        var lines = await reader.QueryAsync(
            LineQuery(condition, new TimeRange(now - LinesLookBack, now.AddHours(2)), MostOfAKind), cancellationToken);
        return [.. lines.Page(out _).Select(row =>
        {
            var group = LogGroupNames.Of(row.Text("log_group"), row.Text("service"));
            var link = $"/logs?group={Uri.EscapeDataString(group)}&text={Uri.EscapeDataString(text)}&range=24h";
            return new SearchMatch("log", row.Text("sequence"), row.Text("body"), group, IsoTime.Text(row.UnixNanoseconds("time")), link);
        })];
    }

    private static TelemetryQuery NameQuery(Signal signal, string field, string text, DateTimeOffset now) => new()
    {
        Signal = signal,
        Select =
        [
            Field(field).As("name"), Count.As("count"), Call(Function.Max, Field(signal == Signal.Spans ? "start_time" : "time")).As("last"),
        ],
        Range = new TimeRange(now - NamesLookBack, now.AddDays(1)),
        Where = Compare(CompareOp.ContainsIgnoreCase, field, text),
        GroupBy = [Field(field)],
        OrderBy = [new Ordering(Field("count"), Descending: true)],
        Limit = MostOfAKind,
    };

    private static TelemetryQuery ItemQuery(Expr where, TimeRange? range, int limit) => new()
    {
        Signal = Signal.Occurrences,
        Select =
        [
            Field("item_id").As("item_id"),
            Call(Function.ArgMax, Field("title"), Field("time")).As("title"),
            Call(Function.Any, Field("service")).As("service"),
            Count.As("count"),
            Call(Function.Max, Field("time")).As("last"),
        ],
        Range = range,
        Where = where,
        GroupBy = [Field("item_id")],
        OrderBy = [new Ordering(Field("last"), Descending: true)],
        Limit = limit,
    };

    private static TelemetryQuery LineQuery(Expr where, TimeRange? range, int limit) => new()
    {
        Signal = Signal.Logs,
        Select =
        [
            Field("time").As("time"), Field("sequence").As("sequence"), Field("body").As("body"), Field("log_group").As("log_group"),
            Field("service").As("service"),
        ],
        Range = range,
        Where = where,
        OrderBy = [new Ordering(Field("time"), Descending: true)],
        Limit = limit,
    };

    private static SearchMatch Item(ResultRow row, IReadOnlyDictionary<ulong, long> numbers)
    {
        var itemId = (ulong)row.Long("item_id");
        var id = ItemIdentity.ToText(itemId);
        var number = numbers.TryGetValue(itemId, out var given) ? $"#{given}, " : "";
        var count = row.Long("count");
        return new SearchMatch(
            "item",
            id,
            row.Text("title"),
            $"{number}{count} {(count == 1 ? "occurrence" : "occurrences")} in {row.Text("service")}",
            IsoTime.Text(row.UnixNanoseconds("last")),
            "/errors/" + id);
    }

    private static SearchMatch Named(ResultRow row, string kind, string what, string leads, string link) => new(
        kind,
        row.Text("name"),
        row.Text("name"),
        $"{what}; {leads}",
        IsoTime.Text(row.UnixNanoseconds("last")),
        link + Uri.EscapeDataString(row.Text("name")));
}
