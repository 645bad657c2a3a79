using System.Globalization;

namespace Weir.Protocols.Explore.Manage;

/// <summary>Times as the management API writes them.</summary>
internal static class ManagedTime
{
    /// <summary>RFC 3339, UTC, whole seconds.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
