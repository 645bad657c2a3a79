using System.Diagnostics;

namespace Weir.Tests.Support;

/// <summary>
/// Waits for what comes in its own time. A test says what it waits for, never how long: a busy machine takes many times as long as an
/// idle one, and what passes does not wait for the deadline.
/// </summary>
internal static class Waiting
{
    /// <summary>After so long nothing comes any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <param name="what">Ends the sentence "waited for …".</param>
    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var clock = Stopwatch.StartNew(); !await isSo(); await Task.Delay(Step))
        {
            if (clock.Elapsed > Patience)
                throw new TimeoutException($"waited for {what}: not within {Patience.TotalSeconds} s");
        }
    }

    /// <summary>Until the clock's second is another one, for what counts in whole seconds.</summary>
    public static Task ForNextSecondAsync()
    {
        var second = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return UntilAsync(() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() > second, "the next second");
    }
}
