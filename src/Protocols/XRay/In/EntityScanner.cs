using System.Text.Json;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// First pass over a document: lists its entities, outermost first, each before its subsegments, and finds where their parts stand.
/// Keys may come in any order, so rows are written by a second pass that knows the names and ids.
/// </summary>
/// <remarks>
/// <code>
/// {"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"defdfd9912dc5a56","name":"api","start_time":1461096053.37518,
///  "end_time":1461096053.4042,"http":{…},"subsegments":[{"id":"4a8a2d3c9e1f6b70","name":"db","start_time":…,"end_time":…,"subsegments":[…]}]}
/// </code>
/// </remarks>
internal sealed class EntityScanner
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonTokens.MaxDepth };

    /// <summary>More than a document of a mebibyte has when each is one that can be taken; each takes a hundred times its two braces.</summary>
    public const int MostEntities = 20_000;

    private Entity[] _entities = new Entity[32];
    private bool _isFull;

    public int Count { get; private set; }

    public Span<Entity> Entities => _entities.AsSpan(0, Count);

    /// <summary>False when the document, which is UTF-8, is not JSON; <see cref="Count"/> is 0 when it is not an object.</summary>
    public bool TryScan(ReadOnlySpan<byte> document, out string why)
    {
        Count = 0;
        _isFull = false;
        why = "";
        try
        {
            var reader = new Utf8JsonReader(document, isFinalBlock: true, new JsonReaderState(Options));
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ScanEntities(ref reader, document);
            else
                reader.Skip();
            if (_isFull)
            {
                Count = 0;
                why = $"The document has more than {MostEntities} subsegments";
                return false;
            }
            // The reader reports anything that follows the value as an error.
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            Count = 0;
            why = e.BytePositionInLine is { } position
                ? $"The document is not JSON at line {e.LineNumber}, byte {position}"
                : "The document is not JSON";
            return false;
        }
    }

    private void ScanEntities(ref Utf8JsonReader reader, ReadOnlySpan<byte> document)
    {
        var current = Begin(-1);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    ReadProperty(ref reader, document, ref _entities[current]);
                    break;
                case JsonTokenType.StartObject when Count == MostEntities:
                    _isFull = true;
                    return;
                case JsonTokenType.StartObject:
                    current = Begin(current);
                    break;
                case JsonTokenType.EndObject:
                    current = _entities[current].Parent;
                    if (current < 0)
                        return;
                    break;
                case JsonTokenType.EndArray:
                    break;
                default:
                    // An element of the subsegments that is not an object.
                    reader.Skip();
                    break;
            }
        }
    }

    private int Begin(int parent)
    {
        if (Count == _entities.Length)
            Array.Resize(ref _entities, Count * 2);
        _entities[Count] = new Entity { Parent = parent };
        return Count++;
    }

    private static void ReadProperty(ref Utf8JsonReader reader, ReadOnlySpan<byte> document, ref Entity entity)
    {
        // Keys of the schema need no escapes; an escaped spelling of one is treated as unknown.
        var name = reader.HasValueSequence || reader.ValueIsEscaped ? default : reader.ValueSpan;
        reader.Read();
        switch (name.Length)
        {
            case 2 when name.SequenceEqual("id"u8):
                entity.IdToken = JsonTokens.TakeValue(ref reader);
                return;
            case 3 when name.SequenceEqual("aws"u8):
                entity.Aws = JsonTokens.TakeValue(ref reader);
                return;
            case 3 when name.SequenceEqual("sql"u8):
                entity.Sql = JsonTokens.TakeValue(ref reader);
                return;
            case 4 when name.SequenceEqual("name"u8):
                entity.NameToken = JsonTokens.TakeValue(ref reader);
                return;
            case 4 when name.SequenceEqual("http"u8):
                entity.Http = JsonTokens.TakeValue(ref reader);
                return;
            case 4 when name.SequenceEqual("type"u8):
                entity.TypeToken = JsonTokens.TakeValue(ref reader);
                return;
            case 4 when name.SequenceEqual("user"u8):
                entity.User = JsonTokens.TakeValue(ref reader);
                return;
            case 5 when name.SequenceEqual("error"u8):
                entity.Error = reader.TokenType == JsonTokenType.True;
                break;
            case 5 when name.SequenceEqual("fault"u8):
                entity.Fault = reader.TokenType == JsonTokenType.True;
                break;
            case 5 when name.SequenceEqual("cause"u8):
                entity.Cause = JsonTokens.TakeValue(ref reader);
                return;
            case 5 when name.SequenceEqual("links"u8):
                entity.Links = JsonTokens.TakeValue(ref reader);
                return;
            case 6 when name.SequenceEqual("origin"u8):
                entity.Origin = JsonTokens.TakeValue(ref reader);
                return;
            case 7 when name.SequenceEqual("service"u8):
                entity.Service = JsonTokens.TakeValue(ref reader);
                return;
            case 8 when name.SequenceEqual("trace_id"u8):
                entity.TraceIdToken = JsonTokens.TakeValue(ref reader);
                return;
            case 8 when name.SequenceEqual("end_time"u8):
                entity.EndToken = JsonTokens.TakeValue(ref reader);
                return;
            case 8 when name.SequenceEqual("metadata"u8):
                entity.Metadata = JsonTokens.TakeValue(ref reader);
                return;
            case 8 when name.SequenceEqual("throttle"u8):
                entity.Throttle = reader.TokenType == JsonTokenType.True;
                break;
            case 8 when name.SequenceEqual("inferred"u8):
                entity.Inferred = reader.TokenType == JsonTokenType.True;
                break;
            case 9 when name.SequenceEqual("parent_id"u8):
                entity.ParentIdToken = JsonTokens.TakeValue(ref reader);
                return;
            case 9 when name.SequenceEqual("namespace"u8):
                entity.Namespace = JsonTokens.TakeValue(ref reader);
                return;
            case 10 when name.SequenceEqual("start_time"u8):
                entity.StartToken = JsonTokens.TakeValue(ref reader);
                return;
            case 11 when name.SequenceEqual("annotations"u8):
                entity.Annotations = JsonTokens.TakeValue(ref reader);
                return;
            case 11 when name.SequenceEqual("subsegments"u8):
                // Its elements are entities of their own: go on inside the array.
                if (reader.TokenType == JsonTokenType.StartArray)
                    return;
                break;
            case 11 when name.SequenceEqual("in_progress"u8):
                entity.InProgress = reader.TokenType == JsonTokenType.True;
                break;
            case 12 when name.SequenceEqual("resource_arn"u8):
                entity.ResourceArn = JsonTokens.TakeValue(ref reader);
                return;
        }
        reader.Skip();
    }
}
