using System.Globalization;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Errors;

/// <summary>
/// Small numbers for people: the first item ever seen is #1. Numbers are given when an item is first shown, to all items without one
/// in the order they were first seen, and never change. Stored as lists of 1,000 item ids; an item's place is its number.
/// </summary>
internal sealed class ErrorCounters(ISettings settings, ITelemetryReader reader) : IDisposable
{
    private const string Collection = "item-counters";
    private const int ChunkSize = 1000;
    private const int MostItems = 100_000;
    private const int Attempts = 20;

    private readonly SemaphoreSlim _giving = new(1, 1);
    private Dictionary<ulong, long> _known = [];

    public async ValueTask<IReadOnlyDictionary<ulong, long>> OfAsync(IReadOnlyCollection<ulong> items, CancellationToken cancellationToken)
    {
        var known = _known;
        if (items.All(known.ContainsKey))
            return known;
        await _giving.WaitAsync(cancellationToken);
        try
        {
            known = Read(out var last, out var revision);
            for (var attempt = 0; !items.All(known.ContainsKey) && attempt < Attempts; attempt++)
            {
                var missing = (await AllItemsAsync(cancellationToken)).Concat(items).Where(id => !known.ContainsKey(id)).Distinct().ToList();
                await GiveAsync(missing, last, revision, cancellationToken);
                known = Read(out last, out revision);
            }
            _known = known;
            return known;
        }
        finally
        {
            _giving.Release();
        }
    }

    /// <summary>The item of a number that was given, or null.</summary>
    public ulong? Find(long number)
    {
        if (number < 1)
            return null;
        var (chunk, place) = Math.DivRem(number - 1, ChunkSize);
        if (settings.Find(Collection, chunk.ToString("d6", CultureInfo.InvariantCulture)) is not { } entry)
            return null;
        var ids = JsonSerializer.Deserialize(entry.Value.Span, ErrorSettingsJson.Default.StringArray) ?? [];
        return place < ids.Length && ItemIdentity.TryParse(ids[place], out var id) ? id : null;
    }

    private Dictionary<ulong, long> Read(out string[] last, out long revision)
    {
        var known = new Dictionary<ulong, long>();
        last = [];
        revision = 0;
        foreach (var entry in settings.List(Collection))
        {
            last = JsonSerializer.Deserialize(entry.Value.Span, ErrorSettingsJson.Default.StringArray) ?? [];
            revision = entry.Revision;
            var first = long.Parse(entry.Key, CultureInfo.InvariantCulture) * ChunkSize;
            for (var i = 0; i < last.Length; i++)
            {
                // Two nodes may give an item a number each; the first counts.
                if (ItemIdentity.TryParse(last[i], out var id))
                    known.TryAdd(id, first + i + 1);
            }
        }
        return known;
    }

    /// <summary>Appends ids; stops where another node wrote first, and the caller reads again.</summary>
    private async ValueTask GiveAsync(List<ulong> missing, string[] last, long revision, CancellationToken cancellationToken)
    {
        var chunk = Math.Max(0, settings.List(Collection).Count - 1);
        for (var at = 0; at < missing.Count;)
        {
            if (last.Length >= ChunkSize)
                (chunk, last, revision) = (chunk + 1, [], 0);
            var take = Math.Min(ChunkSize - last.Length, missing.Count - at);
            last = [.. last, .. missing.Skip(at).Take(take).Select(ItemIdentity.ToText)];
            at += take;
            var key = chunk.ToString("d6", CultureInfo.InvariantCulture);
            if (!await settings.PutAsync(Collection, key, JsonSerializer.SerializeToUtf8Bytes(last, ErrorSettingsJson.Default.StringArray), revision, cancellationToken))
                return;
            revision = settings.Find(Collection, key)?.Revision ?? 0;
        }
    }

    private async Task<IEnumerable<ulong>> AllItemsAsync(CancellationToken cancellationToken)
    {
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = Signal.Occurrences,
                Select = [Field("item_id").As("item_id"), Call(Function.Min, Field("received_at")).As("first")],
                GroupBy = [Field("item_id")],
                OrderBy = [new Ordering(Field("first")), new Ordering(Field("item_id"))],
                Limit = MostItems,
                Budget = QueryBudget.Long,
            },
            cancellationToken);
        var items = table.Page(out var more);
        // Of so many those that are shown get numbers, in the order they are.
        return more ? [] : items.Select(row => unchecked((ulong)row.Long("item_id")));
    }

    public void Dispose() => _giving.Dispose();
}
