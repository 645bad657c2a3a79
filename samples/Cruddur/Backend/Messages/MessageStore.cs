using System.Text.Json.Serialization;

namespace Cruddur.Messages;

internal sealed record DirectMessage(
    [property: JsonPropertyName("uuid")] string Uuid,
    [property: JsonPropertyName("handle")] string Handle,
    [property: JsonPropertyName("display_name")] string DisplayName,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonIgnore] string Other);

/// <summary>The signed-in user's direct messages, the newest 200, in memory.</summary>
internal sealed class MessageStore
{
    private readonly Lock _gate = new();
    private readonly List<DirectMessage> _messages;
    private readonly TimeProvider _time;

    public MessageStore(TimeProvider time)
    {
        _time = time;
        var now = time.GetUtcNow();
        _messages =
        [
            new(Guid.NewGuid().ToString(), "worf", "Worf", "Your alert at 03:00 had no honor.", now.AddHours(-7), "worf"),
            new(Guid.NewGuid().ToString(), "andrewbrown", "Andrew Brown", "It was a warning, not an alert.", now.AddHours(-6), "worf"),
            new(Guid.NewGuid().ToString(), "londo", "Londo Mollari", "Did the segment close this time?", now.AddMinutes(-25), "londo"),
        ];
    }

    /// <summary>The newest message of each conversation, newest conversation first.</summary>
    public IReadOnlyList<DirectMessage> Groups()
    {
        lock (_gate)
            return [.. _messages.GroupBy(m => m.Other).Select(g => g.MaxBy(m => m.CreatedAt)!).OrderByDescending(m => m.CreatedAt)];
    }

    public IReadOnlyList<DirectMessage> With(string handle)
    {
        lock (_gate)
            return [.. _messages.Where(m => string.Equals(m.Other, handle, StringComparison.OrdinalIgnoreCase)).OrderBy(m => m.CreatedAt)];
    }

    public DirectMessage Add(string from, string displayName, string to, string message)
    {
        var added = new DirectMessage(Guid.NewGuid().ToString(), from, displayName, message, _time.GetUtcNow(), to);
        lock (_gate)
        {
            _messages.Add(added);
            if (_messages.Count > 200)
                _messages.RemoveAt(0);
        }
        return added;
    }
}
