using Weir.Core.Columns;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>The attributes of a row from its instrumentation scope, besides name and version.</summary>
internal static class ScopeAttributes
{
    /// <summary>Adds them after the record's own, which win; false when the bytes are not messages.</summary>
    /// <param name="hasSampleRate">The sample rate has a column, so that it is no attribute.</param>
    public static bool Add(AttributeReader attributes, JsonColumn column, scoped in Origin origin, bool hasSampleRate)
    {
        var target = new ColumnTarget(column);
        var reader = new ProtobufReader(origin.Scope);
        while (reader.Next())
        {
            if (reader.Tag != Fields.Scope.Attributes)
            {
                reader.Skip();
                continue;
            }
            if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var value))
                return false;
            if (hasSampleRate && SampleRate.IsKey(key))
                continue;
            if (!attributes.Add(key, value, ref target))
                return false;
        }
        if (!origin.ScopeSchemaUrl.IsEmpty)
            target.Add("scope.schema_url"u8, origin.ScopeSchemaUrl);
        return !reader.Failed;
    }
}
