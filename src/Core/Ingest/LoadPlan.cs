using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Core.Model;

namespace Weir.Core.Ingest;

/// <summary>What became of an attempt to load a part of a segment.</summary>
internal enum LoadOutcome
{
    /// <summary>The engine has it.</summary>
    Done,

    /// <summary>Not now: it waits, and the worker takes something else.</summary>
    Later,

    /// <summary>Not as a whole: its parts are loaded one by one.</summary>
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
/// Rows of a segment that one insert brings. What names them holds whatever damage the segment takes: days, frames by their id, rows
/// within one frame.
/// </summary>
internal sealed class LoadPiece
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Signal Signal { get; set; }

    /// <summary>What its deduplication token has behind the table's name. Pieces of one token are of different days.</summary>
    public string Token { get; set; } = "";

    /// <summary>Days since 1970, the first and the last; null for all.</summary>
    public int? FromDay { get; set; }

    public int? ToDay { get; set; }

    /// <summary>Rows of days that a partition's date can't hold. Which partition the engine takes for them is its own affair, so they have a token to themselves.</summary>
    public bool IsOutOfRange { get; set; }

    /// <summary>Ids of frames; null for all of the signal.</summary>
    public List<string>? Frames { get; set; }

    /// <summary>Of the only frame: the first row and the one after the last; null for all.</summary>
    public int? FromRow { get; set; }

    public int? ToRow { get; set; }

    public PieceState State { get; set; }

    /// <summary>How many, once it is refused.</summary>
    public long Rows { get; set; }

    /// <summary>Why it is refused: a short word, and the text for people.</summary>
    public string Reason { get; set; } = "";

    public string Message { get; set; } = "";

    /// <summary>Attempts that failed in this run.</summary>
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
/// Which pieces of a segment are loaded, wait or are refused. As long as nothing goes wrong it lives in memory: one piece a table, whose
/// tokens tell a repeated insert. Before a segment is loaded in other pieces than those, and before it waits while some of it is loaded, the
/// plan is written beside it, so that a restart goes on with the same pieces and asks the engine for none that it has had for long.
/// </summary>
internal sealed class LoadPlan
{
    /// <summary>Pieces past which none is split any more.</summary>
    private const int MostPieces = 1_024;

    /// <summary>… into parts of a day. Enough to find a few rows of a hundred thousand; a segment of which the engine takes nothing is not asked about row by row.</summary>
    private const int MostParts = 64;

    /// <summary>Days of one insert: each is a part with its own files and syncs.</summary>
    public const int MostDays = 16;

    private readonly LoadPlanFile _file;
    private readonly string _path;

    private LoadPlan(string path, LoadPlanFile file, bool isWritten) => (_path, _file, IsWritten) = (path, file, isWritten);

    public IReadOnlyList<LoadPiece> Pieces => _file.Pieces;

    public bool IsWritten { get; private set; }

    /// <summary>The pieces are others than those on disk: nothing may be loaded before <see cref="Write(Action{string})"/>.</summary>
    public bool IsAhead { get; private set; }

    public bool ColumnsDone
    {
        get => _file.ColumnsDone;
        set => _file.ColumnsDone = value;
    }

    public static string PathOf(string segmentPath) => Path.ChangeExtension(segmentPath, ".plan");

    /// <summary>The plan beside the segment, or that of a segment none of which is known to be loaded. Throws <see cref="InvalidDataException"/> when it can't be read.</summary>
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

    /// <summary>Writes the plan to disk, wholly or not at all.</summary>
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
    /// Replaces a piece by smaller ones: first by day, then by frames, then by rows. False when it is as small as it gets. Parts by day keep
    /// the token, because the engine knows rows by token and partition: whichever of the days a failed insert of all has brought in are
    /// recognised. Parts of a day get tokens of their own: an insert into one partition that failed has brought nothing in.
    /// </summary>
    /// <param name="piece">One that waits.</param>
    /// <param name="built">Its rows.</param>
    /// <param name="byDayOnly">Not smaller than a day.</param>
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
        // What a part of one day has must stay apart from what comes to the same token by another day.
        if (token is null && !of.IsOutOfRange && of.FromDay is null && built.Days is [var day])
            (part.FromDay, part.ToDay) = (day, day);
        narrow(part);
        return part;
    }
}
