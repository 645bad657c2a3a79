using System.Globalization;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>
/// How long each signal is kept. Rooms check it before they acknowledge records: the store deletes older ones, so an expired
/// record would be acknowledged and never found.
/// </summary>
/// <param name="days">Days that each signal is kept; a signal that is missing or has zero is kept forever.</param>
public sealed class RetentionWindow(IReadOnlyDictionary<Signal, int> days)
{
    private const long NanosecondsPerDay = 86_400_000_000_000;

    /// <summary>Keeps everything forever.</summary>
    public static RetentionWindow Unlimited { get; } = new(new Dictionary<Signal, int>());

    /// <summary>Zero means forever.</summary>
    public int Days(Signal signal) => Math.Max(0, days.GetValueOrDefault(signal));

    /// <summary>
    /// The oldest time that is still kept, in nanoseconds since 1970, UTC; <see cref="long.MinValue"/> when there is none.
    /// </summary>
    /// <param name="now">Nanoseconds since 1970, UTC.</param>
    public long Oldest(Signal signal, long now) => Days(signal) is > 0 and var kept ? now - (kept * NanosecondsPerDay) : long.MinValue;

    /// <summary>The message to a sender about an expired record, used by every protocol.</summary>
    public Fault Expired(Signal signal) => new(FaultKind.Expired, Message(signal));

    /// <summary>E.g. <c>older than the 30 days that spans are kept</c>.</summary>
    public string Message(Signal signal) => string.Create(
        CultureInfo.InvariantCulture, $"older than the {Days(signal)} days that {SignalTable.Name(signal)} are kept (--retention-{SignalTable.Name(signal)}-days)");
}
