// CloudWatch Logs for the backend, behind ILogger.
// The official package a reader would use instead: AWS.Logger.AspNetCore.
namespace Cruddur.CloudWatch;

/// <summary>Hands each line's text to the delivery, as Python's handler does: the message alone, no level, no category.</summary>
[ProviderAlias("CloudWatch")]
internal sealed class CloudWatchLoggerProvider(LogDelivery delivery, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(delivery, time);

    public void Dispose()
    {
    }

    private sealed class Lines(LogDelivery delivery, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            delivery.Add(new(time.GetUtcNow().ToUnixTimeMilliseconds(), exception is null ? message : $"{message}\n{exception}"));
        }
    }
}
