using Weir.Core.Model;
using Weir.Store.Engine;

namespace Weir.Store.Write;

/// <summary>Translates engine failures to faults.</summary>
internal static class EngineFaults
{
    public static Fault TooComplex { get; } = new(
        FaultKind.LimitExceeded, "the query is too long for the engine; use fewer filters, values, calculations or nested calculated fields");

    /// <summary>The meaning of a failure for rows that were to be inserted: problems that a restart, free space or an operator can fix do not count against the rows.</summary>
    public static Fault OfInsert(EngineException error) => error.Kind switch
    {
        EngineFault.TooManyParts => new Fault(FaultKind.Busy, "the table has too many parts, or the rows have too many different days: " + error.Message),
        EngineFault.MemoryLimit => new Fault(FaultKind.LimitExceeded, "the engine has not enough memory for this insert: " + error.Message),
        EngineFault.TimeLimit => new Fault(FaultKind.LimitExceeded, "the insert took longer than the engine allows: " + error.Message),
        EngineFault.ReadOnly => new Fault(FaultKind.Unavailable, "the engine is read-only: " + error.Message),
        // A table that is missing (on a new server) or read-only must be fixed by the operator, and says nothing about other tables.
        _ when error.Code is 60 or 81 or 218 or 497 => new Fault(FaultKind.Busy, error.Message),
        EngineFault.UnknownTableOrColumn or EngineFault.Syntax => new Fault(FaultKind.Invalid, error.Message),
        _ => Of(error),
    };

    public static Fault Of(EngineException error) => error.Kind switch
    {
        EngineFault.TooManyParts => new Fault(FaultKind.Busy, "the engine's merges are behind", TimeSpan.FromSeconds(5)),
        EngineFault.NoSpace => new Fault(FaultKind.Unavailable, "the data folder has no space left", TimeSpan.FromSeconds(30)),
        EngineFault.Unavailable or EngineFault.Cancelled => new Fault(FaultKind.Unavailable, error.Message, TimeSpan.FromSeconds(5)),
        EngineFault.TimeLimit => new Fault(FaultKind.LimitExceeded, "the query took longer than its limit; use a shorter time range or add a filter"),
        EngineFault.MemoryLimit => new Fault(FaultKind.LimitExceeded, "the query needs more memory than its limit; use a shorter time range or fewer groups"),
        EngineFault.RowLimit => new Fault(FaultKind.LimitExceeded, "the query has more rows than its limit"),
        EngineFault.TooComplex => TooComplex,
        EngineFault.TypeMismatch => new Fault(FaultKind.Invalid, error.Message),
        // The statements are Weir's own, so changed users, databases or tables must be fixed by the operator.
        EngineFault.ReadOnly => new Fault(FaultKind.Unavailable, "the engine's user does not have the permission: " + error.Message, TimeSpan.FromSeconds(30)),
        EngineFault.UnknownTableOrColumn when error.Code is 60 or 81 => new Fault(
            FaultKind.Unavailable, "Weir's database or one of its tables is missing in the engine: " + error.Message, TimeSpan.FromSeconds(30)),
        _ => new Fault(FaultKind.Internal, error.Message),
    };
}
