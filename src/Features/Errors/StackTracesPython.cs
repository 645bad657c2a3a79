namespace Weir.Features.Errors;

/// <summary>
/// CPython's traceback: outermost call first, causes before what they caused.
/// <code>
/// Traceback (most recent call last):
///   File "/app/app.py", line 42, in home
///     return activities[0]
///            ~~~~~~~~~~^^^
/// IndexError: list index out of range
///
/// The above exception was the direct cause of the following exception:
/// </code>
/// </summary>
internal sealed class PythonTraceback : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "python" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryFrame(Unframed(lines[index]), out _, out _, out _);

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var found = new List<StackException>();
        var draft = new StackExceptionDraft();
        var indent = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = Unframed(lines[i]);
            if (TryFrame(line, out var file, out var number, out var method))
            {
                // A frame after the exception's own line opens the next traceback even when the text in between is missing.
                if (draft.HasHeader && draft.Frames > 0)
                    Close(found, ref draft);
                indent = TraceText.Indent(line);
                var code = i + 1 < lines.Count ? CodeLine(Unframed(lines[i + 1]), indent) : null;
                if (code is not null)
                    i++;
                draft.Add(new StackFrame(file, number, null, method, code, ProjectCode.Has(file, method)));
            }
            else if (IsBoundary(line))
            {
                if (draft.Frames > 0)
                    Close(found, ref draft);
                else
                    draft = new StackExceptionDraft();
            }
            else if (draft.Frames > 0)
            {
                if (!draft.HasHeader)
                {
                    // Carets, "[Previous line repeated …]" and further code lines are indented as far as a frame or deeper.
                    if (line.Length > 0 && TraceText.Indent(line) < Math.Max(1, indent))
                        draft.Header(line);
                }
                else
                {
                    draft.MessageLine(line);
                }
            }
            if (found.Count == StackTraces.MaxExceptions)
                break;
        }
        if (draft.Frames > 0 && found.Count < StackTraces.MaxExceptions)
            Close(found, ref draft);
        found.Reverse();
        return found;
    }

    private static void Close(List<StackException> found, ref StackExceptionDraft draft)
    {
        found.Add(draft.Finish(reverse: true));
        draft = new StackExceptionDraft();
    }

    private static bool IsBoundary(string line) =>
        line.Contains("Traceback (most recent call last)", StringComparison.Ordinal)
        || line.StartsWith("The above exception was the direct cause", StringComparison.Ordinal)
        || line.StartsWith("During handling of the above exception", StringComparison.Ordinal);

    // Exception groups draw a frame of "|" and "+" around their members.
    private static string Unframed(string line)
    {
        var at = TraceText.Indent(line);
        if (at < line.Length && line[at] is '|' && (at + 1 == line.Length || line[at + 1] is ' '))
            return line.Length - at > 2 ? Unframed(line[(at + 2)..], 16) : "";
        return line;
    }

    private static string Unframed(string line, int depth)
    {
        while (depth-- > 0)
        {
            var at = TraceText.Indent(line);
            if (at + 1 >= line.Length || line[at] is not '|' || line[at + 1] is not ' ')
                break;
            line = line[(at + 2)..];
        }
        return line;
    }

    private static bool TryFrame(string line, out string file, out int number, out string? method)
    {
        file = "";
        number = 0;
        method = null;
        var text = line.AsSpan().TrimStart();
        if (!text.StartsWith("File \"", StringComparison.Ordinal))
            return false;
        text = text["File \"".Length..];
        var quote = text.IndexOf("\", line ", StringComparison.Ordinal);
        if (quote < 0)
            return false;
        file = text[..quote].ToString();
        text = text[(quote + "\", line ".Length)..];
        var comma = text.IndexOf(',');
        if (!TraceText.TryNumber((comma < 0 ? text : text[..comma]).Trim(), out number))
            return false;
        if (comma >= 0 && text[comma..].StartsWith(", in ", StringComparison.Ordinal))
            method = text[(comma + ", in ".Length)..].Trim().ToString();
        return true;
    }

    private static string? CodeLine(string line, int indent)
    {
        if (TraceText.Indent(line) <= indent || TryFrame(line, out _, out _, out _))
            return null;
        var code = line.Trim();
        return code.Length == 0 || code.StartsWith("[Previous line repeated", StringComparison.Ordinal) || code.AsSpan().Trim("^~ ").IsEmpty
            ? null
            : code;
    }
}
