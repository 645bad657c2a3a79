using System.Text;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>The names that a question's dataset stands for.</summary>
/// <param name="Names">Of services, and of datasets of events.</param>
/// <param name="Headers">Of datasets that senders named beside their service.</param>
public sealed record FoundDatasets(IReadOnlyList<string> Names, IReadOnlyList<string> Headers);

/// <summary>
/// What a dataset's name or slug stands for: the services, the datasets of events and those of senders' headers that are written so.
/// Letters' case does not matter, and in a slug every other character is a dash.
/// </summary>
public sealed class DatasetNames(ITelemetryReader reader, IColumnDirectory? directory = null)
{
    public const string All = "__all__";

    private const int Most = 10_000;

    /// <summary>Null for all of them; the name alone where nothing is stored of it in this time.</summary>
    public async Task<FoundDatasets?> FindAsync(string? dataset, string? environment, TimeRange range, CancellationToken cancellationToken)
    {
        if (dataset is null or "" or All)
            return null;
        var slug = Slug(dataset);
        var names = new HashSet<string>(StringComparer.Ordinal) { dataset };
        foreach (var (signal, field) in SignalTable.All.Select(s => (s, s == Signal.Events ? "dataset" : "service")))
            names.UnionWith(await ValuesAsync(signal, new FieldExpr(field), environment, range, slug, cancellationToken));
        var headers = new HashSet<string>(StringComparer.Ordinal);
        // Keys of the old kind are rare: rows are read only where some were stored.
        if (directory is not null && await directory.FindAsync([ColumnFact.DatasetHeaderKey], cancellationToken) is [{ OnResource: true } known])
        {
            var header = new AttributeExpr(ColumnFact.DatasetHeaderKey, AttributeScope.Resource, AttributeType.String);
            foreach (var signal in known.Signals)
                headers.UnionWith(await ValuesAsync(signal, header, environment, range, slug, cancellationToken));
        }
        return new FoundDatasets([.. names], [.. headers]);
    }

    public static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name)
            slug.Append(char.IsLetterOrDigit(c) || c == '_' ? char.ToLowerInvariant(c) : '-');
        return slug.ToString();
    }

    /// <summary>What all names of a slug match, and few others. A dash is any other character, of which some are two of UTF-16.</summary>
    internal static string PatternOf(string slug)
    {
        var pattern = new StringBuilder("(?is)^");
        for (var i = 0; i < slug.Length; i++)
        {
            var dashes = 0;
            for (; i < slug.Length && slug[i] == '-'; i++)
                dashes++;
            // Of very many any number will do: the names that are found are compared again.
            if (dashes > 0)
                pattern.Append(dashes <= 32 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[^\\p{{L}}\\p{{Nd}}_]{{1,{dashes}}}") : "[^\\p{L}\\p{Nd}_]+");
            if (i < slug.Length)
                pattern.Append(slug[i]);
        }
        return pattern.Append('$').ToString();
    }

    private async Task<IEnumerable<string>> ValuesAsync(
        Signal signal, Expr value, string? environment, TimeRange range, string slug, CancellationToken cancellationToken)
    {
        // The engine looks for those that are written so: there may be more names than any answer has.
        var table = await reader.QueryAsync(
            new TelemetryQuery
            {
                Signal = signal,
                Range = range,
                Environment = environment,
                Where = new AndExpr(
                [
                    .. AskedRows.Condition(signal) is { } asked ? [asked] : Array.Empty<Expr>(),
                    new CompareExpr(CompareOp.Matches, value, new ConstExpr(PatternOf(slug))),
                ]),
                Select = [new Selection("name", value)],
                GroupBy = [value],
                Limit = Most,
            },
            cancellationToken);
        return table.All("datasets").Select(row => row.TextOrNull("name")).OfType<string>().Where(name => Slug(name) == slug);
    }
}
