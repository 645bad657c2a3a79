using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Traces.Lists;

/// <summary>The services that sent data in a range, with their protocols and the names of their spans.</summary>
internal sealed class ServiceDirectory(ITelemetryReader reader)
{
    private const int MostServices = 500;
    private const int MostNames = 100;

    public async Task<ServiceList> ReadAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var spans = reader.QueryAsync(
            Query(Signal.Spans, range, Distinct("name", MostNames).As("names")), cancellationToken);
        var logs = reader.QueryAsync(Query(Signal.Logs, range), cancellationToken);
        var occurrences = reader.QueryAsync(Query(Signal.Occurrences, range), cancellationToken);
        await Task.WhenAll(spans, logs, occurrences);
        var services = new SortedDictionary<string, (SortedSet<string> Protocols, IReadOnlyList<string> Names)>(StringComparer.Ordinal);
        var warnings = new List<string>();
        var manyNames = 0;
        foreach (var row in (await spans).Told(warnings, "services with spans"))
        {
            services[row.Text("service")] =
                (Protocols(row), [.. row.Array("names").OfType<string>().Order(StringComparer.Ordinal)]);
            if (row.Array("names").Count >= MostNames)
                manyNames++;
        }
        if (manyNames > 0)
            warnings.Add($"{manyNames} of these services have {MostNames} or more span names; {MostNames} of each are listed.");
        foreach (var row in (await logs).Told(warnings, "services with log lines").Concat((await occurrences).Told(warnings, "services with errors")))
        {
            if (services.TryGetValue(row.Text("service"), out var known))
                known.Protocols.UnionWith(Protocols(row));
            else
                services[row.Text("service")] = (Protocols(row), []);
        }
        return new ServiceList([.. services.Select(entry => new ListedService(entry.Key, [.. entry.Value.Protocols], entry.Value.Names))]) { Warnings = warnings };
    }

    private static SortedSet<string> Protocols(ResultRow row) => new(row.Array("protocols").OfType<string>(), StringComparer.Ordinal);

    private static TelemetryQuery Query(Signal signal, TimeRange range, params ReadOnlySpan<Selection> more) => new()
    {
        Signal = signal,
        Select = [Field("service").As("service"), Distinct("protocol", 5).As("protocols"), .. more],
        Range = range,
        Where = Compare(CompareOp.NotEqual, "service", ""),
        GroupBy = [Field("service")],
        OrderBy = [new Ordering(Field("service"))],
        Limit = MostServices,
    };
}
