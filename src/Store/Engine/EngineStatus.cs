namespace Weir.Store.Engine;

/// <summary>The state of the engine as far as the server knows it without a request.</summary>
public enum EngineState
{
    /// <summary>The last request was answered.</summary>
    Ready,

    /// <summary>The child process has ended and is restarting.</summary>
    Restarting,

    /// <summary>It can't be reached, or has not answered since <see cref="EngineStatus.Since"/>.</summary>
    Silent,

    /// <summary>It was closed.</summary>
    Closed,
}

/// <param name="State">The state.</param>
/// <param name="Since">Beginning of this state.</param>
/// <param name="Reason">The reason as a text for the operator; empty when ready.</param>
/// <param name="Restarts">Number of restarts of the child process.</param>
public sealed record EngineStatus(EngineState State, DateTimeOffset Since, string Reason, int Restarts)
{
    public bool IsReady => State == EngineState.Ready;

    /// <summary>Statements since the start, by kind.</summary>
    public EngineStatements Statements { get; init; }
}

/// <summary>Statements that were sent to the engine, those that failed or were repeated among them.</summary>
/// <param name="Queries">Queries with a result.</param>
/// <param name="Inserts">Inserts of blocks.</param>
/// <param name="Others">Statements without a result.</param>
public readonly record struct EngineStatements(long Queries, long Inserts, long Others);
