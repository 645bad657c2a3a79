using System.Text;
using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Core.Explore;

/// <summary>
/// What a dataset's name or slug stands for: the services, and the datasets of events, that are written so. Letters' case does not
/// matter, and in a slug every other character is a dash.
/// </summary>
public sealed class DatasetNames(ITelemetryReader reader)
{
    public const string All = "__all__";
    private const int Most = 10_000;

    /// <summary>Null for all of them; the name alone where nothing is stored of it in this time.</summary>
    public async Task<IReadOnlyList<string>?> FindAsync(string? dataset, string? environment, TimeRange range, CancellationToken cancellationToken)
    {
        if (dataset is null or "" or All)
            return null;
        var slug = Slug(dataset);
        var names = new HashSet<string>(StringComparer.Ordinal) { dataset };
        foreach (var (signal, field) in SignalTable.All.Select(s => (s, s == Signal.Events ? "dataset" : "service")))
        {
            var table = await reader.QueryAsync(
                new TelemetryQuery
                {
                    Signal = signal,
                    Range = range,
                    Environment = environment,
                    Select = [new Selection("name", new FieldExpr(field))],
                    GroupBy = [new FieldExpr(field)],
                    Limit = Most,
                },
                cancellationToken);
            names.UnionWith(table.Rows.Select(row => row.Text("name")).Where(name => Slug(name) == slug));
        }
        return [.. names];
    }

    public static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name)
            slug.Append(char.IsLetterOrDigit(c) || c == '_' ? char.ToLowerInvariant(c) : '-');
        return slug.ToString();
    }
}
