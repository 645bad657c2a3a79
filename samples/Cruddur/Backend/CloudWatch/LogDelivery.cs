using System.Text;
using Cruddur.Delivery;

namespace Cruddur.CloudWatch;

/// <summary>
/// Sends batches in watchtower's order of calls: DescribeLogGroups and, if the group is not there, CreateLogGroup once;
/// then PutLogEvents first, and only when the stream is not found CreateLogStream and the same batch again. A batch
/// is kept while the service is away; meanwhile the queue fills up to its limit.
/// </summary>
internal sealed class LogDelivery(LogsOptions options, LogsClient client, TimeProvider time) : BackgroundService
{
    private const int EventsLimit = 10_000;
    private const int BytesLimit = 1_048_576;
    private const int EventOverhead = 26;
    private const int MessageLimit = 256 * 1024 - EventOverhead;
    private const int Attempts = 5;
    private static readonly TimeSpan BatchSpan = TimeSpan.FromHours(24);
    private readonly Outbox<LogEvent> _outbox = new("the CloudWatch log handler", 20_000);
    private LogEvent? _heldBack;
    private bool _groupReady;
    private string? _token;

    public void Add(LogEvent logged)
    {
        if (logged.Message.Length == 0)
            return;
        _outbox.TryAdd(Encoding.UTF8.GetByteCount(logged.Message) > MessageLimit ? logged with { Message = Cut(logged.Message) } : logged);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (_heldBack is not null || await _outbox.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(options.SendEvery, time, stoppingToken);
                await Deliver(NextBatch(), stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            await Last(grace.Token);
        }
        _outbox.Close();
    }

    private async Task Last(CancellationToken stop)
    {
        try
        {
            while (NextBatch() is { Count: > 0 } batch)
                await TryDeliver(batch, stop);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or LogsException)
        {
            _outbox.Drop($"the last lines were not taken: {error.Message}");
        }
    }

    private List<LogEvent> NextBatch()
    {
        var batch = new List<LogEvent>();
        var bytes = 0;
        while (batch.Count < EventsLimit)
        {
            LogEvent logged;
            if (_heldBack is { } held)
                logged = held;
            else if (!_outbox.Reader.TryRead(out logged))
                break;
            _heldBack = null;
            var size = Encoding.UTF8.GetByteCount(logged.Message) + EventOverhead;
            var tooLong = batch.Count > 0 && Math.Abs(logged.Timestamp - batch[0].Timestamp) >= BatchSpan.TotalMilliseconds;
            if (bytes + size > BytesLimit || tooLong)
            {
                _heldBack = logged;
                break;
            }
            batch.Add(logged);
            bytes += size;
        }
        batch.Sort(static (a, b) => a.Timestamp.CompareTo(b.Timestamp));
        return batch;
    }

    private async Task Deliver(List<LogEvent> batch, CancellationToken stop)
    {
        var wait = TimeSpan.FromMilliseconds(500);
        while (batch.Count > 0)
        {
            try
            {
                await TryDeliver(batch, stop);
                return;
            }
            catch (LogsException error) when (!error.IsTransient)
            {
                _outbox.Drop($"{options.Endpoint} refused a batch: {error.Message}", batch.Count);
                return;
            }
            catch (Exception error) when (error is HttpRequestException or LogsException || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                await Task.Delay(wait, time, stop);
                wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, TimeSpan.FromSeconds(10).Ticks));
            }
        }
    }

    private async Task TryDeliver(List<LogEvent> batch, CancellationToken stop)
    {
        await EnsureGroup(stop);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (next, rejected) = await client.Put(options.Group, options.Stream, batch, _token, stop);
                _token = next;
                if (rejected is not null)
                    _outbox.Drop($"some events were rejected: {rejected}");
                return;
            }
            catch (LogsException error) when (attempt < Attempts && error.Type is "ResourceNotFoundException")
            {
                await CreateStream(stop);
            }
            catch (LogsException error) when (attempt < Attempts && error.Type is "InvalidSequenceTokenException" or "DataAlreadyAcceptedException")
            {
                var last = error.Message[(error.Message.LastIndexOf(' ') + 1)..];
                _token = string.Equals(last, "null", StringComparison.Ordinal) ? null : last;
            }
        }
    }

    private async Task EnsureGroup(CancellationToken stop)
    {
        if (_groupReady)
            return;
        if (!await client.GroupExists(options.Group, stop))
            await Unless("ResourceAlreadyExistsException", () => client.CreateGroup(options.Group, stop));
        _groupReady = true;
    }

    private async Task CreateStream(CancellationToken stop)
    {
        try
        {
            await Unless("ResourceAlreadyExistsException", () => client.CreateStream(options.Group, options.Stream, stop));
        }
        catch (LogsException error) when (error.Type is "ResourceNotFoundException")
        {
            // The group went away while we ran, for instance with a fresh Weir at the same address.
            _groupReady = false;
            await EnsureGroup(stop);
            await client.CreateStream(options.Group, options.Stream, stop);
        }
        _token = null;
    }

    private static async Task Unless(string type, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (LogsException error) when (string.Equals(error.Type, type, StringComparison.Ordinal))
        {
        }
    }

    /// <summary>To the limit in bytes, never through a character.</summary>
    private static string Cut(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var end = MessageLimit;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end);
    }
}
