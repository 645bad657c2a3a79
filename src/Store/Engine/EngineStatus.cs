namespace Weir.Store.Engine;

/// <summary>How the engine is, as far as the server knows without asking it.</summary>
public enum EngineState
{
    /// <summary>It answered last time.</summary>
    Ready,

    /// <summary>The child process has ended and is being started again.</summary>
    Restarting,

    /// <summary>It can't be reached, or has not answered for longer than <see cref="EngineStatus.Since"/> says.</summary>
    Silent,

    /// <summary>It was closed.</summary>
    Closed,
}

/// <param name="State">See there.</param>
/// <param name="Since">When it became so.</param>
/// <param name="Reason">Why, in words for the operator; empty when ready.</param>
/// <param name="Restarts">How often the child process was started again.</param>
public sealed record EngineStatus(EngineState State, DateTimeOffset Since, string Reason, int Restarts)
{
    public bool IsReady => State == EngineState.Ready;
}
