using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>One segment or subsegment of a document: the positions of its parts, and its numbers.</summary>
internal struct Entity
{
    /// <summary>Index of the enclosing entity; -1 for the outermost.</summary>
    public int Parent;
    public JsonSlice IdToken;
    public JsonSlice NameToken;
    public JsonSlice TraceIdToken;
    public JsonSlice ParentIdToken;
    public JsonSlice TypeToken;
    public JsonSlice StartToken;
    public JsonSlice EndToken;
    public JsonSlice Namespace;
    public JsonSlice User;
    public JsonSlice Origin;
    public JsonSlice ResourceArn;
    public JsonSlice Http;
    public JsonSlice Aws;
    public JsonSlice Sql;
    public JsonSlice Cause;
    public JsonSlice Annotations;
    public JsonSlice Metadata;
    public JsonSlice Service;
    public JsonSlice Links;
    public SpanId Id;
    public long Start;
    public long End;

    /// <summary>The start was in another unit than seconds.</summary>
    public bool CorrectedTime;
    public bool InProgress;
    public bool Error;
    public bool Fault;
    public bool Throttle;
    public bool Inferred;
}
