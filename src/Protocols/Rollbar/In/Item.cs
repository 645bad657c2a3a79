using System.Text.Json;
using Weir.Core.Columns;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>One parsed item; missing values are empty.</summary>
internal sealed record Item
{
    /// <summary>As sent by the client, or a new one; returned in the response.</summary>
    public required string Uuid { get; init; }

    public required string OccurrenceId { get; init; }

    /// <summary>Nanoseconds since 1970, UTC.</summary>
    public required long Time { get; init; }

    /// <summary>How the client's time was used.</summary>
    public TimeRepair TimeRepair { get; init; }

    public required string Environment { get; init; }

    public required string Service { get; init; }

    public required string Fingerprint { get; init; }

    public required string Level { get; init; }

    public required string Title { get; init; }

    public string ExceptionClass { get; init; } = "";

    public string Message { get; init; } = "";

    public IReadOnlyList<StackException> Exceptions { get; init; } = [];

    public TraceLink Link { get; init; }

    public string Method { get; init; } = "";

    public string Url { get; init; } = "";

    public string UserIp { get; init; } = "";

    public string Host { get; init; } = "";

    public string Framework { get; init; } = "";

    public string Language { get; init; } = "";

    public string CodeVersion { get; init; } = "";

    public string Notifier { get; init; } = "";

    public string PersonId { get; init; } = "";

    /// <summary>The item's <c>data</c>, for the attributes; valid as long as its document.</summary>
    public JsonElement Data { get; init; }
}

/// <summary>The trace an item belongs to, and how that is known.</summary>
internal readonly record struct TraceLink(TraceId TraceId, SpanId SpanId, TraceIdFrom From);

/// <summary>Input for an item in addition to its bytes.</summary>
/// <param name="ReceivedAt">Nanoseconds since 1970, UTC.</param>
/// <param name="RemoteIp">Address of the connection, for <c>$remote_ip</c>.</param>
/// <param name="KeyEnvironment">The environment of items that contain none.</param>
internal readonly record struct ItemArrival(long ReceivedAt, string RemoteIp, RollbarOptions Options, string KeyEnvironment = "default");
