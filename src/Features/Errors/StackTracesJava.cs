namespace Weir.Features.Errors;

/// <summary>
/// The JVM's printStackTrace, which OpenTelemetry for PHP prints too.
/// <code>
/// java.lang.IllegalStateException: no home
/// 	at com.cruddur.Home.list(Home.java:42)
/// 	at java.base/java.lang.Thread.run(Thread.java:840)
/// Caused by: java.sql.SQLException: closed
/// 	... 12 more
/// </code>
/// </summary>
internal sealed class JavaStackTrace : StackTraceFormat
{
    private static readonly string[] Causes = ["Caused by: ", "Suppressed: ", "Wrapped by: "];

    protected override ReadOnlySpan<string> Languages => new[] { "java", "kotlin", "scala", "groovy", "clojure", "php" };

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
            else if (Cause(text) is { } header)
            {
                if (draft.HasHeader || draft.Frames > 0)
                    found.Add(draft.Finish());
                draft = new StackExceptionDraft();
                draft.Header(header);
                if (found.Count == StackTraces.MaxExceptions - 1)
                    break;
            }
            else if (text.StartsWith("... ", StringComparison.Ordinal) || draft.Frames > 0)
            {
                // "... 12 more" stands for the outer frames; text after the frames is not part of the trace.
            }
            else if (draft.HasHeader)
            {
                draft.MessageLine(line);
            }
            else if (text.Length > 0)
            {
                draft.Header(text);
            }
        }
        if (draft.HasHeader || draft.Frames > 0)
            found.Add(draft.Finish());
        return found;
    }

    private static string? Cause(string text)
    {
        foreach (var cause in Causes)
        {
            if (text.StartsWith(cause, StringComparison.Ordinal))
                return text[cause.Length..];
        }
        return null;
    }

    private static StackFrame? TryFrame(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("at ", StringComparison.Ordinal) || text[^1] != ')')
            return null;
        text = text["at ".Length..];
        var open = text.LastIndexOf('(');
        if (open <= 0 || text[..open].Contains(' '))
            return null;
        var place = text[(open + 1)..^1];
        var name = text[..open];
        if (name.IndexOf('/') is >= 0 and var slash && !name[..slash].Contains('$'))
            name = name[(name.LastIndexOf('/') + 1)..];
        var method = name.ToString();
        if (place is "Native Method" or "Unknown Source")
            return new StackFrame(null, null, null, method, null, ProjectCode.Has(null, method));
        var file = place;
        int? number = null;
        if (TraceText.TryLastNumber(place, out var before, out var at))
        {
            file = before;
            number = at;
        }
        // Other text in the parentheses is a list of parameters, so a .NET frame; a second number is a column, so V8's.
        if (file is not ("SourceFile" or "Unknown Source") && (file.Contains(' ') || file.Contains(',') || !HasExtension(file)))
            return null;
        return new StackFrame(file.ToString(), number, null, method, null, ProjectCode.Has(null, method) && ProjectCode.Has(file.ToString(), null));
    }

    private static bool HasExtension(ReadOnlySpan<char> file) =>
        file.LastIndexOf('.') is > 0 and var dot
        && file[(dot + 1)..] is "java" or "kt" or "kts" or "scala" or "groovy" or "clj" or "php" or "jsp" or "gradle" or "rb" or "py";
}
