using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>What becomes of a piece of a segment after an insert that failed.</summary>
internal static class LoadRules
{
    /// <summary>Attempts at something that needs more than the engine gives, before it is split.</summary>
    private const int TriesOfLarge = 3;

    /// <summary>Attempts at something the engine fails without a reason, before it is split or refused.</summary>
    public const int TriesOfUnexplained = 6;

    /// <summary>Attempts at something after which the engine did not answer any more, although it took others meanwhile.</summary>
    private const int TriesOfDeadly = 12;

    /// <summary>Attempts at a part as small as it gets.</summary>
    private const int TriesOfSmallest = 8;

    /// <summary>Attempts while nothing else shows whose fault it is: about half an hour.</summary>
    private const int TriesAlone = 36;

    /// <param name="fault">Of the insert; <see cref="IBlockLoader.LoadAsync"/> has the kinds.</param>
    /// <param name="tries">Attempts so far, this one among them.</param>
    /// <param name="takesOthers">The engine took rows of the same table since the first of them.</param>
    public static LoadOutcome After(Fault fault, int tries, bool takesOthers) => fault.Kind switch
    {
        // An insert that has the engine fail each time, while it takes others: whether it came in is not known, so it must not be split.
        FaultKind.Unavailable => tries >= TriesOfDeadly && takesOthers ? LoadOutcome.Refused : LoadOutcome.Later,
        FaultKind.Busy => tries < TriesOfLarge ? LoadOutcome.Later : LoadOutcome.Split,
        // Memory may be short because of others; then smaller pieces would not fit either.
        FaultKind.LimitExceeded => tries < (takesOthers ? TriesOfLarge : TriesOfSmallest) ? LoadOutcome.Later : LoadOutcome.Split,
        FaultKind.Internal => tries < TriesOfUnexplained ? LoadOutcome.Later
            : takesOthers ? LoadOutcome.Split
            : AfterWhole(fault, tries, takesOthers),
        _ => LoadOutcome.Split,
    };

    /// <summary>The same of a piece that can't be split.</summary>
    public static LoadOutcome AfterWhole(Fault fault, int tries, bool takesOthers) => fault.Kind switch
    {
        // Too many parts of one day: merges will come; it is in nobody's way.
        FaultKind.Unavailable or FaultKind.Busy => LoadOutcome.Later,
        FaultKind.LimitExceeded => tries >= (takesOthers ? TriesOfSmallest : TriesAlone) ? LoadOutcome.Refused : LoadOutcome.Later,
        FaultKind.Internal => tries >= (takesOthers ? TriesOfUnexplained : TriesOfUnexplained * 2) ? LoadOutcome.Refused : LoadOutcome.Later,
        _ => LoadOutcome.Refused,
    };

    /// <summary>The word by which rows that the engine refused are counted.</summary>
    public static string Reason(Fault fault) => fault.Kind switch
    {
        FaultKind.LimitExceeded => "over-engine-limit",
        FaultKind.Internal or FaultKind.Unavailable => "engine-failed",
        _ => "refused-by-engine",
    };
}
