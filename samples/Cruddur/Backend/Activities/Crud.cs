using System.Text.Json.Serialization;

namespace Cruddur.Activities;

/// <summary>One crud. It is gone after <see cref="ExpiresAt"/>; replies live as long as what they reply to.</summary>
internal sealed record Crud(
    [property: JsonPropertyName("uuid")] string Uuid,
    [property: JsonPropertyName("handle")] string Handle,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("likes_count")] int LikesCount,
    [property: JsonPropertyName("replies_count")] int RepliesCount,
    [property: JsonPropertyName("reposts_count")] int RepostsCount,
    [property: JsonPropertyName("replies")] IReadOnlyList<Reply> Replies);

internal sealed record Reply(
    [property: JsonPropertyName("uuid")] string Uuid,
    [property: JsonPropertyName("reply_to_activity_uuid")] string ReplyToActivityUuid,
    [property: JsonPropertyName("handle")] string Handle,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("likes_count")] int LikesCount,
    [property: JsonPropertyName("replies_count")] int RepliesCount,
    [property: JsonPropertyName("reposts_count")] int RepostsCount);

internal sealed record User(
    [property: JsonPropertyName("handle")] string Handle,
    [property: JsonPropertyName("display_name")] string DisplayName,
    [property: JsonPropertyName("bio")] string Bio);
