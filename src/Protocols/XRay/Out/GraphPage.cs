using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Weir.Features.Traces.Graph;
using Weir.Features.Traces.Model;

namespace Weir.Protocols.XRay.Out;

/// <summary>
/// Some of a graph's services. Edges name services of other pages by their number, so a graph of several pages is numbered in an order that
/// depends only on the services it has, and a token is valid only as long as they are the same.
/// </summary>
/// <param name="NextToken">Null on the last page.</param>
internal sealed record GraphPage(IReadOnlyList<ServiceKey> Services, string? NextToken)
{
    /// <summary>Services of a page.</summary>
    public const int Most = 1_000;

    /// <summary>Null when the token does not belong to this graph.</summary>
    /// <param name="token">Of the page before; null or empty for the first.</param>
    public static GraphPage? Of(ServiceGraph graph, string? token)
    {
        if (graph.Nodes.Count <= Most)
            return string.IsNullOrEmpty(token) ? new GraphPage([.. graph.Nodes.Keys], null) : null;
        List<ServiceKey> services =
        [
            .. graph.Nodes.Keys.OrderBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Type, StringComparer.Ordinal).ThenBy(s => s.AccountId, StringComparer.Ordinal),
        ];
        var hash = new XxHash64();
        for (var i = 0; i < services.Count; i++)
        {
            graph.Nodes[services[i]].Number = i;
            hash.Append(Encoding.UTF8.GetBytes($"{services[i].Name}\0{services[i].Type}\0{services[i].AccountId}\0"));
        }
        var print = hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
        var offset = 0;
        if (!string.IsNullOrEmpty(token)
            && (token.Split('-') is not [var start, var of] || of != print
                || !int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out offset) || offset >= services.Count))
            return null;
        var end = Math.Min(services.Count, offset + Most);
        return new GraphPage(
            services.GetRange(offset, end - offset), end == services.Count ? null : string.Create(CultureInfo.InvariantCulture, $"{end}-{print}"));
    }
}
