using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Features.Questions.BubbleUp;

namespace Weir.Protocols.Explore.Compare;

/// <summary>What is different, as it is answered.</summary>
internal sealed record BubbleUpAnswer(
    RowSet Selected,
    RowSet Baseline,
    string SampleNote,
    IReadOnlyList<string> Warnings,
    double ElapsedMs,
    IReadOnlyList<Dimension> Dimensions,
    IReadOnlyList<Measure> Measures);

/// <summary>Writes what is different as JSON.</summary>
internal static class BubbleUpWriter
{
    /// <summary>Digits of shares and scores that mean something.</summary>
    private const int Digits = 5;

    public static void Write(Utf8JsonWriter json, BubbleUpResult result) => JsonSerializer.Serialize(
        json,
        new BubbleUpAnswer(
            result.Selected,
            result.Baseline,
            result.SampleNote,
            result.Warnings,
            Math.Round(result.Elapsed.TotalMilliseconds, 1),
            [.. result.Dimensions.Select(Rounded)],
            [.. result.Measures.Select(Rounded)]),
        BubbleUpJson.Default.BubbleUpAnswer);

    private static Dimension Rounded(Dimension dimension) => dimension with
    {
        Score = Rounded(dimension.Score),
        Values = [.. dimension.Values.Select(v => new ValueShare(Written(v.Value), Rounded(v.Selected), Rounded(v.Baseline)))],
        Others = Rounded(dimension.Others),
    };

    private static Measure Rounded(Measure measure) => measure with
    {
        Score = Rounded(measure.Score),
        Bins = [.. measure.Bins.Select(b => b with { Selected = Rounded(b.Selected), Baseline = Rounded(b.Baseline) })],
        Missing = Rounded(measure.Missing),
    };

    private static Share Rounded(Share share) => new(Rounded(share.Selected), Rounded(share.Baseline));

    private static double Rounded(double share) => Math.Round(share, Digits);

    /// <summary>JSON has no numbers that are not finite.</summary>
    private static object? Written(object? value) => value is string or bool || (value is double number && double.IsFinite(number)) ? value : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BubbleUpAnswer))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
internal sealed partial class BubbleUpJson : JsonSerializerContext;
