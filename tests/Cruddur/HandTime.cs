namespace Weir.Tests.Cruddur;

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class HandTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
