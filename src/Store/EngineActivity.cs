namespace Weir.Store;

/// <summary>When the engine last did what it was asked, whoever asked: a sign of life while it is too busy to be asked for one.</summary>
public sealed class EngineActivity(TimeProvider time)
{
    private long _last = time.GetTimestamp();

    /// <summary>Since the last answer, or since the start.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Interlocked.Read(ref _last));

    public void Answered() => Interlocked.Exchange(ref _last, time.GetTimestamp());
}
