using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>An AWS error; <see cref="AwsProtocol"/> writes it in the protocol of the call.</summary>
/// <param name="Type">The bare short name: some clients compare it as a whole.</param>
internal sealed record AwsFault(string Type, string Message, int Status = 400, TimeSpan? RetryAfter = null)
{
    /// <summary>A further member of the error's shape.</summary>
    public (string Name, string Value)? Member { get; init; }

    /// <summary>Where in a filter expression the error is, 0-based; for the web UI.</summary>
    public int? Position { get; init; }

    public static AwsFault Serialization(string message) => new("SerializationException", message);

    public static AwsFault Throttling(TimeSpan? retryAfter) =>
        new("ThrottlingException", "Rate exceeded", RetryAfter: retryAfter ?? TimeSpan.FromSeconds(1));

    public static AwsFault UnknownOperation(string message) => new("UnknownOperationException", message);

    /// <summary>Faults that every AWS service words in the same way; a room's own wording has precedence over this table.</summary>
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

/// <summary>An operation's answer: the body, or a fault.</summary>
internal sealed class AwsReply
{
    /// <summary>An operation without output.</summary>
    public static readonly AwsReply Empty = new() { Body = "{}"u8.ToArray() };

    public ReadOnlyMemory<byte> Body { get; private init; }

    public AwsFault? Fault { get; private init; }

    /// <summary>A notice about an inexact answer that no member of the answer can carry: sent in the header <c>x-weir-notice</c> and logged.</summary>
    public string? Notice { get; private init; }

    public static implicit operator AwsReply(AwsFault fault) => new() { Fault = fault };

    /// <summary>Writes the members of the answer's object.</summary>
    public static AwsReply Json(Action<Utf8JsonWriter> members, string? notice = null) => new() { Body = AwsJson.Object(members), Notice = notice };

    /// <summary>A whole document of the Query protocol.</summary>
    public static AwsReply Xml(string document) => new() { Body = System.Text.Encoding.UTF8.GetBytes(document) };
}

/// <summary>How JSON for clients of AWS is written: compact, and text of applications with no more escapes than JSON demands.</summary>
internal static class AwsJson
{
    /// <summary>A document of X-Ray's, and what a trace puts around it.</summary>
    public const int MaxDepth = JsonTokens.MaxDepth + 2000;

    public static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = MaxDepth,
    };

    /// <summary>An object with the members that <paramref name="members"/> writes.</summary>
    public static ReadOnlyMemory<byte> Object(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
