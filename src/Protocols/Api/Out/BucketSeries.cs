using Weir.Core.Query;

namespace Weir.Protocols.Api.Out;

/// <summary>Cuts a range into equal buckets of a round length, aligned to the epoch as the engine aligns them.</summary>
internal sealed class BucketSeries
{
    private const int MostBuckets = 60;
    private static readonly long[] RoundSeconds =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

    public BucketSeries(TimeRange range)
    {
        var seconds = range.Length.TotalSeconds;
        BucketSeconds = RoundSeconds[^1];
        foreach (var length in RoundSeconds)
        {
            if (seconds / length <= MostBuckets)
            {
                BucketSeconds = length;
                break;
            }
        }
        while (seconds / BucketSeconds > MostBuckets)
            BucketSeconds *= 2;
        First = Align(range.From.ToUnixTimeSeconds());
        var last = Align((range.To.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks - 1) / TimeSpan.TicksPerSecond);
        Count = (int)((last - First) / BucketSeconds) + 1;
    }

    public long BucketSeconds { get; }

    /// <summary>Start of the first bucket: seconds since 1970, not after the range's start.</summary>
    public long First { get; }

    public int Count { get; }

    /// <summary>Start of a bucket, in nanoseconds since 1970.</summary>
    public long Start(int index) => (First + (index * BucketSeconds)) * 1_000_000_000;

    /// <summary>The bucket of a value of <see cref="Function.TimeBucket"/>; false when it is outside the range.</summary>
    public bool TryIndex(long bucketStart, out int index)
    {
        var at = (bucketStart - First) / BucketSeconds;
        index = (int)Math.Clamp(at, 0, Count - 1);
        return bucketStart >= First && at < Count;
    }

    private long Align(long seconds) => seconds / BucketSeconds * BucketSeconds;
}
