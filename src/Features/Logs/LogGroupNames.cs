using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Logs;

/// <summary>Names of groups as shown in lists of lines. OpenTelemetry's lines have no group; they appear in a group of their service.</summary>
internal static class LogGroupNames
{
    public const string OtlpGroupPrefix = "otlp:";

    public const string OtlpStream = "otlp";

    /// <summary>The condition for one group of the list of groups.</summary>
    public static Expr Condition(string group) => IsOtlpGroup(group)
        ? Is("log_group", "") & Is("service", group[OtlpGroupPrefix.Length..])
        : Is("log_group", group);

    /// <summary>The inverse: the group's name of a stored line.</summary>
    public static string Of(string logGroup, string service) => logGroup.Length > 0 ? logGroup : OtlpGroupPrefix + service;

    public static bool IsOtlpGroup(string? group) => group?.StartsWith(OtlpGroupPrefix, StringComparison.Ordinal) == true;
}
