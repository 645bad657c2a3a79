using Weir.Core.Access;
using Weir.Protocols.Wire;

namespace Weir.Server.Access;

/// <summary>The keys as the file has them now. Replaced as a whole while requests come in; thread-safe.</summary>
internal sealed class LiveKeys(string path, KeysFile first)
{
    private volatile KeysFile _current = first;

    public string Path => path;

    public KeysFile Current => _current;

    /// <summary>The object that rooms keep; its keys change with the file.</summary>
    public AccessKeys Keys { get; } = first.Keys;

    /// <summary>After the keys were replaced.</summary>
    public event EventHandler? Replaced;

    public AwsKey? FindAws(string accessKeyId) => _current.FindAws(accessKeyId);

    public void Replace(KeysFile next)
    {
        Keys.Known = next.Keys.Known;
        _current = next;
        Replaced?.Invoke(this, EventArgs.Empty);
    }
}

/// <summary>
/// Reads the file of keys again when it has changed, so that a key that is made or revoked needs no restart. It looks every second:
/// notifications of the file system don't come from mounted volumes, and miss files that are exchanged by renaming.
/// </summary>
internal sealed partial class KeysWatcher(LiveKeys keys, TimeProvider time, ILogger<KeysWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private (DateTime Written, long Length) _seen = Look(keys.Path);
    private (DateTime Written, long Length) _read = Look(keys.Path);
    private bool _isMissing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The file may have changed between the start's reading of it and the first look.
        Read();
        using var ticks = new PeriodicTimer(Period, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
                LookAgain();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the end
        }
    }

    /// <summary>Reads a file that has changed and has stayed the same since the look before: editors write in several steps.</summary>
    internal void LookAgain()
    {
        var now = Look(keys.Path);
        var isStill = now == _seen;
        _seen = now;
        if (isStill && now != _read)
            Read();
    }

    /// <summary>
    /// Good lines count even when others are wrong, so that a key whose line is gone is revoked all the same. A file that is missing or
    /// can't be read leaves the keys as they are: a volume may be gone for a moment.
    /// </summary>
    private void Read()
    {
        var look = Look(keys.Path);
        try
        {
            var errors = new List<string>();
            var isThere = look.Length >= 0;
            if (!isThere || KeysFile.Load(keys.Path, errors) is not { } next || next.IsUnread)
            {
                if (!_isMissing)
                    LogUnread(log, keys.Path, errors.Count > 0 ? errors[0] : "it is missing");
                _isMissing = true;
                return;
            }
            _isMissing = false;
            foreach (var error in errors)
                LogWrong(log, error);
            var isNew = !next.SaysTheSameAs(keys.Current);
            if (isNew)
            {
                keys.Replace(next);
                LogRead(log, keys.Path, next.Count);
            }
            _read = look;
        }
#pragma warning disable CA1031 // Whatever is wrong with the file, the keys that were read stay and the next look follows.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogUnread(log, keys.Path, error.Message);
        }
    }

    /// <summary>Of the file behind links; length -1 when there is none.</summary>
    private static (DateTime Written, long Length) Look(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                file = target;
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : (default, -1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (default, -1);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Path} has changed: {Count} keys and logins are loaded")]
    private static partial void LogRead(ILogger logger, string path, int count);

    [LoggerMessage(2, LogLevel.Error, "{Wrong}: the line is ignored")]
    private static partial void LogWrong(ILogger logger, string wrong);

    [LoggerMessage(3, LogLevel.Error, "{Path} can't be read, the loaded keys stay in use: {Reason}")]
    private static partial void LogUnread(ILogger logger, string path, string reason);
}
