using Weir.Core.Model;
using Weir.Store.Engine;

namespace Weir.Store.Write;

/// <summary>Engine failures as faults of the seams.</summary>
internal static class EngineFaults
{
    public static Fault TooComplex { get; } = new(
        FaultKind.LimitExceeded, "the question is too long for the engine; ask for fewer filters, values, calculations or nested calculated fields");

    public static Fault Of(EngineException error) => error.Kind switch
    {
        EngineFault.TooManyParts => new Fault(FaultKind.Busy, "the engine's merges are behind", TimeSpan.FromSeconds(5)),
        EngineFault.NoSpace => new Fault(FaultKind.Unavailable, "the data folder has no space left", TimeSpan.FromSeconds(30)),
        EngineFault.Unavailable or EngineFault.Cancelled => new Fault(FaultKind.Unavailable, error.Message, TimeSpan.FromSeconds(5)),
        EngineFault.TimeLimit => new Fault(FaultKind.LimitExceeded, "the query took longer than its limit; ask for a shorter time range or add a filter"),
        EngineFault.MemoryLimit => new Fault(FaultKind.LimitExceeded, "the query needs more memory than its limit; ask for a shorter time range or fewer groups"),
        EngineFault.RowLimit => new Fault(FaultKind.LimitExceeded, "the query has more rows than its limit"),
        EngineFault.TooComplex => TooComplex,
        EngineFault.TypeMismatch => new Fault(FaultKind.Invalid, error.Message),
        _ => new Fault(FaultKind.Internal, error.Message),
    };
}
