using System.Text;
using Weir.Core.Columns;

namespace Weir.Protocols.Honeycomb.In;

/// <summary>
/// Fields that only count when an event is a span, as Honeycomb's beelines and Refinery name them: its kind, whether it failed, and the
/// request it served under OpenTelemetry's names, by which the story and the map know requests.
/// </summary>
internal struct SpanFields
{
    private const int LongestMessage = 1 << 16;

    private SpanKind _kind;
    private SpanKind _kindOfType;
    private bool _isEntry;
    private bool _hasRequest;
    private bool _isError;
    private bool _isOk;
    private string? _error;
    private string? _detail;
    private string? _scopeName;
    private string? _scopeVersion;
    private string? _traceState;

    /// <summary>It is an event or a link of another span according to <c>meta.annotation_type</c>.</summary>
    public bool IsAnnotation { get; private set; }

    public void TakeText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case var _ when key.SequenceEqual("meta.annotation_type"u8):
                IsAnnotation = value.SequenceEqual("span_event"u8) || value.SequenceEqual("link"u8);
                break;
            case var _ when key.SequenceEqual("meta.span_type"u8):
                _isEntry = value.SequenceEqual("root"u8) || value.SequenceEqual("subroot"u8);
                break;
            case var _ when key.SequenceEqual("span.kind"u8) || key.SequenceEqual("span_kind"u8) || key.SequenceEqual("kind"u8):
                _kind = KindOf(value);
                break;
            case var _ when key.SequenceEqual("meta.type"u8) || key.SequenceEqual("type"u8):
                if (_kindOfType == SpanKind.Unspecified)
                    _kindOfType = KindOfType(value);
                break;
            case var _ when key.SequenceEqual("error"u8):
                _isError |= !value.IsEmpty && !Ascii.EqualsIgnoreCase(value, "false"u8) && !Ascii.EqualsIgnoreCase(value, "null"u8) && !value.SequenceEqual("0"u8);
                if (_isError && !Ascii.EqualsIgnoreCase(value, "true"u8))
                    _error = Text(value);
                break;
            case var _ when key.SequenceEqual("error_detail"u8) || key.SequenceEqual("status_message"u8):
                _detail = Text(value);
                break;
            case var _ when key.SequenceEqual("library.name"u8):
                _scopeName = Text(value);
                break;
            case var _ when key.SequenceEqual("library.version"u8):
                _scopeVersion = Text(value);
                break;
            case var _ when key.SequenceEqual("trace.trace_state"u8):
                _traceState = Text(value);
                break;
            case var _ when key.SequenceEqual("request.method"u8) || key.SequenceEqual("http.request.method"u8) || key.SequenceEqual("http.method"u8):
                _hasRequest = true;
                break;
        }
    }

    public void TakeNumber(ReadOnlySpan<byte> key, double value)
    {
        // OpenTelemetry's codes, as Refinery passes them on.
        if (key.SequenceEqual("status_code"u8))
            (_isError, _isOk) = (_isError || value == 2, value == 1);
        else if (key.SequenceEqual("error"u8))
            _isError |= value != 0;
    }

    public void TakeFlag(ReadOnlySpan<byte> key, bool value)
    {
        if (key.SequenceEqual("error"u8))
            _isError |= value;
    }

    /// <summary>Appends kind, status and scope to the row that is being written.</summary>
    public readonly void Append(SpanBlock spans, bool isRoot)
    {
        spans.Kind.Append(Kind(isRoot));
        spans.Status.Append(_isError ? SpanStatus.Error : _isOk ? SpanStatus.Ok : SpanStatus.Unset);
        spans.StatusMessage.Append(Encoding.UTF8.GetBytes(_isError ? _detail ?? _error ?? "" : ""));
        spans.TraceState.Append(Encoding.UTF8.GetBytes(_traceState ?? ""));
        spans.ScopeName.Append(_scopeName ?? "");
        spans.ScopeVersion.Append(_scopeVersion ?? "");
    }

    /// <summary>OpenTelemetry's name of a beeline's field; empty for every other.</summary>
    public static ReadOnlySpan<byte> AliasOf(ReadOnlySpan<byte> key)
    {
        if (key.StartsWith("request."u8))
        {
            var name = key["request."u8.Length..];
            return name switch
            {
                _ when name.SequenceEqual("method"u8) => "http.request.method"u8,
                _ when name.SequenceEqual("path"u8) => "url.path"u8,
                _ when name.SequenceEqual("query"u8) => "url.query"u8,
                _ when name.SequenceEqual("scheme"u8) => "url.scheme"u8,
                _ when name.SequenceEqual("url"u8) => "http.url"u8,
                _ when name.SequenceEqual("host"u8) => "server.address"u8,
                _ when name.SequenceEqual("route"u8) => "http.route"u8,
                _ when name.SequenceEqual("remote_addr"u8) => "client.address"u8,
                _ when name.SequenceEqual("user_agent"u8) || name.SequenceEqual("header.user_agent"u8) => "user_agent.original"u8,
                _ => default,
            };
        }
        return key.SequenceEqual("response.status_code"u8) ? "http.response.status_code"u8
            : key.SequenceEqual("db.query"u8) ? "db.statement"u8
            : default;
    }

    private readonly SpanKind Kind(bool isRoot)
    {
        if (_kind != SpanKind.Unspecified)
            return _kind;
        if (_kindOfType != SpanKind.Unspecified)
            return _kindOfType;
        return _isEntry || (isRoot && _hasRequest) ? SpanKind.Server : SpanKind.Internal;
    }

    private static SpanKind KindOf(ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(word, "server"u8) ? SpanKind.Server
        : Ascii.EqualsIgnoreCase(word, "client"u8) ? SpanKind.Client
        : Ascii.EqualsIgnoreCase(word, "producer"u8) ? SpanKind.Producer
        : Ascii.EqualsIgnoreCase(word, "consumer"u8) ? SpanKind.Consumer
        : Ascii.EqualsIgnoreCase(word, "internal"u8) ? SpanKind.Internal
        : SpanKind.Unspecified;

    /// <summary>http_server, grpc_server, http_client, db, and OpenTelemetry's own values.</summary>
    private static SpanKind KindOfType(ReadOnlySpan<byte> type) =>
        type.EndsWith("_server"u8) ? SpanKind.Server
        : type.EndsWith("_client"u8) || type.SequenceEqual("db"u8) || type.SequenceEqual("sql"u8) ? SpanKind.Client
        : KindOf(type);

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestMessage)]);
}
