using System.Globalization;

namespace Weir.Tests.Support;

/// <summary>
/// Randomness of the fuzz slices. In the tests the seeds are fixed, so that a failure comes again; <c>./dev fuzz</c> runs the same
/// tests over and over with WEIR_FUZZ_SEED counting up, and a failure names the seed to repeat it with.
/// </summary>
internal static class Fuzz
{
    public static Random Random(int seed) => new(unchecked(seed + (Campaign * 7919)));

    private static readonly int Campaign =
        int.TryParse(Environment.GetEnvironmentVariable("WEIR_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 0;
}
