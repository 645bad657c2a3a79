using System.Text.Json;

namespace Weir.Protocols.XRay.In;

/// <summary>
/// The line before the document of a datagram: <c>{"format":"json","version":1}</c>, with any white space and letter case of "json".
/// </summary>
internal static class DaemonHeader
{
    public const string MissingHeader = "missing-header";
    public const string MissingSegment = "missing-segment";
    public const string BadHeader = "bad-header";

    /// <summary>The document after the header, or the reason why there is none.</summary>
    public static bool TryStrip(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> document, out string reason)
    {
        document = default;
        reason = "";
        var newline = datagram.IndexOf((byte)'\n');
        if (newline < 0)
        {
            reason = MissingHeader;
            return false;
        }
        if (!IsValid(datagram[..newline]))
        {
            reason = BadHeader;
            return false;
        }
        document = datagram[(newline + 1)..];
        if (document.Trim(" \t\r\n"u8).IsEmpty)
        {
            reason = MissingSegment;
            return false;
        }
        return true;
    }

    private static bool IsValid(ReadOnlySpan<byte> header)
    {
        // The exact header that the SDKs send, so that their datagrams need no parsing.
        if (header.SequenceEqual("{\"format\":\"json\",\"version\":1}"u8) || header.SequenceEqual("{\"format\": \"json\", \"version\": 1}"u8))
            return true;
        try
        {
            var reader = new Utf8JsonReader(header);
            var format = false;
            var version = false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                reader.Read();
                if (name.SequenceEqual("format"u8))
                    format = reader.TokenType == JsonTokenType.String && System.Text.Ascii.EqualsIgnoreCase(reader.ValueSpan, "json"u8);
                else if (name.SequenceEqual("version"u8))
                    version = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number == 1;
                reader.Skip();
            }
            return format && version && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
