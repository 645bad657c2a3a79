using System.Text.Json;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>The <c>http</c> object of an entity. Strings are tokens with their quotes.</summary>
internal ref struct HttpPart
{
    public ReadOnlySpan<byte> Method;
    public ReadOnlySpan<byte> Url;
    public ReadOnlySpan<byte> UserAgent;
    public ReadOnlySpan<byte> ClientIp;
    public bool ForwardedFor;
    public long Status;
    public long ContentLength;

    /// <summary><c>{"request":{"method","url","user_agent","client_ip","x_forwarded_for"},"response":{"status","content_length"}}</c></summary>
    public static HttpPart Read(ReadOnlySpan<byte> document, JsonSlice slice)
    {
        var part = new HttpPart { ContentLength = -1 };
        if (!slice.IsObject(document))
            return part;
        var reader = new Utf8JsonReader(slice.Of(document), new JsonReaderOptions { MaxDepth = JsonTokens.MaxDepth });
        reader.Read();
        var depth = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndObject:
                    if (depth-- == 0)
                        return part;
                    break;
                case JsonTokenType.PropertyName:
                    var name = reader.ValueSpan;
                    reader.Read();
                    if (depth == 0 && reader.TokenType == JsonTokenType.StartObject
                        && (name.SequenceEqual("request"u8) || name.SequenceEqual("response"u8)))
                        depth++;
                    else
                        part.Set(name, ref reader, slice.Of(document));
                    break;
            }
        }
        return part;
    }

    private void Set(ReadOnlySpan<byte> name, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                var token = json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
                if (name.SequenceEqual("method"u8))
                    Method = token;
                else if (name.SequenceEqual("url"u8))
                    Url = token;
                else if (name.SequenceEqual("user_agent"u8))
                    UserAgent = token;
                else if (name.SequenceEqual("client_ip"u8))
                    ClientIp = token;
                else if (name.SequenceEqual("content_length"u8) && System.Buffers.Text.Utf8Parser.TryParse(token[1..^1], out long length, out _))
                    ContentLength = length;
                else if (name.SequenceEqual("status"u8) && System.Buffers.Text.Utf8Parser.TryParse(token[1..^1], out long status, out _))
                    Status = status;
                break;
            case JsonTokenType.Number:
                if (name.SequenceEqual("status"u8) && reader.TryGetInt64(out var number))
                    Status = number;
                else if (name.SequenceEqual("content_length"u8) && reader.TryGetInt64(out number))
                    ContentLength = number;
                break;
            case JsonTokenType.True:
                ForwardedFor |= name.SequenceEqual("x_forwarded_for"u8);
                break;
            default:
                reader.Skip();
                break;
        }
    }
}
