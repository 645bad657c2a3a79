namespace Weir.Features.Errors;

/// <summary>
/// Ruby's full_message (most recent call first), or bare backtrace lines.
/// <code>
/// app/home.rb:10:in `list': closed (IOError)
/// 	from app/server.rb:3:in 'Server#call'
/// </code>
/// </summary>
internal sealed class RubyBacktrace : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "ruby" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryFrame(lines[index], out _) is not null;

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var found = new List<StackException>();
        var draft = new StackExceptionDraft();
        foreach (var line in lines)
        {
            if (TryFrame(line, out var tail) is { } frame)
            {
                var message = tail.Length > 0;
                if (message && draft.Frames > 0)
                {
                    found.Add(draft.Finish());
                    draft = new StackExceptionDraft();
                    if (found.Count == StackTraces.MaxExceptions)
                        return found;
                }
                draft.Add(frame);
                if (message)
                    Header(draft, tail);
            }
            else if (draft.Frames <= 1 && !string.IsNullOrWhiteSpace(line))
            {
                // Before the frames: "IOError: closed" as some loggers print it. After the first one: further lines of the message.
                if (draft.HasHeader)
                    draft.MessageLine(line);
                else
                    draft.Header(line.Trim());
            }
        }
        if (draft.Frames > 0)
            found.Add(draft.Finish());
        return found;
    }

    private static void Header(StackExceptionDraft draft, string tail)
    {
        var open = tail.LastIndexOf(" (", StringComparison.Ordinal);
        if (open >= 0 && tail[^1] == ')')
            draft.Header(tail[(open + 2)..^1], tail[..open].Trim());
        else
            draft.Header("", tail);
    }

    /// <summary><paramref name="tail"/>: what follows the method, after its colon.</summary>
    private static StackFrame? TryFrame(string line, out string tail)
    {
        tail = "";
        var text = line.AsSpan().Trim();
        if (text.StartsWith("from ", StringComparison.Ordinal))
            text = text["from ".Length..];
        var mark = text.IndexOf(":in ", StringComparison.Ordinal);
        if (mark <= 0 || !TraceText.TryLastNumber(text[..mark], out var path, out var number) || path.IsEmpty)
            return null;
        var rest = text[(mark + ":in ".Length)..];
        if (rest.IsEmpty || rest[0] is not ('`' or '\''))
            return null;
        rest = rest[1..];
        var end = rest.IndexOf('\'');
        if (end < 0)
            return null;
        var method = rest[..end].ToString();
        rest = rest[(end + 1)..];
        if (rest.StartsWith(": ", StringComparison.Ordinal))
            tail = rest[2..].Trim().ToString();
        var file = path.ToString();
        return new StackFrame(file, number, null, method, null, ProjectCode.Has(file, method));
    }
}
