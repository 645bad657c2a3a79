using System.Globalization;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The fields of a request: those of its address, and those of a multipart/form-data body. Values are bytes. The limits are those of a server:
/// http_max_field_value_size and http_max_fields.
/// </summary>
internal sealed class RequestFields
{
    private const int MostValueBytes = 128 << 10;
    private const int MostFields = 100_000;

    /// <summary>Fields that control how the request is handled; all others except param_… are settings.</summary>
    private static readonly HashSet<string> NoSettings = new(StringComparer.Ordinal)
    {
        "query", "query_id", "database", "default_format", "user", "password", "quota_key", "session_id", "session_timeout", "session_check",
        "compress", "decompress", "buffer_size", "wait_end_of_query", "stacktrace", "role", "enable_http_compression", "http_zlib_compression_level",
        "send_progress_in_http_headers", "http_headers_progress_interval_ms", "cancel_http_readonly_queries_on_client_close", "replace_running_query",
        "async_insert", "wait_for_async_insert", "client_protocol_version", "close_session", "http_write_exception_in_output_format",
    };

    private readonly Dictionary<string, byte[]> _fields = new(StringComparer.Ordinal);

    public RequestFields(string target)
    {
        var at = target.IndexOf('?', StringComparison.Ordinal);
        Path = at < 0 ? target : target[..at];
        if (at < 0)
            return;
        foreach (var pair in target[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            Add(Encoding.UTF8.GetString(Decode(equals < 0 ? pair : pair[..equals])), equals < 0 ? [] : Decode(pair[(equals + 1)..]));
        }
    }

    public string Path { get; }

    public string? this[string name] => _fields.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    public IReadOnlyList<EngineParameter> Parameters =>
        [.. _fields.Where(static f => IsParameter(f.Key)).Select(static f => EngineParameter.FromEncoded(f.Key[6..], f.Value))];

    /// <summary>Fields that are neither parameters nor handled here are passed to the engine as settings, and the engine validates them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings =>
        [.. _fields.Where(static f => !IsParameter(f.Key) && !NoSettings.Contains(f.Key))
            .Select(static f => KeyValuePair.Create(f.Key, Encoding.UTF8.GetString(f.Value)))];

    /// <summary>Adds the fields of a multipart/form-data body.</summary>
    public void AddForm(string contentType, ReadOnlySpan<byte> body)
    {
        var at = contentType.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new HttpFault(400, "multipart/form-data has no boundary");
        var boundary = Encoding.Latin1.GetBytes("\r\n--" + contentType[(at + 9)..].Split(';')[0].Trim().Trim('"'));
        if (!body.StartsWith(boundary.AsSpan(2)))
            throw new HttpFault(400, "the form does not begin with its boundary");
        body = body[(boundary.Length - 2)..];
        while (!body.StartsWith("--"u8))
        {
            var head = body.IndexOf("\r\n\r\n"u8);
            var end = body.IndexOf(boundary);
            if (head < 0 || end < head)
                throw new HttpFault(400, "a part of the form is incomplete");
            var name = NameOf(Encoding.UTF8.GetString(body[..head]));
            Add(name, body[(head + 4)..end].ToArray());
            body = body[(end + boundary.Length)..];
        }
    }

    private static bool IsParameter(string name) => name.StartsWith("param_", StringComparison.Ordinal);

    private static string NameOf(string head)
    {
        // In quotes, or bare when it is a token (RFC 7578 and RFC 2183).
        const string marker = " name=";
        var at = head.IndexOf(marker, StringComparison.OrdinalIgnoreCase) + marker.Length;
        if (at < marker.Length || at == head.Length)
            throw new HttpFault(400, "a part of the form has no name");
        var isQuoted = head[at] == '"';
        at += isQuoted ? 1 : 0;
        var length = isQuoted ? head.AsSpan(at).IndexOf('"') : head.AsSpan(at).IndexOfAny(";\r\n \t");
        if (isQuoted && length < 0)
            throw new HttpFault(400, "the name of a part of the form has no end");
        if (head.Contains("filename=", StringComparison.OrdinalIgnoreCase))
            throw new EngineException(EngineFault.Other, "the embedded engine does not support external tables", 48);
        return length < 0 ? head[at..] : head.Substring(at, length);
    }

    private void Add(string name, byte[] value)
    {
        if (value.Length > MostValueBytes)
            throw new HttpFault(400, $"the value of the field {name} has more than {MostValueBytes} bytes");
        if (_fields.Count >= MostFields)
            throw new HttpFault(400, $"the request has more than {MostFields} fields");
        _fields[name] = value;
    }

    private static byte[] Decode(string value)
    {
        if (!value.AsSpan().ContainsAny('%', '+'))
            return Encoding.Latin1.GetBytes(value);
        var bytes = new byte[value.Length];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length
                && byte.TryParse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length]))
            {
                i += 2;
                length++;
            }
            else
            {
                bytes[length++] = value[i] == '+' ? (byte)' ' : (byte)value[i];
            }
        }

        return bytes[..length];
    }
}
