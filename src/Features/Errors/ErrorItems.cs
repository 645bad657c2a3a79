using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Errors;

/// <summary>
/// Items, derived from their occurrences: first a page of ids, then their details. Counts and the sparkline cover the requested range,
/// the first occurrence covers all stored data.
/// </summary>
internal sealed class ErrorItems(ITelemetryReader reader, ErrorStates states, ErrorCounters counters, AheadNotice ahead)
{
    private const int SparklineBuckets = 24;
    private const int MostItems = 100_000;

    public async Task<ItemList> ListAsync(ItemQuestion filter, CancellationToken cancellationToken)
    {
        var where = new List<Expr>();
        if (filter.Where is not null)
            where.Add(filter.Where);
        if (filter.Status is not null)
        {
            if (await StatusConditionAsync(filter.Status, cancellationToken) is not { } condition)
                return new ItemList([], null);
            where.Add(condition);
        }
        var page = await reader.QueryAsync(PageQuery(filter, All(where)), cancellationToken);
        var rows = page.Page(out var more);
        var ids = rows.Select(Id).ToList();
        var summaries = await SummariesAsync(ids, filter.Range, filter.Range, cancellationToken);
        // A row may expire between the two queries.
        var items = ids.Where(summaries.ContainsKey).Select(id => summaries[id]).ToList();
        var next = more && rows.Count > 0 ? PageCursor.Of(filter.Order[0], rows[^1].Long("key"), ids[^1]).Encode() : null;
        var later = filter.Cursor is null ? await ahead.ReadAsync(Signal.Occurrences, filter.Range, All(where), cancellationToken) : null;
        return new ItemList(items, next, AheadNotice.Text(null, later), later);
    }

    /// <summary>The newest items of the range, for a short list.</summary>
    public async Task<IReadOnlyList<ItemSummary>> RecentAsync(TimeRange range, int most, CancellationToken cancellationToken) =>
        (await ListAsync(new ItemQuestion(range, ErrorStates.Active, null, ItemQuestion.Newest, most, null), cancellationToken)).Items;

    /// <summary>The details of items; those without occurrences in the range are missing.</summary>
    /// <param name="range">Null: all stored data.</param>
    public async Task<Dictionary<ulong, ItemSummary>> SummariesAsync(
        IReadOnlyList<ulong> ids, TimeRange? range, TimeRange sparkline, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var labels = reader.QueryAsync(LabelQuery(ids, range, sparkline), cancellationToken);
        var history = reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Occurrences,
                Select =
                [
                    Field("item_id").As("item_id"),
                    Call(Function.Min, Field("time")).As("first"),
                    Call(Function.Max, Field("received_at")).As("received"),
                ],
                Where = Items(ids),
                GroupBy = [Field("item_id")],
                Limit = ids.Count,
            },
            cancellationToken);
        var numbers = await counters.OfAsync([.. ids], cancellationToken);
        var histories = (await history).All("items").ToDictionary(Id);
        var summaries = new Dictionary<ulong, ItemSummary>();
        foreach (var row in (await labels).All("items"))
        {
            var id = Id(row);
            histories.TryGetValue(id, out var past);
            summaries[id] = new ItemSummary(
                ItemIdentity.ToText(id),
                numbers.GetValueOrDefault(id),
                row.Text("title"),
                row.Text("level"),
                states.Of(id, past?.UnixNanoseconds("received") ?? 0),
                row.Text("protocol"),
                row.Text("service"),
                row.Text("environment"),
                row.TextOrNull("class"),
                row.Long("occurrences"),
                IsoTime.Text(past?.UnixNanoseconds("first") ?? row.UnixNanoseconds("first")),
                IsoTime.Text(row.UnixNanoseconds("last")),
                [.. Enumerable.Range(0, SparklineBuckets).Select(i => row.Long(Bucket(i)))]);
        }
        return summaries;
    }

    /// <summary>Null when no item can match it.</summary>
    private async Task<Expr?> StatusConditionAsync(string status, CancellationToken cancellationToken)
    {
        var stored = states.All();
        var resolved = stored.Where(s => s.Value.Status == ErrorStates.Resolved).Select(s => s.Key).ToList();
        var muted = stored.Where(s => s.Value.Status == ErrorStates.Muted).Select(s => s.Key).ToList();
        if (status == ErrorStates.Muted)
            return muted.Count == 0 ? null : Items(muted);
        if (resolved.Count > 0)
        {
            var received = await reader.QueryAsync(
                new TelemetryQuery
                {
                    Signal = Signal.Occurrences,
                    Select = [Field("item_id").As("item_id"), Call(Function.Max, Field("received_at")).As("received")],
                    Where = Items(resolved),
                    GroupBy = [Field("item_id")],
                    Limit = resolved.Count,
                },
                cancellationToken);
            var again = received.All("items").Where(r => r.UnixNanoseconds("received") > stored[Id(r)].At).Select(Id).ToHashSet();
            resolved.RemoveAll(again.Contains);
        }
        if (status == ErrorStates.Resolved)
            return resolved.Count == 0 ? null : Items(resolved);
        List<ulong> hidden = [.. muted, .. resolved];
        return hidden.Count == 0 ? Value(true) : !Items(hidden);
    }

    private static TelemetryQuery PageQuery(ItemQuestion filter, Expr? where)
    {
        var (key, descending) = filter.Order switch
        {
            ItemQuestion.Most => (Count, true),
            ItemQuestion.First => (Call(Function.Min, Field("time")), true),
            _ => (Call(Function.Max, Field("time")), true),
        };
        var query = new TelemetryQuery
        {
            Signal = Signal.Occurrences,
            Select = [Field("item_id").As("item_id"), key.As("key")],
            Range = filter.Range,
            Where = where,
            GroupBy = [Field("item_id")],
            Having = filter.Cursor is { } cursor ? After(key, filter.Order, cursor) : null,
            OrderBy = [new Ordering(Field("key"), descending), new Ordering(Field("item_id"))],
            Limit = filter.Limit,
        };
        if (filter.Order != ItemQuestion.First)
            return query;
        // The first sight may lie before the range: find the items in the range, then look at all of their occurrences.
        var inRange = new TelemetryQuery
        {
            Signal = Signal.Occurrences,
            Select = [Field("item_id").As("item_id")],
            Range = filter.Range,
            Where = where,
            GroupBy = [Field("item_id")],
            Limit = MostItems,
        };
        return query with { Range = null, Where = new InQueryExpr(Field("item_id"), inRange) };
    }

    private static Expr After(Expr key, string order, PageCursor cursor)
    {
        var value = Value(order == ItemQuestion.Most ? cursor.Key : new Instant(cursor.Key));
        return new CompareExpr(CompareOp.Less, key, value)
            | (new CompareExpr(CompareOp.Equal, key, value) & Compare(CompareOp.Greater, "item_id", cursor.IdLow));
    }

    private static TelemetryQuery LabelQuery(IReadOnlyList<ulong> ids, TimeRange? range, TimeRange sparkline)
    {
        var select = new List<Selection>
        {
            Field("item_id").As("item_id"),
            Newest("title").As("title"),
            Newest("level").As("level"),
            Call(Function.Any, Field("protocol")).As("protocol"),
            Call(Function.Any, Field("service")).As("service"),
            Call(Function.Any, Field("environment")).As("environment"),
            Newest("exception_class").As("class"),
            Count.As("occurrences"),
            Call(Function.Min, Field("time")).As("first"),
            Call(Function.Max, Field("time")).As("last"),
        };
        for (var i = 0; i < SparklineBuckets; i++)
        {
            select.Add(CountIf(
                Compare(CompareOp.GreaterOrEqual, "time", Edge(sparkline, i)) & Compare(CompareOp.Less, "time", Edge(sparkline, i + 1))).As(Bucket(i)));
        }
        return new TelemetryQuery
        {
            Signal = Signal.Occurrences,
            Select = select,
            Range = range,
            Where = Items(ids),
            GroupBy = [Field("item_id")],
            Limit = ids.Count,
        };
    }

    private static Instant Edge(TimeRange range, int index) =>
        new(range.From.UnixNanoseconds() + (long)(range.Length.Ticks * 100.0 * index / SparklineBuckets));

    private static string Bucket(int index) => string.Create(CultureInfo.InvariantCulture, $"b{index}");

    private static Expr Newest(string field) => Call(Function.ArgMax, Field(field), Field("time"));

    internal static Expr Items(IReadOnlyList<ulong> ids) => new InExpr(Field("item_id"), [.. ids]);

    private static ulong Id(ResultRow row) => unchecked((ulong)row.Long("item_id"));
}
