using Weir.Core.Access;
using Weir.Protocols.Aws;

namespace Weir.Server.Access;

/// <summary>The current keys of the file. Replaced as a whole while requests are served; thread-safe.</summary>
internal sealed class LiveKeys(string path, KeysFile first)
{
    private volatile KeysFile _current = first;

    public string Path => path;

    public KeysFile Current => _current;

    /// <summary>The object that rooms use; its keys change with the file.</summary>
    public AccessKeys Keys { get; } = first.Keys;

    /// <summary>Raised after the keys were replaced.</summary>
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
/// Reads the file of keys again when it has changed, so that new and revoked keys need no restart. It polls every second, because
/// notifications of the file system do not work for mounted volumes and miss files that are replaced by renaming.
/// </summary>
internal sealed partial class KeysWatcher(LiveKeys keys, TimeProvider time, ILogger<KeysWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private (DateTime Written, long Length) _seen = Look(keys.Path);
    private (DateTime Written, long Length) _read = Look(keys.Path);
    private bool _isMissing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The file may have changed between reading it at start and the first check.
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

    /// <summary>Reads a changed file when it has stayed the same since the previous check, because editors write in several steps.</summary>
    internal void LookAgain()
    {
        var now = Look(keys.Path);
        var isStill = now == _seen;
        _seen = now;
        if (isStill && now != _read)
            Read();
    }

    /// <summary>
    /// Valid lines apply even when others are invalid, so that a key whose line was removed is revoked in any case. When the file is missing or
    /// unreadable, the keys stay as they are, because a volume may be unavailable for a moment.
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

    /// <summary>State of the file behind links; length -1 when it does not exist.</summary>
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
