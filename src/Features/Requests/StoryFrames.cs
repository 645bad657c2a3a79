using System.Text.Json;

namespace Weir.Features.Requests;

/// <summary>Frames of the outermost exception of an occurrence, from the JSON text of its <c>exceptions</c> column.</summary>
internal static class StoryFrames
{
    public static IReadOnlyList<StoryFrame> Of(string exceptions)
    {
        var first = StorySpans.Elements(exceptions, element => Frames(element)).FirstOrDefault();
        return first ?? [];
    }

    private static IReadOnlyList<StoryFrame> Frames(JsonElement exception) =>
        exception.TryGetProperty("frames", out var frames) && frames.ValueKind == JsonValueKind.Array
            ? [.. frames.EnumerateArray().Where(f => f.ValueKind == JsonValueKind.Object).Select(Frame)]
            : [];

    private static StoryFrame Frame(JsonElement frame) => new(
        Text(frame, "file"), Number(frame, "line"), Number(frame, "column"), Text(frame, "method"), Text(frame, "code"),
        frame.TryGetProperty("inProject", out var inProject) && inProject.ValueKind == JsonValueKind.True);

    private static string? Text(JsonElement frame, string name) =>
        frame.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement frame, string name) =>
        frame.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
