namespace Weir.Features.Logs;

/// <summary>The position of a line: by time (nanoseconds since 1970), then in the order received.</summary>
internal readonly record struct LogPosition(long Time, ulong Sequence)
{
    /// <summary>The position right before this line.</summary>
    public LogPosition JustBefore => this with { Sequence = Sequence == 0 ? 0 : Sequence - 1 };

    /// <summary>The position right after this line.</summary>
    public LogPosition JustAfter => this with { Sequence = Sequence == ulong.MaxValue ? Sequence : Sequence + 1 };
}
