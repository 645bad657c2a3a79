namespace Cruddur.Activities;

/// <summary>What a message must be before it is kept; each broken rule has its code.</summary>
internal static class CrudRules
{
    public const int MessageLimit = 280;
    public const int ReplyLimit = 1024;
    public const string DefaultTtl = "7-days";

    private static readonly Dictionary<string, TimeSpan> Ttls = new(StringComparer.Ordinal)
    {
        ["30-days"] = TimeSpan.FromDays(30),
        ["7-days"] = TimeSpan.FromDays(7),
        ["3-days"] = TimeSpan.FromDays(3),
        ["1-day"] = TimeSpan.FromDays(1),
        ["12-hours"] = TimeSpan.FromHours(12),
        ["3-hours"] = TimeSpan.FromHours(3),
        ["1-hour"] = TimeSpan.FromHours(1),
    };

    public static List<string> Message(string? message, int limit)
    {
        if (string.IsNullOrWhiteSpace(message))
            return ["message_blank"];
        return message.Length > limit ? ["message_exceed_max_chars"] : [];
    }

    public static bool TryTtl(string? ttl, out TimeSpan span) => Ttls.TryGetValue(string.IsNullOrEmpty(ttl) ? DefaultTtl : ttl, out span);
}
