namespace Cruddur.Hosting;

/// <summary>What the application's own logger, `app`, says. Only this category travels to CloudWatch Logs.</summary>
internal static partial class AppLog
{
    public const string Category = "app";

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "test log")]
    public static partial void TestLog(ILogger log);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "HomeActivities")]
    public static partial void HomeActivities(ILogger log);

    // Level error, as the walkthrough has it: the users wanted to see the line whatever the level of the group.
    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Line}")]
    public static partial void AfterResponse(ILogger log, string line);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "unhandled {Type} in {Method} {Path}")]
    public static partial void Unhandled(ILogger log, string type, string method, string path);
}
