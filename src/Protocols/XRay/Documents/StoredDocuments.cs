using System.Text.Json;
using Weir.Core.Query;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;

namespace Weir.Protocols.XRay.Documents;

/// <summary>Segment documents as they were sent, and OpenTelemetry's spans in the same form.</summary>
internal sealed class StoredDocuments : IEntityDocuments
{
    public IReadOnlyList<string> SpanColumns => SpanDocuments.Columns;

    public TraceEntity? ReadDocument(string document)
    {
        try
        {
            return EntityReader.Read(document);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public TraceEntity? ReadSpan(ResultRow span)
    {
        try
        {
            return EntityReader.Read(SpanDocuments.Of(span), attributes: true);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
