namespace Weir.Tests.Support;

/// <summary>A clock that runs many times as fast as the wall's, for what waits longer the longer it lasts.</summary>
public sealed class FastClock(int speed = 200) : TimeProvider
{
    private readonly DateTimeOffset _startedAt = System.GetUtcNow();
    private readonly long _started = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _startedAt + (System.GetElapsedTime(_started) * speed);

    /// <summary>So that elapsed times are as fast as the clock.</summary>
    public override long TimestampFrequency => Math.Max(1, System.TimestampFrequency / speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Fast(dueTime), Fast(period));

    private TimeSpan Fast(TimeSpan time) => time <= TimeSpan.Zero ? time : TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, time.Ticks / speed));
}
