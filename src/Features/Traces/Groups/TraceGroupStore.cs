using System.Text.Json;
using Weir.Core.Settings;
using Weir.Features.Traces.Filter;

namespace Weir.Features.Traces.Groups;

/// <summary>Groups in the settings: their filters as text, which <paramref name="syntax"/> parses.</summary>
internal sealed class TraceGroupStore(ISettings settings, FilterSyntax syntax) : INamedFilters
{
    private const string Collection = "xray-groups";
    private const string Counts = "xray-group-counts";
    private const string Last = "last";

    /// <summary>The newest minute whose traces were counted.</summary>
    public DateTimeOffset? LastCounted => settings.Find(Counts, Last) is { } entry
        ? DateTimeOffset.FromUnixTimeSeconds(JsonSerializer.Deserialize(entry.Value.Span, GroupJson.Default.Int64))
        : null;

    public async ValueTask SetLastCountedAsync(DateTimeOffset minute, CancellationToken cancellationToken) => _ = await settings.PutAsync(
        Counts, Last, JsonSerializer.SerializeToUtf8Bytes(minute.ToUnixTimeSeconds(), GroupJson.Default.Int64), expectedRevision: null, cancellationToken);

    public TraceGroup? Find(string name) => settings.Find(Collection, name) is { } entry ? Read(entry) : null;

    public TraceGroup? FindByArn(string arn) => List().FirstOrDefault(group => group.GroupARN == arn);

    /// <summary>The current filter of the group.</summary>
    public NamedFilter? Find(FilterKeyword keyword, string value) => IsDefault(value)
        ? new NamedFilter(null)
        : (keyword == FilterKeyword.GroupName ? Find(value) : FindByArn(value)) is { } group ? new NamedFilter(FilterOf(group.FilterExpression)) : null;

    /// <summary>Traces of the group by the filter at their time of arrival.</summary>
    public ArrivedFilter MembersOf(TraceGroup group) => new([.. group.Versions().Select(v => new FilterVersion(FilterOf(v.FilterExpression), v.From, v.Until))]);

    /// <summary>Null: every trace.</summary>
    public FilterExpr? FilterOf(string? expression)
    {
        var filter = syntax(expression, out var fault);
        return fault is null ? filter : new NeverFilter();
    }

    /// <summary>The text of a <c>group.name</c> or <c>group.arn</c> means the group of all traces.</summary>
    private static bool IsDefault(string nameOrArn) => nameOrArn == TraceGroup.DefaultName || nameOrArn.EndsWith(":group/" + TraceGroup.DefaultName, StringComparison.Ordinal);

    /// <summary>All groups in name order, without Default.</summary>
    public IReadOnlyList<TraceGroup> List() => [.. settings.List(Collection).Select(Read)];

    public ValueTask<bool> TryAddAsync(TraceGroup group, CancellationToken cancellationToken) =>
        settings.PutAsync(Collection, group.GroupName, Bytes(group), expectedRevision: 0, cancellationToken);

    public async ValueTask UpdateAsync(TraceGroup group, CancellationToken cancellationToken) =>
        _ = await settings.PutAsync(Collection, group.GroupName, Bytes(group), expectedRevision: null, cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        settings.DeleteAsync(Collection, name, expectedRevision: null, cancellationToken);

    private static byte[] Bytes(TraceGroup group) => JsonSerializer.SerializeToUtf8Bytes(group, GroupJson.Default.TraceGroup);

    private static TraceGroup Read(SettingsEntry entry) => JsonSerializer.Deserialize(entry.Value.Span, GroupJson.Default.TraceGroup)!;
}
