using System.Diagnostics.Tracing;

namespace Weir.Protocols.Api.Out;

/// <summary>
/// How many handles the garbage collector holds (pins, weak references, what native code refers to), as the runtime counts them at the
/// end of each collection. There is no other way to ask for them.
/// </summary>
internal sealed class GcHandles : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Collections = (EventKeywords)1;
    private const string CountName = "GCHandleCount";
    private long _count = -1;

    /// <summary>At the end of the last collection; null before the first.</summary>
    public long? Count => Interlocked.Read(ref _count) is >= 0 and var count ? count : null;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
            EnableEvents(eventSource, EventLevel.Informational, Collections);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCHeapStats", StringComparison.Ordinal) != true)
            return;
        var at = eventData.PayloadNames?.IndexOf(CountName) ?? -1;
        if (at >= 0 && eventData.Payload?[at] is IConvertible count)
            Interlocked.Exchange(ref _count, count.ToInt64(provider: null));
    }
}
