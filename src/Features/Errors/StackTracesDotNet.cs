namespace Weir.Features.Errors;

/// <summary>
/// .NET's Exception.ToString: headers outermost first, then the frames innermost exception first.
/// <code>
/// System.InvalidOperationException: no home
///  ---> System.IO.IOException: closed
///    at Cruddur.Store.Read(String path) in /src/Store.cs:line 12
///    --- End of inner exception stack trace ---
///    at Cruddur.Home.List() in /src/Home.cs:line 42
/// </code>
/// </summary>
internal sealed class DotNetStackTrace : StackTraceFormat
{
    protected override ReadOnlySpan<string> Languages => new[] { "dotnet", ".net", "c#", "csharp", "f#", "vb" };

    public override bool IsFrame(IReadOnlyList<string> lines, int index) => TryFrame(lines[index]) is not null;

    public override IReadOnlyList<StackException> Read(IReadOnlyList<string> lines)
    {
        var chain = new List<StackExceptionDraft> { new() };
        var current = 0;
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (TryFrame(line) is { } frame)
            {
                chain[current].Add(frame);
            }
            else if (text.StartsWith("---> ", StringComparison.Ordinal))
            {
                if (chain.Count == StackTraces.MaxExceptions)
                    break;
                chain.Add(new StackExceptionDraft());
                current = chain.Count - 1;
                chain[current].Header(WithoutNumber(text["---> ".Length..]));
            }
            else if (text.StartsWith("--- End of inner exception stack trace", StringComparison.Ordinal))
            {
                // Go back to the exception of which this one is the cause: the nearest one before it without frames.
                current = Math.Max(0, chain.FindLastIndex(current, d => d.Frames == 0));
            }
            else if (text.StartsWith("--- End of stack trace from previous location", StringComparison.Ordinal) || text.EndsWith("<---", StringComparison.Ordinal))
            {
                // Frames continue after it.
            }
            else if (chain[current].Frames == 0)
            {
                if (chain[current].HasHeader)
                    chain[current].MessageLine(line);
                else if (text.Length > 0)
                    current = Headers(chain, text);
            }
        }
        var found = new List<StackException>(chain.Count);
        foreach (var draft in chain)
        {
            if (draft.HasHeader || draft.Frames > 0)
                found.Add(draft.Finish());
        }
        return found;
    }

    // .NET Framework writes the headers of the whole chain on one line.
    private static int Headers(List<StackExceptionDraft> chain, string text)
    {
        var first = true;
        foreach (var header in text.Split(" ---> ", StackTraces.MaxExceptions))
        {
            if (!first)
                chain.Add(new StackExceptionDraft());
            chain[^1].Header(header);
            first = false;
        }
        return chain.Count - 1;
    }

    private static string WithoutNumber(string header) =>
        header.StartsWith("(Inner Exception #", StringComparison.Ordinal) && header.IndexOf(") ", StringComparison.Ordinal) is > 0 and var end
            ? header[(end + 2)..]
            : header;

    private static StackFrame? TryFrame(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("at ", StringComparison.Ordinal))
            return null;
        text = text["at ".Length..];
        string? file = null;
        int? number = null;
        var place = text.LastIndexOf(" in ", StringComparison.Ordinal);
        if (place > 0 && text.LastIndexOf(":line ", StringComparison.Ordinal) is var mark && mark > place
            && TraceText.TryNumber(text[(mark + ":line ".Length)..].Trim(), out var at))
        {
            file = text[(place + " in ".Length)..mark].ToString();
            number = at;
            text = text[..place];
        }
        // "Name(parameters)", without a blank before the parenthesis, which distinguishes it from V8's "name (place)".
        var open = text.IndexOf('(');
        if (open <= 0 || text[^1] != ')' || text[open - 1] == ' ' || !text[..open].Contains('.'))
            return null;
        var parameters = text[(open + 1)..^1];
        if (file is null && (parameters is "Native Method" or "Unknown Source" || parameters.Contains(':')))
            return null;
        var method = text.ToString();
        return new StackFrame(file, number, null, method, null, ProjectCode.Has(null, method) && (file is null || ProjectCode.Has(file, null)));
    }
}
