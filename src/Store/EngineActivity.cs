namespace Weir.Store;

/// <summary>The time of the engine's last successful call by anybody: proof that it is alive while it is too busy for a health query.</summary>
public sealed class EngineActivity(TimeProvider time)
{
    private long _last = time.GetTimestamp();

    /// <summary>Time since the last answer, or since the start.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Interlocked.Read(ref _last));

    public void Answered() => Interlocked.Exchange(ref _last, time.GetTimestamp());
}
