using System.Buffers;
using System.Text.Json;
using Weir.Core.Ingest;
using Weir.Protocols.Aws;

namespace Weir.Protocols.CloudWatchLogs.In;

/// <summary>
/// Reads a PutLogEvents body in one pass and remembers where each message lies, because clients write the members in any order and a
/// row needs its group's name:
/// <code>{"logGroupName":"cruddur","logStreamName":"web","logEvents":[{"timestamp":1677460140000,"message":"test log"}]}</code>
/// </summary>
internal sealed class PutLogEventsDecoder : IDisposable
{
    public const int MaxEvents = 10_000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    private LogEventSpan[] _events = ArrayPool<LogEventSpan>.Shared.Rent(64);

    public string? LogGroupName { get; private set; }

    public string? LogStreamName { get; private set; }

    /// <summary>What wrote the lines; null when the call does not say it.</summary>
    public LogEntity? Entity { get; private set; }

    /// <summary>False when the member was absent or null.</summary>
    public bool HasEvents { get; private set; }

    /// <summary>Events read; past <see cref="MaxEvents"/> they are counted only.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<LogEventSpan> Events => _events.AsSpan(0, Math.Min(Count, MaxEvents));

    /// <summary>
    /// Corrects timestamps in seconds, microseconds or nanoseconds to milliseconds; returns how many there were.
    /// </summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public int CorrectTimes(long now)
    {
        var corrected = 0;
        foreach (ref var found in _events.AsSpan(0, Math.Min(Count, MaxEvents)))
        {
            if (found.Timestamp is { } timestamp
                && UnixTime.TryRead(timestamp, NanosecondsPerMillisecond, now, out var time, out var isCorrected) && isCorrected)
            {
                found = found with { Timestamp = time / NanosecondsPerMillisecond };
                corrected++;
            }
        }
        return corrected;
    }

    /// <summary>Null when the body was read.</summary>
    public AwsFault? Decode(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return AwsFault.Serialization("Unexpected token: the request body must be a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                AwsFault? fault = null;
                if (reader.ValueTextEquals("logEvents"u8))
                {
                    reader.Read();
                    fault = ReadEvents(ref reader);
                }
                else if (reader.ValueTextEquals("logGroupName"u8))
                {
                    LogGroupName = ReadName(ref reader, out fault);
                }
                else if (reader.ValueTextEquals("logStreamName"u8))
                {
                    LogStreamName = ReadName(ref reader, out fault);
                }
                else if (reader.ValueTextEquals("entity"u8))
                {
                    reader.Read();
                    Entity = reader.TokenType == JsonTokenType.Null ? null : LogEntity.Read(ref reader);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
                if (fault is not null)
                    return fault;
            }
            return reader.Read() ? AwsFault.Serialization("the request body goes on after its JSON object") : null;
        }
        catch (JsonException)
        {
            return AwsFault.Serialization("the request body is not valid JSON");
        }
        catch (InvalidOperationException)
        {
            // GetString on half a surrogate pair or bytes that are no UTF-8.
            return AwsFault.Serialization("a String holds text that is not valid Unicode");
        }
    }

    private static string? ReadName(ref Utf8JsonReader reader, out AwsFault? fault)
    {
        reader.Read();
        fault = reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? null : WrongType(reader.TokenType, "a String");
        return fault is null ? reader.GetString() : null;
    }

    private AwsFault? ReadEvents(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartArray)
            return WrongType(reader.TokenType, "a List");
        HasEvents = true;
        Count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return WrongType(reader.TokenType, "a Structure");
            if (ReadEvent(ref reader, out var found) is { } fault)
                return fault;
            if (Count < MaxEvents)
            {
                if (Count == _events.Length)
                    Grow();
                _events[Count] = found;
            }
            Count++;
        }
        return null;
    }

    private static AwsFault? ReadEvent(ref Utf8JsonReader reader, out LogEventSpan found)
    {
        found = new LogEventSpan(null, 0, -1, Escaped: false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("timestamp"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                if (reader.TokenType != JsonTokenType.Number)
                    return WrongType(reader.TokenType, "a Long");
                if (!reader.TryGetInt64(out var timestamp))
                {
                    if (!reader.TryGetDouble(out var number) || !(Math.Abs(number) < 9e18))
                        return WrongType(reader.TokenType, "a Long");
                    timestamp = (long)number;
                }
                found = found with { Timestamp = timestamp };
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                if (reader.TokenType != JsonTokenType.String)
                    return WrongType(reader.TokenType, "a String");
                found = found with
                {
                    Start = (int)reader.TokenStartIndex + 1,
                    Length = reader.ValueSpan.Length,
                    Escaped = reader.ValueIsEscaped,
                };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return null;
    }

    private void Grow()
    {
        var larger = ArrayPool<LogEventSpan>.Shared.Rent(Math.Min(_events.Length * 4, MaxEvents));
        _events.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<LogEventSpan>.Shared.Return(_events);
        _events = larger;
    }

    private static AwsFault WrongType(JsonTokenType found, string wanted)
    {
        var name = found switch
        {
            JsonTokenType.StartObject => "START_OBJECT",
            JsonTokenType.StartArray => "START_ARRAY",
            JsonTokenType.Number => "NUMBER_VALUE",
            JsonTokenType.True => "TRUE_VALUE",
            JsonTokenType.False => "FALSE_VALUE",
            JsonTokenType.Null => "NULL_VALUE",
            _ => "STRING_VALUE",
        };
        return AwsFault.Serialization($"{name} can not be converted to {wanted}");
    }

    public void Dispose()
    {
        var events = _events;
        _events = [];
        if (events.Length > 0)
            ArrayPool<LogEventSpan>.Shared.Return(events);
    }
}

/// <summary>One event of the body: its time (milliseconds since 1970, null when absent) and where its message stands between the quotes.</summary>
internal readonly record struct LogEventSpan(long? Timestamp, int Start, int Length, bool Escaped)
{
    public bool HasMessage => Length >= 0;

    public ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
}
