using System.Text.Json;
using Weir.Core.Model;

namespace Weir.Protocols.Wire;

/// <summary>An AWS error: <c>{"__type":"ResourceNotFoundException","message":"…"}</c>.</summary>
/// <param name="Type">The bare short name: some clients compare it as a whole.</param>
/// <param name="Extra">Writes further members of the error's shape.</param>
internal sealed record AwsFault(
    string Type, string Message, int Status = 400, TimeSpan? RetryAfter = null, Action<Utf8JsonWriter>? Extra = null)
{
    public static AwsFault Serialization(string message) => new("SerializationException", message);

    public static AwsFault Throttling(TimeSpan? retryAfter) =>
        new("ThrottlingException", "Rate exceeded", RetryAfter: retryAfter ?? TimeSpan.FromSeconds(1));

    public static AwsFault UnknownOperation(string message) => new("UnknownOperationException", message);

    /// <summary>Faults every AWS service words alike; a room puts its own words before this table.</summary>
    public static AwsFault From(Fault fault) => fault.Kind switch
    {
        FaultKind.Malformed => Serialization(fault.Message),
        FaultKind.Invalid or FaultKind.Expired => new("ValidationException", fault.Message),
        FaultKind.TooLarge => new("RequestEntityTooLarge", fault.Message, 413),
        FaultKind.Unsupported => new("UnsupportedMediaTypeException", fault.Message, 415),
        FaultKind.Unauthorized => new("UnrecognizedClientException", fault.Message, 403),
        FaultKind.Forbidden => new("AccessDeniedException", fault.Message, 403),
        FaultKind.NotFound => new("ResourceNotFoundException", fault.Message),
        FaultKind.Conflict => new("ConflictException", fault.Message),
        FaultKind.Busy => Throttling(fault.RetryAfter),
        FaultKind.Unavailable => new("ServiceUnavailableException", fault.Message, 503, fault.RetryAfter ?? TimeSpan.FromSeconds(1)),
        FaultKind.LimitExceeded => new("LimitExceededException", fault.Message),
        FaultKind.Internal => new("InternalFailure", fault.Message, 500),
        _ => new("InternalFailure", fault.Message, 500),
    };
}

/// <summary>An operation's answer: a JSON object, nothing, or a fault.</summary>
internal sealed class AwsReply
{
    /// <summary>An operation without output.</summary>
    public static readonly AwsReply Empty = new() { Body = "{}"u8.ToArray() };

    public ReadOnlyMemory<byte> Body { get; private init; }

    public AwsFault? Fault { get; private init; }

    public static implicit operator AwsReply(AwsFault fault) => new() { Fault = fault };

    /// <summary>Writes the members of the answer's object.</summary>
    public static AwsReply Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, AwsJson.Writing))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return new() { Body = buffer.WrittenMemory };
    }
}

/// <summary>How AWS JSON is written here: compact, UTF-8 as it is.</summary>
internal static class AwsJson
{
    public static readonly JsonWriterOptions Writing = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
