using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Search;

/// <summary>Converts stored rows to entities of a trace; implemented by the room that knows the format of the documents.</summary>
internal interface IEntityDocuments
{
    /// <summary>The columns that <see cref="ReadSpan"/> needs.</summary>
    IReadOnlyList<string> SpanColumns { get; }

    /// <summary>A document as sent, with its nested entities. Null when it can't be read.</summary>
    TraceEntity? ReadDocument(string document);

    /// <summary>A row of a span without a document. Null when it can't be read.</summary>
    TraceEntity? ReadSpan(ResultRow span);
}
