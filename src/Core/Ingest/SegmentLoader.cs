using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Puts closed segments into the engine: reads the file back (so that replay after a crash is the everyday path), loads, deletes.</summary>
internal sealed class SegmentLoader(
    Journal journal, ChannelReader<JournalSegment> closed, IBlockLoader loader, IngestCounters counters, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // A failure the engine does not explain may pass; one that stays must not hold up the segments behind it.
    private const int TriesOfUnexplained = 6;
    private readonly CancellationTokenSource _stop = new();
    private Task _workers = Task.CompletedTask;

    /// <summary>Why the newest failed load failed; null once one succeeds again.</summary>
    public string? Trouble { get; private set; }

    public void Start(int workers) =>
        _workers = Task.WhenAll(Enumerable.Range(0, Math.Max(1, workers)).Select(_ => Task.Run(WorkAsync)));

    /// <summary>Lets the workers finish what is queued for as long as <paramref name="patience"/>.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        _stop.CancelAfter(patience);
        try
        {
            await _workers;
        }
        catch (OperationCanceledException)
        {
            Log.LeftForReplay(log, journal.PendingBytes);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task WorkAsync()
    {
        await foreach (var segment in closed.ReadAllAsync(_stop.Token))
            await LoadAsync(segment);
    }

    private async Task LoadAsync(JournalSegment segment)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        var unexplained = 0;
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            try
            {
                await LoadOnceAsync(segment);
                Trouble = null;
                journal.Remove(segment);
                return;
            }
            catch (FaultException error) when (error.Fault.Kind is FaultKind.Unavailable or FaultKind.Busy or FaultKind.LimitExceeded)
            {
                Delayed(segment, error, pause);
            }
            catch (FaultException error) when (error.Fault.Kind is FaultKind.Internal && ++unexplained < TriesOfUnexplained)
            {
                Delayed(segment, error, pause);
            }
            catch (FaultException error)
            {
                var path = journal.SetAside(segment);
                counters.Dropped("journal", Signal.Spans, "refused-by-engine", 1, error.Message);
                Log.SegmentRefused(log, segment.Number, path, error.Message);
                return;
            }
            catch (IOException error)
            {
                Delayed(segment, error, pause);
            }
            await Task.Delay(pause, time, _stop.Token);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Delayed(JournalSegment segment, Exception error, TimeSpan pause)
    {
        Trouble = error.Message;
        Log.LoadDelayed(log, segment.Number, error.Message, pause.TotalSeconds);
    }

    private async Task LoadOnceAsync(JournalSegment segment)
    {
        var content = JournalFormat.Read(await File.ReadAllBytesAsync(segment.Path, _stop.Token));
        if (content.DamagedInTheMiddle)
        {
            counters.Dropped("journal", Signal.Spans, "journal-damaged", 1, $"segment {segment.Number} is damaged: {content.DamagedBytes} bytes skipped");
            Log.SegmentDamaged(log, segment.Number, content.DamagedBytes);
        }
        else if (content.DamagedBytes > 0)
            Log.TornTail(log, segment.Number, content.DamagedBytes);
        foreach (var (signal, blocks) in content.Blocks)
        {
            var table = SignalTable.Name(signal);
            if (!content.Layouts.TryGetValue(table, out var layout))
                throw new FaultException(new Fault(FaultKind.Malformed, $"the segment has no layout for {table}"));
            await loader.LoadAsync(signal, layout, blocks, $"{journal.Id}-{segment.Token}-{table}", _stop.Token);
        }
    }
}
