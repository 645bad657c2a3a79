namespace Weir.Features.Logs;

/// <summary>Where a line stands among the others: by time (nanoseconds since 1970), then in the order received.</summary>
internal readonly record struct LogPosition(long Time, ulong Sequence)
{
    /// <summary>The place right before this position's line.</summary>
    public LogPosition JustBefore => this with { Sequence = Sequence == 0 ? 0 : Sequence - 1 };

    /// <summary>The place right after this position's line.</summary>
    public LogPosition JustAfter => this with { Sequence = Sequence == ulong.MaxValue ? Sequence : Sequence + 1 };
}
