using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Errors;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp.In;

/// <summary>The source of an exception: a span event or a log record, and the messages around it.</summary>
internal ref struct ExceptionSource
{
    /// <summary>The message whose attributes (of <see cref="ExceptionTag"/>) describe the exception.</summary>
    public ReadOnlySpan<byte> Exception;

    public uint ExceptionTag;

    /// <summary>The message whose attributes (of <see cref="RequestTag"/>) describe the request: the span, or the log record.</summary>
    public ReadOnlySpan<byte> Request;

    public uint RequestTag;
    public ReadOnlySpan<byte> Resource;
    public ReadOnlySpan<byte> ResourceText;
    public ReadOnlySpan<byte> Service;
    public ReadOnlySpan<byte> Environment;
    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> SpanId;
    public long Time;
    public long ReceivedAt;
    public string Level;
}

/// <summary>
/// Exceptions as rows of <see cref="OccurrenceBlock"/>, grouped like those of every other protocol. They are rare and read by people,
/// so this is written plainly and allocates. Holds scratch memory; not thread-safe.
/// </summary>
internal sealed class ExceptionRows
{
    private const int LongestText = 256 << 10;
    private readonly AttributeReader _attributes = new();

    /// <summary>Appends one occurrence; false when the bytes are not messages.</summary>
    public bool Append(OccurrenceBlock block, ExceptionSource source)
    {
        var facts = new Facts();
        // The nearest message wins. Reading can't fail: the messages were read before.
        facts.Read(source.Exception, source.ExceptionTag);
        facts.Read(source.Request, source.RequestTag);
        facts.Read(source.Resource, Fields.Resource.Attributes);

        var type = facts["exception.type"];
        var message = facts["exception.message"];
        var chain = Chain(type, message, facts["exception.stacktrace"], facts["telemetry.sdk.language"]);
        type = chain[0].Class;
        var environment = Encoding.UTF8.GetString(source.Environment);
        var service = Encoding.UTF8.GetString(source.Service);
        var fingerprint = Fingerprints.Of(chain);
        var method = facts.First("http.request.method", "http.method").ToUpperInvariant();

        block.Time.Append(source.Time);
        block.ReceivedAt.Append(source.ReceivedAt);
        block.OccurrenceId.Append(OccurrenceId(source, type, message));
        block.ItemId.Append(ItemIdentity.Of(environment, service, fingerprint));
        block.Fingerprint.Append(fingerprint);
        block.Environment.Append(source.Environment);
        block.Protocol.Append("otlp"u8);
        block.Service.Append(source.Service);
        block.Level.Append(source.Level);
        block.Title.Append(message.Length == 0 ? type : type.Length == 0 ? FirstLine(message) : $"{type}: {FirstLine(message)}");
        block.ExceptionClass.Append(type);
        block.Message.Append(message);
        StackExceptionsJson.Append(chain, block.Exceptions);
        block.TraceId.Append(source.TraceId);
        block.SpanId.Append(source.SpanId);
        block.TraceIdFrom.Append(source.TraceId.IsEmpty ? TraceIdFrom.None : TraceIdFrom.Field);
        block.Method.Append(method);
        block.Url.Append(Url(facts));
        block.UserIp.Append(facts.First("client.address", "http.client_ip", "net.sock.peer.addr"));
        block.Host.Append(facts.First("host.name", "service.instance.id"));
        block.Language.Append(facts["telemetry.sdk.language"]);
        block.CodeVersion.Append(facts["service.version"]);
        block.Notifier.Append($"{facts["telemetry.sdk.name"]} {facts["telemetry.sdk.version"]}".Trim());
        block.PersonId.Append(facts.First("enduser.id", "user.id"));
        block.Resource.Append(source.ResourceText);
        if (!AddAttributes(block.Attributes, source))
            return false;
        block.EndRow();
        return true;
    }

    /// <summary>
    /// The stack's exceptions; its first takes class and message from the attributes, which are exact, but for a class without its
    /// namespace, as .NET's log exporter writes it.
    /// </summary>
    private static List<StackException> Chain(string type, string message, string stack, string language)
    {
        List<StackException> chain = stack.Length == 0 ? [new StackException(type, message, [])] : [.. StackTraces.Parse(stack, language)];
        if (type.Length > 0 && !chain[0].Class.EndsWith($".{type}", StringComparison.Ordinal))
            chain[0] = chain[0] with { Class = type };
        if (message.Length > 0)
            chain[0] = chain[0] with { Message = message };
        return chain;
    }

    /// <summary>The same for the same exception, so that a request sent twice has one id.</summary>
    private static string OccurrenceId(scoped in ExceptionSource source, string type, string message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, source.Time);
        hash.AppendData(source.TraceId);
        hash.AppendData(source.SpanId);
        hash.AppendData(time);
        hash.AppendData(Encoding.UTF8.GetBytes($"{type}\n{message}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static string FirstLine(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }

    private static string Url(Facts facts)
    {
        var whole = facts.First("url.full", "http.url");
        if (whole.Length > 0)
            return whole;
        var path = facts.First("url.path", "http.target");
        var query = facts["url.query"];
        if (path.Length > 0 && query.Length > 0)
            path = $"{path}?{query}";
        var host = facts.First("server.address", "http.host");
        if (host.Length == 0 || path.Length == 0)
            return path;
        var port = facts["server.port"];
        var scheme = facts.First("url.scheme", "http.scheme");
        return $"{(scheme.Length == 0 ? "http" : scheme)}://{host}{(port.Length == 0 || host.Contains(':', StringComparison.Ordinal) ? "" : $":{port}")}{path}";
    }

    /// <summary>All other attributes of the event or record, except those that have columns.</summary>
    private bool AddAttributes(JsonColumn column, scoped in ExceptionSource source)
    {
        var target = new ColumnTarget(column);
        var reader = new ProtobufReader(source.Exception);
        while (reader.Next())
        {
            if (reader.Tag != source.ExceptionTag)
            {
                reader.Skip();
                continue;
            }
            if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var value))
                return false;
            if (!key.SequenceEqual("exception.type"u8) && !key.SequenceEqual("exception.message"u8)
                && !key.SequenceEqual("exception.stacktrace"u8) && !_attributes.Add(key, value, ref target))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The attributes an occurrence is made of, by key.</summary>
    private sealed class Facts
    {
        private static readonly HashSet<string> Wanted = new(StringComparer.Ordinal)
        {
            "exception.type", "exception.message", "exception.stacktrace", "telemetry.sdk.language", "telemetry.sdk.name",
            "telemetry.sdk.version", "http.request.method", "http.method", "url.full", "http.url", "url.path", "http.target", "url.query",
            "server.address", "http.host", "server.port", "url.scheme", "http.scheme", "client.address", "http.client_ip",
            "net.sock.peer.addr", "host.name", "service.instance.id", "service.version", "enduser.id", "user.id",
        };

        private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

        public string this[string key] => _values.GetValueOrDefault(key, "");

        public string First(params ReadOnlySpan<string> keys)
        {
            foreach (var key in keys)
            {
                if (_values.TryGetValue(key, out var value) && value.Length > 0)
                    return value;
            }
            return "";
        }

        public void Read(ReadOnlySpan<byte> message, uint tag)
        {
            var names = Wanted.GetAlternateLookup<ReadOnlySpan<char>>();
            Span<char> buffer = stackalloc char[32];
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                if (reader.Tag != tag)
                {
                    reader.Skip();
                    continue;
                }
                if (!AttributeReader.TryOpen(reader.Bytes(), out var key, out var bytes) || !AnyValue.TryRead(bytes, out var value)
                    || key.Length > buffer.Length || !Encoding.UTF8.TryGetChars(key, buffer, out var length)
                    || !names.TryGetValue(buffer[..length], out var name))
                {
                    continue;
                }
                var text = value.Kind switch
                {
                    AnyValueKind.String => Encoding.UTF8.GetString(value.Bytes[..Math.Min(value.Bytes.Length, LongestText)]),
                    AnyValueKind.Int => value.Int.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    _ => "",
                };
                _values.TryAdd(name, text);
            }
        }
    }
}
