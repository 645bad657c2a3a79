namespace Weir.Features.Errors;

/// <summary>
/// A Go panic, debug.Stack() or an error's %+v: the function on one line, its place on the next, behind a tab.
/// <code>
/// panic: runtime error: index out of range [5] with length 3
///
/// goroutine 1 [running]:
/// main.home({0x1, 0x2}, ...)
/// 	/app/main.go:10 +0x1d
/// created by net/http.(*Server).Serve in goroutine 1
/// 	/usr/local/go/src/net/http/server.go:3086 +0x5cb
/// </code>
/// </summary>
internal sealed class GoStackTrace : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "go" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryPlace(lines[index], out _, out _);

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var draft = new StackExceptionDraft();
        var goroutines = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.StartsWith("goroutine ", StringComparison.Ordinal))
            {
                // A crash lists every goroutine; the first is the one that fell.
                if (++goroutines == 2)
                    break;
            }
            else if (i + 1 < lines.Count && line.Length > 0 && TryPlace(lines[i + 1], out var file, out var number))
            {
                var method = Function(line);
                draft.Add(new StackFrame(file, number, null, method, null, ProjectCode.Has(file, method)));
                i++;
            }
            else if (draft.Frames == 0 && goroutines == 0)
            {
                var text = line.Trim();
                if (draft.HasHeader)
                    draft.MessageLine(line);
                else if (text.StartsWith("panic: ", StringComparison.Ordinal))
                    draft.Header("panic", text["panic: ".Length..]);
                else if (text.StartsWith("fatal error: ", StringComparison.Ordinal))
                    draft.Header("fatal error", text["fatal error: ".Length..]);
                else if (text.Length > 0)
                    draft.Header("", text);
            }
        }
        return [draft.Finish()];
    }

    private static string Function(string line)
    {
        var text = line.AsSpan().Trim();
        if (text.StartsWith("created by ", StringComparison.Ordinal))
        {
            text = text["created by ".Length..];
            if (text.IndexOf(" in goroutine", StringComparison.Ordinal) is > 0 and var end)
                text = text[..end];
            return text.ToString();
        }
        // The arguments are the last pair of parentheses; "(*Server)" before it is the receiver.
        return text.EndsWith(")", StringComparison.Ordinal) && text.LastIndexOf('(') is > 0 and var open ? text[..open].ToString() : text.ToString();
    }

    private static bool TryPlace(string line, out string file, out int number)
    {
        file = "";
        number = 0;
        if (line.Length < 2 || (line[0] != '\t' && !line.StartsWith("    ", StringComparison.Ordinal)))
            return false;
        var text = line.AsSpan().Trim();
        if (text.LastIndexOf(" +0x", StringComparison.Ordinal) is > 0 and var offset)
            text = text[..offset];
        if (!TraceText.TryLastNumber(text, out var path, out number)
            || !(path.EndsWith(".go", StringComparison.Ordinal) || path.EndsWith(".s", StringComparison.Ordinal)))
            return false;
        file = path.ToString();
        return true;
    }
}
