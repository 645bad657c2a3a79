using System.Text;

namespace Weir.Features.Errors;

/// <summary>One call of a stack. Null for values that the trace does not contain.</summary>
internal sealed record StackFrame(string? File, int? Line, int? Column, string? Method, string? Code, bool InProject);

/// <summary>One exception of a chain; frames run from the call that threw outwards (most recent call first).</summary>
/// <param name="Class">Empty when the text does not contain it.</param>
internal sealed record StackException(string Class, string? Message, IReadOnlyList<StackFrame> Frames);

/// <summary>Reads the stack traces that runtimes print.</summary>
internal static class StackTraces
{
    public const int MaxExceptions = 32;
    public const int MaxFrames = 512;
    private const int MaxCharacters = 256 * 1024;
    private const int MaxLines = 8192;
    private const int MaxMessage = 16 * 1024;

    private static readonly StackTraceFormat[] Formats =
    [
        new PythonTraceback(), new JavaStackTrace(), new DotNetStackTrace(), new V8StackTrace(), new GeckoStackTrace(),
        new GoStackTrace(), new RubyBacktrace(), new PhpStackTrace(),
    ];

    /// <summary>
    /// The exceptions of the text, outermost (raised last) first, its causes after it; never empty. The format is recognised from the lines;
    /// <paramref name="language"/> (any spelling: <c>Java</c>, <c>python 3.11</c>, <c>c#</c>) only decides between formats
    /// that fit equally well. A text in an unknown format is one exception without frames. Never throws; the time is linear in the text,
    /// of which at most 256 Ki characters are read.
    /// </summary>
    public static IReadOnlyList<StackException> Parse(string text, string? language = null)
    {
        var lines = Lines(text);
        StackTraceFormat? best = null;
        var bestScore = 0;
        foreach (var format in Formats)
        {
            var score = 0;
            for (var i = 0; i < lines.Count; i++)
                score += format.IsFrame(lines, i) ? 2 : 0;
            if (score > 0 && format.Speaks(language))
                score++;
            if (score > bestScore)
                (best, bestScore) = (format, score);
        }
        if (best is not null)
        {
            var found = best.Read(lines);
            if (found.Count > 0)
                return found;
        }
        var (name, message) = ExceptionHeader.Split(string.Join('\n', lines).Trim());
        return [new StackException(name, message is null ? null : Bounded(message), [])];
    }

    internal static string Bounded(string message) => message.Length <= MaxMessage ? message : CutAt(message, MaxMessage);

    /// <summary>Truncates without splitting a surrogate pair.</summary>
    internal static string CutAt(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        var rest = text.AsSpan(0, Math.Min(text.Length, MaxCharacters));
        foreach (var line in rest.EnumerateLines())
        {
            if (lines.Count == MaxLines)
                break;
            lines.Add(line.ToString());
        }
        return lines;
    }
}

/// <summary>How one runtime prints a stack trace.</summary>
internal abstract class StackTraceFormat
{
    /// <summary>Lower-case beginnings of the language names it belongs to.</summary>
    protected abstract ReadOnlySpan<string> Languages { get; }

    /// <summary>True when the line is a frame of this format. Reads at most the neighbouring lines.</summary>
    public abstract bool IsFrame(IReadOnlyList<string> lines, int index);

    /// <summary>Outermost exception first. Called only when at least one line is a frame.</summary>
    public abstract IReadOnlyList<StackException> Read(IReadOnlyList<string> lines);

    public bool Speaks(string? language)
    {
        if (string.IsNullOrEmpty(language))
            return false;
        foreach (var name in Languages)
        {
            if (language.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}

/// <summary>An exception while its lines are read.</summary>
internal sealed class StackExceptionDraft
{
    private readonly StringBuilder _message = new();
    private readonly List<StackFrame> _frames = [];
    private bool _hasMessage;

    public string Class { get; private set; } = "";

    public bool HasHeader { get; private set; }

    public int Frames => _frames.Count;

    public void Header(string header)
    {
        (Class, var message) = ExceptionHeader.Split(header);
        HasHeader = true;
        if (message is not null)
            MessageLine(message);
    }

    public void Header(string name, string? message)
    {
        Class = name;
        HasHeader = true;
        if (message is not null)
            MessageLine(message);
    }

    public void MessageLine(string line)
    {
        if (_message.Length > 64 * 1024)
            return;
        if (_hasMessage)
            _message.Append('\n');
        _message.Append(line);
        _hasMessage = true;
    }

    /// <summary>
    /// Above the limit the frames in the middle are removed: in endless recursion both ends are more useful.
    /// </summary>
    public void Add(StackFrame frame)
    {
        if (_frames.Count == StackTraces.MaxFrames)
            _frames.RemoveAt(StackTraces.MaxFrames / 2);
        _frames.Add(frame);
    }

    public StackFrame this[int index]
    {
        get => _frames[index];
        set => _frames[index] = value;
    }

    public StackException Finish(bool reverse = false)
    {
        if (reverse)
            _frames.Reverse();
        return new StackException(Class, _hasMessage ? StackTraces.Bounded(_message.ToString().TrimEnd()) : null, [.. _frames]);
    }
}
