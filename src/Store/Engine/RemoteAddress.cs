using System.Globalization;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>Builds the address of a request. Parameter values may be any bytes, so they are encoded byte by byte, not as text.</summary>
internal sealed class RemoteAddress
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly StringBuilder _text;
    private char _separator = '?';

    internal RemoteAddress(Uri endpoint) => _text = new StringBuilder(endpoint.GetLeftPart(UriPartial.Path));

    internal RemoteAddress Add(string name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    internal RemoteAddress Add(string name, ReadOnlySpan<byte> value)
    {
        _text.Append(_separator).Append(name).Append('=');
        _separator = '&';
        foreach (var b in value)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.')
                _text.Append((char)b);
            else
                _text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return this;
    }

    internal Uri ToUri() => new(_text.ToString(), AsWritten);
}
