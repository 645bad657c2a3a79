using System.Text.Json;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// The exceptions of an item's body, outermost first, frames from the call that threw outwards.
/// <code>
/// {"trace_chain":[{"frames":[{"filename":"/app/home.py","lineno":42,"method":"run","code":"…"}],
///  "exception":{"class":"IndexError","message":"list index out of range"}}]}
/// </code>
/// </summary>
internal static class BodyExceptions
{
    private const int MaxCode = 1000;

    public static IReadOnlyList<StackException> Read(JsonElement data)
    {
        var body = data.Field("body");
        var language = data.Scalar("language");
        if (body.Field("crash_report") is { IsPresent: true } crash)
            return StackTraces.Parse(crash.Scalar("raw") ?? crash.Scalar() ?? "", language);
        var project = new ProjectRoots(data);
        var innermostFirst = IsInnermostFirst(data);
        var found = new List<StackException>();
        if (body.Field("trace") is { IsPresent: true } trace)
        {
            found.Add(Exception(data, trace, language, innermostFirst, project));
        }
        else if (body.Field("trace_chain") is { ValueKind: JsonValueKind.Array } chain)
        {
            foreach (var link in chain.EnumerateArray())
            {
                if (found.Count == StackTraces.MaxExceptions)
                    break;
                found.Add(Exception(data, link, language, innermostFirst, project));
            }
            if (found.Count == 0)
                found.Add(new StackException("", null, []));
        }
        return found;
    }

    // The documentation specifies the most recent call last; Rollbar.NET and rollbar-go send it first.
    private static bool IsInnermostFirst(JsonElement data) =>
        data.Scalar("language")?.ToLowerInvariant() is "c#" or "go" or "golang"
        || data.Scalar("notifier", "name") is { } name
            && (name.StartsWith("Rollbar.NET", StringComparison.OrdinalIgnoreCase) || name.StartsWith("rollbar-go", StringComparison.OrdinalIgnoreCase));

    private static StackException Exception(JsonElement data, JsonElement trace, string? language, bool innermostFirst, ProjectRoots project)
    {
        var exception = trace.Field("exception");
        IReadOnlyList<StackFrame> frames = Frames(trace.Field("frames"), innermostFirst, project);
        var stack = exception.Scalar("stack") ?? exception.Scalar("raw") ?? trace.Scalar("raw");
        if (frames.Count == 0 && stack is null && data.Field("body").Field("trace").IsPresent)
            stack = data.Field("notifier", "diagnostic").Scalar("raw_error", "stack");
        if (frames.Count == 0 && stack is not null)
            frames = StackTraces.Parse(stack, language)[0].Frames;
        return new StackException(
            exception.Scalar("class") ?? "",
            exception.Scalar("message") ?? exception.Scalar("description"),
            frames);
    }

    private static List<StackFrame> Frames(JsonElement frames, bool innermostFirst, ProjectRoots project)
    {
        if (frames.ValueKind != JsonValueKind.Array)
            return [];
        var total = frames.GetArrayLength();
        var found = new List<StackFrame>(Math.Min(total, StackTraces.MaxFrames));
        var index = 0;
        foreach (var frame in frames.EnumerateArray())
        {
            // With endless recursion both ends are kept.
            var kept = total <= StackTraces.MaxFrames || index < StackTraces.MaxFrames / 2 || index >= total - (StackTraces.MaxFrames / 2);
            index++;
            if (kept && frame.IsObject)
                found.Add(Frame(frame, project));
        }
        if (!innermostFirst)
            found.Reverse();
        return found;
    }

    private static StackFrame Frame(JsonElement frame, ProjectRoots project)
    {
        var file = frame.Scalar("filename");
        var method = frame.Scalar("method");
        if (method is not null && frame.Scalar("class_name") is { } owner && !method.Contains('.', StringComparison.Ordinal))
            method = owner + "." + method;
        var code = frame.Scalar("code");
        return new StackFrame(
            file, frame.Whole("lineno"), frame.Whole("colno"), method, code is null ? null : StackTraces.CutAt(code, MaxCode), project.Has(file, method));
    }
}
