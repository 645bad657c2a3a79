using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>Result of an attempt to load a part of a segment.</summary>
internal enum LoadOutcome
{
    /// <summary>The engine has stored it.</summary>
    Done,

    /// <summary>Not now: it waits, and the worker continues with another segment.</summary>
    Later,

    /// <summary>Not as a whole: it is split and its parts are loaded one by one.</summary>
    Split,

    /// <summary>Never: it is set aside.</summary>
    Refused,
}

internal enum PieceState
{
    Waiting,
    Done,
    Refused,
}

/// <summary>
/// Rows of a segment that are inserted together. They are identified independently of damage elsewhere in the segment: by days, by the ids of frames, by rows
/// within one frame.
/// </summary>
internal sealed class LoadPiece
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Signal Signal { get; set; }

    /// <summary>The end of its deduplication token, after the table's name. Parts with the same token have different days.</summary>
    public string Token { get; set; } = "";

    /// <summary>First and last day since 1970; null for all.</summary>
    public int? FromDay { get; set; }

    public int? ToDay { get; set; }

    /// <summary>Rows of days that a partition's date can't hold. The engine chooses their partition, so they have their own token.</summary>
    public bool IsOutOfRange { get; set; }

    /// <summary>Ids of frames; null for all of the signal.</summary>
    public List<string>? Frames { get; set; }

    /// <summary>First row of the only frame and the one after the last; null for all.</summary>
    public int? FromRow { get; set; }

    public int? ToRow { get; set; }

    public PieceState State { get; set; }

    /// <summary>Number of rows, once they are refused.</summary>
    public long Rows { get; set; }

    /// <summary>Why they are refused: a short reason, and a message.</summary>
    public string Reason { get; set; } = "";

    public string Message { get; set; } = "";

    /// <summary>Failed attempts in this run.</summary>
    [JsonIgnore]
    public int Tries { get; set; }

    [JsonIgnore]
    public DateTimeOffset Due { get; set; }

    [JsonIgnore]
    public DateTimeOffset FailedFirst { get; set; }
}

internal sealed class LoadPlanFile
{
    public int NextToken { get; set; }

    public bool ColumnsDone { get; set; }

    public List<LoadPiece> Pieces { get; set; } = [];
}

/// <summary>
/// Which parts of a segment are loaded, waiting or refused. Without errors it is only in memory: one part per table, and the
/// tokens identify a repeated insert. Before a segment is loaded in other parts, and before it waits while some of it is loaded, the
/// plan is written beside it, so that a restart continues with the same parts and does not repeat parts that were loaded long ago.
/// </summary>
internal sealed class LoadPlan
{
    /// <summary>Number of parts above which none is split any more.</summary>
    private const int MostPieces = 1_024;

    /// <summary>… into parts of a day. Enough to find a few rows among a hundred thousand; a segment that the engine refuses completely is not tried row by row.</summary>
    private const int MostParts = 64;

    /// <summary>Maximum days of one insert: each day is a part with its own files and syncs.</summary>
    public const int MostDays = 16;

    private readonly LoadPlanFile _file;
    private readonly string _path;

    private LoadPlan(string path, LoadPlanFile file, bool isWritten) => (_path, _file, IsWritten) = (path, file, isWritten);

    public IReadOnlyList<LoadPiece> Pieces => _file.Pieces;

    public bool IsWritten { get; private set; }

    /// <summary>The parts differ from those on disk: nothing may be loaded before <see cref="Write(Action{string})"/>.</summary>
    public bool IsAhead { get; private set; }

    public bool ColumnsDone
    {
        get => _file.ColumnsDone;
        set => _file.ColumnsDone = value;
    }

    public static string PathOf(string segmentPath) => Path.ChangeExtension(segmentPath, ".plan");

    /// <summary>The plan beside the segment, or the plan of a segment with no loaded parts. Throws <see cref="InvalidDataException"/> when it can't be read.</summary>
    public static LoadPlan Open(JournalSegment segment, JournalContent content)
    {
        var path = PathOf(segment.Path);
        if (TryRead(path) is { } file)
            return new LoadPlan(path, file, isWritten: true);
        file = new LoadPlanFile();
        foreach (var signal in SignalTable.All)
        {
            if (content.Frames.Any(f => f.Signal == signal))
                file.Pieces.Add(new LoadPiece { Signal = signal });
        }
        return new LoadPlan(path, file, isWritten: false);
    }

    /// <summary>Null when there is none.</summary>
    public static LoadPlanFile? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), JournalJson.Default.LoadPlanFile) ?? throw new InvalidDataException("it is empty");
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)}, which lists the loaded parts of the segment, can't be read: {error.Message}", error);
        }
    }

    /// <summary>Writes the plan to disk atomically.</summary>
    public void Write(Action<string> syncFolder)
    {
        Write(_path, _file, syncFolder);
        (IsWritten, IsAhead) = (true, false);
    }

    public static void Write(string path, LoadPlanFile plan, Action<string> syncFolder)
    {
        var draft = path + ".tmp";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(plan, JournalJson.Default.LoadPlanFile));
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
        syncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Replaces a part by smaller ones: first by day, then by frames, then by rows. False when it can't be split further. Parts by day keep
    /// the token, because the engine recognises rows by token and partition: days that a failed insert of the whole has stored are
    /// recognised. Parts of a day get their own tokens: a failed insert into one partition has stored nothing.
    /// </summary>
    /// <param name="piece">A waiting part.</param>
    /// <param name="built">Its rows.</param>
    /// <param name="byDayOnly">Do not split below a day.</param>
    public bool TrySplit(LoadPiece piece, BuiltPiece built, bool byDayOnly = false)
    {
        if (Pieces.Count >= MostPieces)
            return false;
        List<LoadPiece> parts = [];
        if (built.Days.Count + (built.HasOutOfRange && !piece.IsOutOfRange ? 1 : 0) > 1)
            SplitByDay(piece, built, parts);
        else if (byDayOnly || Pieces.Count(static p => p.Token.Length > 0) >= MostParts)
            return false;
        else if (built.Frames.Count > 1)
        {
            var half = built.Frames.Count / 2;
            parts.Add(Part(piece, built, p => p.Frames = [.. built.Frames.Take(half).Select(f => f.Id)]));
            parts.Add(Part(piece, built, p => p.Frames = [.. built.Frames.Skip(half).Select(f => f.Id)]));
        }
        else if (built.Rows > 1 && built.Frames is [var only])
        {
            var (from, to) = (piece.FromRow ?? 0, piece.ToRow ?? only.Rows);
            var half = from + ((to - from) / 2);
            parts.Add(Part(piece, built, p => (p.Frames, p.FromRow, p.ToRow) = ([only.Id], from, half)));
            parts.Add(Part(piece, built, p => (p.Frames, p.FromRow, p.ToRow) = ([only.Id], half, to)));
        }
        else
            return false;
        var at = _file.Pieces.IndexOf(piece);
        _file.Pieces.RemoveAt(at);
        _file.Pieces.InsertRange(at, parts);
        IsAhead = true;
        return true;
    }

    private void SplitByDay(LoadPiece piece, BuiltPiece built, List<LoadPiece> parts)
    {
        if (built.HasOutOfRange && !piece.IsOutOfRange)
            parts.Add(Part(piece, built, p => p.IsOutOfRange = true));
        var size = built.Days.Count > MostDays ? MostDays : Math.Max(1, built.Days.Count / 2);
        foreach (var days in built.Days.Chunk(size))
            parts.Add(Part(piece, built, p => (p.FromDay, p.ToDay) = (days[0], days[^1]), piece.Token));
    }

    private LoadPiece Part(LoadPiece of, BuiltPiece built, Action<LoadPiece> narrow, string? token = null)
    {
        var part = new LoadPiece
        {
            Signal = of.Signal,
            Token = token ?? $"-{++_file.NextToken}",
            FromDay = of.FromDay,
            ToDay = of.ToDay,
            IsOutOfRange = of.IsOutOfRange,
            Frames = of.Frames,
            FromRow = of.FromRow,
            ToRow = of.ToRow,
        };
        // A part of one day must have another token than parts of other days with the same name.
        if (token is null && !of.IsOutOfRange && of.FromDay is null && built.Days is [var day])
            (part.FromDay, part.ToDay) = (day, day);
        narrow(part);
        return part;
    }
}
