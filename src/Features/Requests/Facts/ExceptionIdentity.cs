using System.Text.Json;

namespace Weir.Features.Requests.Facts;

/// <summary>What makes an exception the same in two recorders: its class and the first line of its message.</summary>
/// <param name="Class">Without its namespace: some recorders write it, others don't.</param>
/// <param name="Frame">File and function of the innermost frame, or null. Strong evidence when equal; recorders cut stacks differently, so nothing when not.</param>
public sealed record ExceptionIdentity(string Class, string Message, string? Frame)
{
    // Recorders cut long messages at different lengths.
    private const int LongestMessage = 200;

    /// <summary>Null when neither class nor message is known.</summary>
    /// <param name="exceptions">As in the column <c>exceptions</c> of an occurrence: JSON text, or empty.</param>
    public static ExceptionIdentity? Of(string? type, string? message, string? exceptions = null)
    {
        type = type?.Trim() ?? "";
        var name = type[(type.AsSpan().LastIndexOfAny('.', '\\', ':') + 1)..];
        var text = (message ?? "").Trim();
        var line = text.AsSpan().IndexOfAny('\r', '\n');
        text = line < 0 ? text : text[..line].TrimEnd();
        text = text[..Math.Min(text.Length, LongestMessage)];
        return name.Length + text.Length == 0 ? null : new ExceptionIdentity(name, text, InnermostFrame(exceptions));
    }

    /// <summary>The last line of a traceback: <c>TypeError: it failed</c>, <c>builtins.KeyError: 'x'</c>.</summary>
    public static ExceptionIdentity? OfLastLine(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var type = colon < 0 ? line.TrimEnd() : line[..colon];
        return type.Length is > 0 and < 200 && type.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '\\' or ':')
            ? Of(type, colon < 0 ? "" : line[(colon + 2)..])
            : null;
    }

    /// <summary>The same exception as far as both know. A class alone says something only when the other knows no message.</summary>
    public bool IsSame(ExceptionIdentity other) =>
        (Class.Length == 0 || other.Class.Length == 0 || Class == other.Class)
        && (Message == other.Message || Message.Length == 0 || other.Message.Length == 0);

    // [{"class":…,"message":…,"frames":[{"file":…,"line":…,"method":…},…]},…], innermost frame last.
    private static string? InnermostFrame(string? exceptions)
    {
        if (string.IsNullOrEmpty(exceptions))
            return null;
        try
        {
            using var document = JsonDocument.Parse(exceptions);
            if (document.RootElement is not { ValueKind: JsonValueKind.Array } all || all.GetArrayLength() == 0
                || !all[0].TryGetProperty("frames", out var frames) || frames.ValueKind != JsonValueKind.Array || frames.GetArrayLength() == 0)
            {
                return null;
            }
            var frame = frames[frames.GetArrayLength() - 1];
            var file = Text(frame, "file");
            return $"{file[(file.AsSpan().LastIndexOfAny('/', '\\') + 1)..]}:{Text(frame, "method")}";
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement frame, string name) =>
        frame.ValueKind == JsonValueKind.Object && frame.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
