using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// The bytes of a post as a JSON document. SDKs label bodies as they like (rollbar-gem sends JSON as a form, Rollbar.NET's replay as
/// text/plain), so only the bytes decide: JSON, or a form with the JSON in <c>payload</c>.
/// </summary>
internal sealed class ItemEnvelope : IDisposable
{
    private const int MaxDepth = 512;
    private readonly JsonDocument _document;

    private ItemEnvelope(JsonDocument document, byte[] text, string? formToken) => (_document, Text, FormToken) = (document, text, formToken);

    /// <summary>Valid UTF-8 JSON; as received except for repairs: unpaired surrogates, a byte order mark, NaN.</summary>
    public byte[] Text { get; }

    /// <summary>Halves of characters and bytes that are no UTF-8, replaced by U+FFFD.</summary>
    public int Repairs { get; private init; }

    public JsonElement Root => _document.RootElement;

    public string? FormToken { get; }

    public void Dispose() => _document.Dispose();

    public static ItemEnvelope? Read(ReadOnlySpan<byte> body, out Fault? fault)
    {
        string? formToken = null;
        body = body.TrimStart(" \t\r\n\uFEFF"u8);
        var form = FormPayload(body, ref formToken);
        body = form is null ? body : form.AsSpan().TrimStart(" \t\r\n\uFEFF"u8);
        if (body.IsEmpty)
        {
            fault = new Fault(FaultKind.Malformed, "the request body is empty; it must be a JSON object");
            return null;
        }
        var text = JsonRepair.Characters(body, out var repairs).ToArray();
        var document = TryParse(text, out var error);
        if (document is null && JsonRepair.NonFiniteNumbers(text, asText: false) is { } finite)
        {
            text = finite;
            document = TryParse(text, out error);
        }
        if (document is null)
        {
            fault = new Fault(FaultKind.Malformed, error);
            return null;
        }
        fault = null;
        return new ItemEnvelope(document, text, formToken) { Repairs = repairs };
    }

    private static JsonDocument? TryParse(byte[] text, out string error)
    {
        error = "";
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            error = $"the request body is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
            return null;
        }
    }

    // access_token=…&payload=%7B%22data%22…
    private static byte[]? FormPayload(ReadOnlySpan<byte> body, ref string? token)
    {
        if (!body.StartsWith("payload="u8) && !body.StartsWith("access_token="u8))
            return null;
        byte[] payload = [];
        foreach (var range in body.Split((byte)'&'))
        {
            var field = body[range];
            if (field.StartsWith("payload="u8))
                payload = UrlDecode(field["payload="u8.Length..]);
            else if (field.StartsWith("access_token="u8))
                token = Encoding.UTF8.GetString(UrlDecode(field["access_token="u8.Length..]));
        }
        return payload;
    }

    private static byte[] UrlDecode(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                result[length++] = Convert.FromHexString([(char)text[i + 1], (char)text[i + 2]])[0];
                i += 2;
            }
            else
            {
                result[length++] = text[i] == '+' ? (byte)' ' : text[i];
            }
        }
        return result[..length];
    }
}
