namespace Weir.Features.Errors;

/// <summary>
/// PHP's exception as text: where it was thrown, then each call with the place it was called from; previous exceptions come first.
/// <code>
/// PHP Fatal error:  Uncaught RuntimeException: closed in /app/Store.php:10
/// Stack trace:
/// #0 /app/Home.php(12): Cruddur\Store-&gt;read('x')
/// #1 {main}
///
/// Next LogicException: no home in /app/Home.php:14
/// </code>
/// </summary>
internal sealed class PhpStackTrace : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "php" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryCall(lines[index], out _, out _, out _);

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var found = new List<StackException>();
        var draft = new StackExceptionDraft();
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (TryCall(line, out var file, out var number, out var call))
            {
                // A call's line names the place it was made from: the method belongs to the frame before.
                if (draft.Frames > 0 && call is not null)
                    draft[draft.Frames - 1] = Named(draft[draft.Frames - 1], call);
                if (file is not null)
                    draft.Add(new StackFrame(file, number, null, null, null, ProjectCode.Has(file, null)));
                else if (call is not null && call != "{main}")
                    draft.Add(new StackFrame("[internal function]", null, null, null, null, false));
            }
            else if (text.StartsWith("Stack trace:", StringComparison.Ordinal) || text.StartsWith("thrown in ", StringComparison.Ordinal))
            {
                // Words around the frames.
            }
            else if (text.StartsWith("Next ", StringComparison.Ordinal) && draft.HasHeader)
            {
                found.Add(draft.Finish());
                draft = new StackExceptionDraft();
                if (found.Count == StackTraces.MaxExceptions)
                    break;
                Header(draft, text["Next ".Length..]);
            }
            else if (draft.HasHeader && draft.Frames == 0)
            {
                Header(draft, text);
            }
            else if (text.Length > 0 && !draft.HasHeader)
            {
                Header(draft, text);
            }
        }
        if (draft.HasHeader || draft.Frames > 0)
            found.Add(draft.Finish());
        found.Reverse();
        return found;
    }

    // "Class: message in /path/file.php:10"; the place may come only with a later line of the message.
    private static void Header(StackExceptionDraft draft, string text)
    {
        string? file = null;
        var number = 0;
        if (text.LastIndexOf(" in ", StringComparison.Ordinal) is > 0 and var place
            && TraceText.TryLastNumber(text.AsSpan(place + " in ".Length), out var path, out number))
        {
            file = path.ToString();
            text = text[..place];
        }
        if (draft.HasHeader)
            draft.MessageLine(text);
        else
            draft.Header(text);
        if (file is not null)
            draft.Add(new StackFrame(file, number, null, null, null, ProjectCode.Has(file, null)));
    }

    private static StackFrame Named(StackFrame frame, string call) =>
        frame.Method is null ? frame with { Method = call, InProject = frame.InProject && ProjectCode.Has(null, call) } : frame;

    private static bool TryCall(string line, out string? file, out int? number, out string? call)
    {
        file = null;
        number = null;
        call = null;
        var text = line.AsSpan().Trim();
        if (text.Length < 4 || text[0] != '#' || text.IndexOf(' ') is not (> 1 and var blank) || !TraceText.TryNumber(text[1..blank], out _))
            return false;
        text = text[(blank + 1)..].Trim();
        if (text.StartsWith("{main}", StringComparison.Ordinal))
        {
            call = "{main}";
            return true;
        }
        if (text.StartsWith("[internal function]: ", StringComparison.Ordinal))
        {
            call = WithoutArguments(text["[internal function]: ".Length..]);
            return true;
        }
        var colon = text.IndexOf("): ", StringComparison.Ordinal);
        if (colon <= 0 || text[..colon].LastIndexOf('(') is not (> 0 and var open) || !TraceText.TryNumber(text[(open + 1)..colon], out var at))
            return false;
        file = text[..open].ToString();
        number = at;
        call = WithoutArguments(text[(colon + 3)..]);
        return true;
    }

    private static string WithoutArguments(ReadOnlySpan<char> call) => (call.IndexOf('(') is > 0 and var open ? call[..open] : call).ToString();
}
