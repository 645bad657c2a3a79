using Weir.Core.Model;
using Weir.Features.Traces.Model;
using Weir.Protocols.XRay.Documents;
using Weir.Tests.XRay;

namespace Weir.Tests.Traces;

/// <summary>Traces made of documents, for tests of what is computed from them.</summary>
internal static class TraceDocuments
{
    public static Trace Of(params string[] documents)
    {
        _ = TraceId.TryParse(Decoding.TraceHex, out var id);
        return Trace.Assemble(id, documents.Select(document => EntityReader.Read(document)!), 1, 0)!;
    }

    /// <summary>An entity from 100 to 101 s unless <paramref name="more"/> says otherwise.</summary>
    public static string Entity(string id, string name, string more = "", double start = 100, double? end = 101)
    {
        var time = end is null ? "\"in_progress\":true" : FormattableString.Invariant($"\"end_time\":{end}");
        return FormattableString.Invariant($"{{\"id\":\"{id.PadLeft(16, '0')}\",\"name\":\"{name}\",\"start_time\":{start},{time}{(more.Length > 0 ? "," : "")}{more}}}");
    }

    public static string Segment(string id, string name, string more = "", string? parent = null, double start = 100, double? end = 101) =>
        Entity(id, name, $"\"trace_id\":\"{Decoding.TraceId}\"" + Parent(parent) + (more.Length > 0 ? "," : "") + more, start, end);

    public static string Subsegment(string id, string name, string parent, string more = "", double start = 100, double? end = 101) =>
        Segment(id, name, "\"type\":\"subsegment\"" + (more.Length > 0 ? "," : "") + more, parent, start, end);

    private static string Parent(string? parent) => parent is null ? "" : $",\"parent_id\":\"{parent.PadLeft(16, '0')}\"";
}
