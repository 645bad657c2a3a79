using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using static Weir.Core.Query.Terms;

namespace Weir.Features.Questions;

/// <summary>Rows that lie after a list's range and ahead of the clock.</summary>
internal sealed record AheadRows(long Rows, string Newest);

/// <summary>What lists say of the rows that lie after their range.</summary>
internal sealed class AheadNotice(ITelemetryReader reader, TimeProvider time)
{
    /// <summary>Null when there are none, or the range does not end now.</summary>
    /// <param name="where">The conditions of the list.</param>
    public Task<AheadRows?> ReadAsync(Signal signal, TimeRange range, Expr? where, CancellationToken cancellationToken) => RowsAhead.ReadAsync(
        reader, [signal], range, time.GetUtcNow(),
        later => [new RowSource { Signal = signal, Range = later, Where = where, Columns = [RowsAhead.Time(signal).As("t")] }],
        cancellationToken);

    /// <summary>What people are told; what else a list has to say comes first.</summary>
    public static string? Text(string? other, AheadRows? ahead)
    {
        if (ahead is null)
            return other;
        var told = Text(ahead);
        return other is null ? told : other + " " + told;
    }

    /// <summary>The notice alone.</summary>
    public static string Text(AheadRows ahead)
    {
        var (lie, them) = ahead.Rows == 1 ? ("lies", "it") : ("lie", "them");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ahead.Rows} more {lie} after this range, up to {ahead.Newest}: the sender's clock is ahead of this one. Choose a range that ends later to see {them}.");
    }
}
