namespace Weir.Tests.Api;

/// <summary>A clock that a test sets.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public StoppedClock()
        : this(Noon)
    {
    }

    public override DateTimeOffset GetUtcNow() => now;
}
