namespace Weir.Features.Errors;

/// <summary>
/// V8's stack (Node, Chrome, Edge), with the causes Node's inspect prints.
/// <code>
/// TypeError: Cannot read properties of undefined (reading 'x')
///     at Object.home (/app/home.js:10:5)
///     at async /app/server.js:3:4 {
///   [cause]: Error: closed
/// </code>
/// </summary>
internal sealed class V8StackTrace : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "javascript", "js", "node", "typescript", "webjs" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryFrame(lines[index]) is not null;

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var found = new List<StackException>();
        var draft = new StackExceptionDraft();
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (TryFrame(line) is { } frame)
            {
                draft.Add(frame);
            }
            else if (text.StartsWith("[cause]: ", StringComparison.Ordinal) || text.StartsWith("Caused by: ", StringComparison.Ordinal))
            {
                if (draft.HasHeader || draft.Frames > 0)
                    found.Add(draft.Finish());
                draft = new StackExceptionDraft();
                draft.Header(text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
                if (found.Count == StackTraces.MaxExceptions - 1)
                    break;
            }
            else if (draft.Frames == 0)
            {
                if (draft.HasHeader)
                    draft.MessageLine(line);
                else if (text.Length > 0)
                    draft.Header(text);
            }
        }
        if (draft.HasHeader || draft.Frames > 0)
            found.Add(draft.Finish());
        return found;
    }

    private static StackFrame? TryFrame(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("at ", StringComparison.Ordinal))
            return null;
        text = text["at ".Length..];
        // Node's inspect begins the error's own properties on the line of the last frame.
        if (text.EndsWith(" {", StringComparison.Ordinal))
            text = text[..^2].TrimEnd();
        if (text.IsEmpty)
            return null;
        ReadOnlySpan<char> name = default;
        var place = text;
        if (text[^1] == ')' && text.IndexOf(" (", StringComparison.Ordinal) is >= 0 and var open)
        {
            name = text[..open].Trim();
            place = text[(open + 2)..^1];
        }
        else if (text.StartsWith("async ", StringComparison.Ordinal))
        {
            place = text["async ".Length..];
        }
        // "eval at outer (a.js:1:2), <anonymous>:3:4": the outer place is more useful.
        if (place.StartsWith("eval at ", StringComparison.Ordinal) && place.LastIndexOf('(') is > 0 and var inner
            && place[inner..].IndexOf(')') is > 0 and var close)
            place = place.Slice(inner + 1, close - 1);
        var method = name.IsEmpty ? null : name.ToString();
        if (TraceText.TryLocation(place, out var file, out var number, out var column))
        {
            if (column is null && method is null)
                return null;
            return new StackFrame(file, number, column, method, null, ProjectCode.Has(file, method));
        }
        return place is "<anonymous>" or "native" or "unknown location" || place.StartsWith("index ", StringComparison.Ordinal)
            ? new StackFrame(place is "<anonymous>" ? null : place.ToString(), null, null, method, null, false)
            : null;
    }
}

/// <summary>
/// The stack of Firefox and Safari, which has no header of its own.
/// <code>
/// home@http://localhost:3000/static/home.js:10:5
/// global code@http://localhost:3000/:1:2
/// </code>
/// </summary>
internal sealed class GeckoStackTrace : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "javascript", "js", "typescript", "webjs" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryFrame(lines[index]) is not null;

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var draft = new StackExceptionDraft();
        foreach (var line in lines)
        {
            if (TryFrame(line) is { } frame)
                draft.Add(frame);
            else if (draft.Frames == 0 && draft.HasHeader)
                draft.MessageLine(line);
            else if (draft.Frames == 0 && !string.IsNullOrWhiteSpace(line))
                draft.Header(line.Trim());
        }
        return [draft.Finish()];
    }

    private static StackFrame? TryFrame(string line)
    {
        var text = line.AsSpan().Trim();
        var at = text.IndexOf('@');
        if (at < 0 || text.StartsWith("at ", StringComparison.Ordinal))
            return null;
        var name = text[..at];
        var place = text[(at + 1)..];
        var method = name.IsEmpty ? null : name.ToString();
        if (place is "[native code]")
            return new StackFrame(place.ToString(), null, null, method, null, false);
        return place.Contains(' ') || !TraceText.TryLocation(place, out var file, out var number, out var column)
            || !(file.Contains('/', StringComparison.Ordinal) || file.Contains('.', StringComparison.Ordinal))
            ? null
            : new StackFrame(file, number, column, method, null, ProjectCode.Has(file, method));
    }
}
