using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.In;

/// <summary>Second pass, part one: an entity's fields as attributes in OpenTelemetry's names.</summary>
internal sealed class EntityAttributes
{
    // What a document may add to the attribute column; the rest stays readable in the document.
    private const int MaxMetadataKeys = 100;
    private const int MaxKeyBytes = 512;
    private const int MaxFlattenDepth = 4;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonTokens.MaxDepth };
    private readonly ByteBuffer _key = new();
    private readonly ByteBuffer _resource = new();

    public void Append(
        ReadOnlySpan<byte> document, in Entity entity, in HttpPart http, EntityFlags flags, SpanBlock spans, Span<byte> scratch)
    {
        var attributes = spans.Attributes;
        AppendHttp(http, attributes, scratch);
        if (flags.Error)
            attributes.Add("aws.xray.error"u8, true);
        if (flags.Fault)
            attributes.Add("aws.xray.fault"u8, true);
        if (flags.Throttle)
            attributes.Add("aws.xray.throttle"u8, true);
        if (entity.Inferred)
            attributes.Add("aws.xray.inferred"u8, true);
        AddText(document, entity.Namespace, "aws.xray.namespace"u8, attributes, scratch);
        AddText(document, entity.Origin, "aws.xray.origin"u8, attributes, scratch);
        AddText(document, entity.ResourceArn, "aws.xray.resource_arn"u8, attributes, scratch);
        AddText(document, entity.User, "enduser.id"u8, attributes, scratch);
        Flatten(document, entity.Aws, "aws"u8, attributes, scratch, int.MaxValue);
        Flatten(document, entity.Sql, "sql"u8, attributes, scratch, int.MaxValue);
        Flatten(document, entity.Service, "service"u8, attributes, scratch, int.MaxValue);
        Flatten(document, entity.Annotations, "annotation"u8, attributes, scratch, int.MaxValue);
        AppendMetadata(document, entity.Metadata, attributes, scratch);
        AppendLinks(document, entity.Links, spans, scratch);
    }

    private static void AppendHttp(in HttpPart http, JsonColumn attributes, Span<byte> scratch)
    {
        if (!http.Method.IsEmpty)
            attributes.Add("http.request.method"u8, JsonTokens.Unquote(http.Method, scratch));
        if (!http.Url.IsEmpty)
        {
            var url = JsonTokens.Unquote(http.Url, scratch);
            attributes.Add("url.full"u8, url);
            if (PathOf(url) is { IsEmpty: false } path)
                attributes.Add("url.path"u8, path);
        }
        if (!http.UserAgent.IsEmpty)
            attributes.Add("user_agent.original"u8, JsonTokens.Unquote(http.UserAgent, scratch));
        if (!http.ClientIp.IsEmpty)
            attributes.Add("client.address"u8, JsonTokens.Unquote(http.ClientIp, scratch));
        if (http.ForwardedFor)
            attributes.Add("aws.xray.x_forwarded_for"u8, true);
        if (http.Status != 0)
            attributes.Add("http.response.status_code"u8, http.Status);
        if (http.ContentLength >= 0)
            attributes.Add("http.response.body.size"u8, http.ContentLength);
    }

    /// <summary><c>http://host:80/a/b?c#d</c> gives <c>/a/b</c>; a URL without a path gives <c>/</c>.</summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> url)
    {
        var scheme = url.IndexOf("://"u8);
        if (scheme >= 0)
        {
            url = url[(scheme + 3)..];
            var slash = url.IndexOfAny("/?#"u8);
            if (slash < 0 || url[slash] != '/')
                return "/"u8;
            url = url[slash..];
        }
        else if (url.IsEmpty || url[0] != '/')
        {
            return default;
        }
        var end = url.IndexOfAny((byte)'?', (byte)'#');
        return end < 0 ? url : url[..end];
    }

    private static void AddText(ReadOnlySpan<byte> document, JsonSlice slice, ReadOnlySpan<byte> key, JsonColumn attributes, Span<byte> scratch)
    {
        if (slice.IsString(document))
            attributes.Add(key, JsonTokens.Unquote(slice.Of(document), scratch));
    }

    /// <summary>Adds an object's values as <c>prefix.key</c>, inner objects as <c>prefix.key.inner</c>, arrays as JSON text.</summary>
    private int Flatten(
        ReadOnlySpan<byte> document, JsonSlice slice, ReadOnlySpan<byte> prefix, JsonColumn attributes, Span<byte> scratch, int most)
    {
        if (!slice.IsObject(document))
            return 0;
        var json = slice.Of(document);
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        _key.Clear();
        _key.Append(prefix);
        Span<int> lengths = stackalloc int[MaxFlattenDepth + 1];
        var depth = 0;
        lengths[0] = _key.Length;
        var added = 0;
        while (added < most && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                if (depth-- == 0)
                    break;
                continue;
            }
            // The reader is at a property name or an end here: values are read below.
            _key.Truncate(lengths[depth]);
            var nameToken = json[(int)reader.TokenStartIndex..];
            nameToken = nameToken[..(reader.ValueSpan.Length + 2)];
            _key.AppendByte((byte)'.');
            _key.Append(JsonTokens.Unquote(nameToken, scratch));
            var usable = _key.Length <= MaxKeyBytes && reader.ValueSpan.Length > 0;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && depth < MaxFlattenDepth && usable)
            {
                lengths[++depth] = _key.Length;
                continue;
            }
            var value = JsonTokens.TakeValue(ref reader).Of(json);
            if (usable && AddValue(Semantic(_key.Written), value, attributes, scratch))
                added++;
        }
        return added;
    }

    /// <summary>The OpenTelemetry name of a flattened X-Ray field.</summary>
    private static ReadOnlySpan<byte> Semantic(ReadOnlySpan<byte> key) => key switch
    {
        _ when key.StartsWith("annotation."u8) => key,
        _ when key.SequenceEqual("aws.operation"u8) => "rpc.method"u8,
        _ when key.SequenceEqual("aws.region"u8) => "cloud.region"u8,
        _ when key.SequenceEqual("aws.account_id"u8) => "cloud.account.id"u8,
        _ when key.SequenceEqual("aws.xray.rule_name"u8) => "aws.xray.sampling_rule_name"u8,
        _ when key.SequenceEqual("sql.database_type"u8) => "db.system"u8,
        _ when key.SequenceEqual("sql.sanitized_query"u8) => "db.statement"u8,
        _ when key.SequenceEqual("sql.user"u8) => "db.user"u8,
        _ when key.SequenceEqual("sql.url"u8) => "db.url"u8,
        _ when key.SequenceEqual("sql.connection_string"u8) => "db.connection_string"u8,
        _ when key.SequenceEqual("sql.database_version"u8) => "db.version"u8,
        _ when key.SequenceEqual("sql.driver_version"u8) => "db.driver_version"u8,
        _ when key.SequenceEqual("sql.preparation"u8) => "db.preparation"u8,
        _ when key.SequenceEqual("service.runtime"u8) => "process.runtime.name"u8,
        _ when key.SequenceEqual("service.runtime_version"u8) => "process.runtime.version"u8,
        // The segment's own name is the service's name; what the SDK guesses from a package file is not.
        _ when key.SequenceEqual("service.name"u8) => "aws.xray.package.name"u8,
        _ => key,
    };

    /// <summary>Adds a JSON value with its type kept; objects and arrays as JSON text; null is nothing.</summary>
    private static bool AddValue(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, JsonColumn attributes, Span<byte> scratch)
    {
        switch (value[0])
        {
            case (byte)'"':
                attributes.Add(key, JsonTokens.Unquote(value, scratch));
                return true;
            case (byte)'t':
                attributes.Add(key, true);
                return true;
            case (byte)'f':
                attributes.Add(key, false);
                return true;
            case (byte)'n':
                return false;
            case (byte)'{' or (byte)'[':
                attributes.Add(key, value);
                return true;
            default:
                if (System.Buffers.Text.Utf8Parser.TryParse(value, out long whole, out var used) && used == value.Length)
                    attributes.Add(key, whole);
                else if (System.Buffers.Text.Utf8Parser.TryParse(value, out double number, out used) && used == value.Length && double.IsFinite(number))
                    attributes.Add(key, number);
                else
                    attributes.Add(key, value);
                return true;
        }
    }

    /// <summary><c>{"namespace":{"key":any}}</c> as <c>metadata.namespace.key</c>.</summary>
    private void AppendMetadata(ReadOnlySpan<byte> document, JsonSlice slice, JsonColumn attributes, Span<byte> scratch)
    {
        if (!slice.IsObject(document))
            return;
        var json = slice.Of(document);
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        var left = MaxMetadataKeys;
        Span<int> lengths = stackalloc int[2];
        var depth = 0;
        _key.Clear();
        _key.Append("metadata"u8);
        lengths[0] = _key.Length;
        while (left > 0 && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                if (depth-- == 0)
                    break;
                continue;
            }
            _key.Truncate(lengths[depth]);
            var nameToken = json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
            _key.AppendByte((byte)'.');
            _key.Append(JsonTokens.Unquote(nameToken, scratch));
            var usable = _key.Length <= MaxKeyBytes && reader.ValueSpan.Length > 0;
            reader.Read();
            if (depth == 0 && usable && reader.TokenType == JsonTokenType.StartObject)
            {
                depth = 1;
                lengths[1] = _key.Length;
                continue;
            }
            var value = JsonTokens.TakeValue(ref reader).Of(json);
            if (usable && AddValue(_key.Written, value, attributes, scratch))
                left--;
        }
    }

    /// <summary><c>[{"trace_id","id","attributes"}]</c> in the form of the links column.</summary>
    private void AppendLinks(ReadOnlySpan<byte> document, JsonSlice slice, SpanBlock spans, Span<byte> scratch)
    {
        if (slice.Length < 3 || document[slice.Start] != '[')
            return;
        var json = slice.Of(document);
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        _resource.Clear();
        _resource.AppendByte((byte)'[');
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            AppendLink(ref reader, json, scratch);
        }
        _resource.AppendByte((byte)']');
        if (_resource.Length > 2)
            spans.Links.Append(_resource.Written);
    }

    private void AppendLink(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Span<byte> scratch)
    {
        TraceId traceId = default;
        SpanId spanId = default;
        ReadOnlySpan<byte> attributes = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            var value = JsonTokens.TakeValue(ref reader).Of(json);
            if (name.SequenceEqual("trace_id"u8) && value[0] == '"')
                _ = TraceId.TryParse(JsonTokens.Unquote(value, scratch), out traceId);
            else if (name.SequenceEqual("id"u8) && value[0] == '"')
                _ = SpanId.TryParse(JsonTokens.Unquote(value, scratch), out spanId);
            else if (name.SequenceEqual("attributes"u8) && value[0] == '{')
                attributes = value;
        }
        if (traceId.IsEmpty)
            return;
        if (_resource.Length > 1)
            _resource.AppendByte((byte)',');
        _resource.Append(System.Text.Encoding.UTF8.GetBytes(
            $"{{\"traceId\":\"{traceId.ToHex()}\",\"spanId\":\"{(spanId.IsEmpty ? "" : spanId.ToHex())}\",\"attributes\":"));
        _resource.Append(attributes.IsEmpty ? "{}"u8 : attributes);
        _resource.AppendByte((byte)'}');
    }
}
