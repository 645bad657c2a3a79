using Weir.Core.Query;
using Weir.Features.Traces.Model;

namespace Weir.Features.Traces.Search;

/// <summary>How stored rows become entities of a trace: whoever took in the documents knows their format.</summary>
internal interface IEntityDocuments
{
    /// <summary>The columns that <see cref="ReadSpan"/> needs.</summary>
    IReadOnlyList<string> SpanColumns { get; }

    /// <summary>A document as it was sent, with what is nested in it. Null when it can't be read.</summary>
    TraceEntity? ReadDocument(string document);

    /// <summary>A row of a span that came without a document. Null when it can't be read.</summary>
    TraceEntity? ReadSpan(ResultRow span);
}
