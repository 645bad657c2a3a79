using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>What happens to a part of a segment after a failed insert.</summary>
internal static class LoadRules
{
    /// <summary>Attempts for an insert that needs more memory or time than the engine has, before it is split.</summary>
    private const int TriesOfLarge = 3;

    /// <summary>Attempts for an insert that fails without a reason, before it is split or refused.</summary>
    public const int TriesOfUnexplained = 6;

    /// <summary>Attempts for an insert after which the engine stopped answering, although it accepted others in the meantime.</summary>
    private const int TriesOfDeadly = 12;

    /// <summary>Attempts for a part that can't be split further.</summary>
    private const int TriesOfSmallest = 8;

    /// <summary>Attempts while nothing else shows the cause: about half an hour.</summary>
    private const int TriesAlone = 36;

    /// <param name="fault">Of the insert; <see cref="IBlockLoader.LoadAsync"/> has the kinds.</param>
    /// <param name="tries">Attempts so far, including this one.</param>
    /// <param name="takesOthers">The engine has accepted rows of the same table since the first attempt.</param>
    public static LoadOutcome After(Fault fault, int tries, bool takesOthers) => fault.Kind switch
    {
        // The engine fails at each of these inserts but accepts others. Whether the rows were stored is unknown, so the part must not be split.
        FaultKind.Unavailable => tries >= TriesOfDeadly && takesOthers ? LoadOutcome.Refused : LoadOutcome.Later,
        FaultKind.Busy => tries < TriesOfLarge ? LoadOutcome.Later : LoadOutcome.Split,
        // Other work may use the memory; then smaller parts would not fit either.
        FaultKind.LimitExceeded => tries < (takesOthers ? TriesOfLarge : TriesOfSmallest) ? LoadOutcome.Later : LoadOutcome.Split,
        FaultKind.Internal => tries < TriesOfUnexplained ? LoadOutcome.Later
            : takesOthers ? LoadOutcome.Split
            : AfterWhole(fault, tries, takesOthers),
        _ => LoadOutcome.Split,
    };

    /// <summary>The same for a part that can't be split.</summary>
    public static LoadOutcome AfterWhole(Fault fault, int tries, bool takesOthers) => fault.Kind switch
    {
        // Too many parts of one day: merges will reduce them, and the part blocks nobody.
        FaultKind.Unavailable or FaultKind.Busy => LoadOutcome.Later,
        FaultKind.LimitExceeded => tries >= (takesOthers ? TriesOfSmallest : TriesAlone) ? LoadOutcome.Refused : LoadOutcome.Later,
        FaultKind.Internal => tries >= (takesOthers ? TriesOfUnexplained : TriesOfUnexplained * 2) ? LoadOutcome.Refused : LoadOutcome.Later,
        _ => LoadOutcome.Refused,
    };

    /// <summary>The reason under which rows that the engine refused are counted.</summary>
    public static string Reason(Fault fault) => fault.Kind switch
    {
        FaultKind.LimitExceeded => "over-engine-limit",
        FaultKind.Internal or FaultKind.Unavailable => "engine-failed",
        _ => "refused-by-engine",
    };
}
