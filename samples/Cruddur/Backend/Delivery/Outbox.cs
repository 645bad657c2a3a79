using System.Threading.Channels;

namespace Cruddur.Delivery;

/// <summary>
/// A bounded queue between a request and the wire. A request never waits for a telemetry backend: when the queue is
/// full the new item is dropped and counted, which is said once and not once an item.
/// </summary>
internal sealed class Outbox<T>(string adapter, int capacity)
{
    private readonly Channel<T> _queue = Channel.CreateBounded<T>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private long _dropped;
    private int _told;

    public long Dropped => Interlocked.Read(ref _dropped);

    public ChannelReader<T> Reader => _queue.Reader;

    public bool TryAdd(T item)
    {
        if (_queue.Writer.TryWrite(item))
            return true;
        Drop("its queue is full");
        return false;
    }

    public void Drop(string reason, int count = 1)
    {
        Interlocked.Add(ref _dropped, count);
        // Not through ILogger: the log adapter itself would feed on its own complaint.
        if (Interlocked.Exchange(ref _told, 1) == 0)
            Console.Error.WriteLine($"cruddur: {adapter} drops telemetry: {reason} (said once; the total is told at the end)");
    }

    public void Close()
    {
        _queue.Writer.TryComplete();
        if (Dropped > 0)
            Console.Error.WriteLine($"cruddur: {adapter} dropped {Dropped} item(s) in all");
    }
}
