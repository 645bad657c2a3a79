using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Query;
using Weir.Features.Traces.Groups;
using Weir.Protocols.XRay;
using Weir.Tests.Support;
using Weir.Tests.XRay;
using Xunit;

namespace Weir.Tests.Traces;

/// <summary>Traces of groups, counted minute by minute.</summary>
public sealed class GroupCounterTests(SharedEngine shared)
{
    [Fact]
    public async Task TracesAreCountedWithTheFilterOfTheirMinute()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        var first = GroupCounter.MinuteOf(DateTimeOffset.FromUnixTimeSeconds(stored.Base + 600));
        var at = (int)(first.ToUnixTimeSeconds() - stored.Base);
        await stored.Host.OkAsync("/CreateGroup", """{"GroupName":"api","FilterExpression":"service(\"api\")"}""");
        await stored.Host.OkAsync("/CreateGroup", """{"GroupName":"thrown","FilterExpression":"rootcause.fault.exception { name = \"E\" }"}""");
        const string Thrown = "\"fault\":true,\"cause\":{\"exceptions\":[{\"id\":\"0000000000000001\",\"type\":\"E\",\"message\":\"m\"}]}";
        await stored.PutAsync(
            stored.Document(at, "1", "api"),
            stored.Document(at + 59, "2", "other", "\"parent_id\":\"00000000000000ff\""),
            stored.Document(at + 10, "3", "api", Thrown),
            // Begun in the minute before: it counts there.
            stored.Document(at - 1, "4", "api"),
            stored.Document(at - 1, "5", "late", FormattableString.Invariant($"\"start_time\":{stored.Base + at + 5},\"end_time\":{stored.Base + at + 6}")),
            stored.Document(at + 60, "6", "api"));
        await stored.PutSpanAsync(at + 20, 1, 0, "GET /home", SpanKind.Server, _ => { });
        (await CountAsync(stored, first)).ShouldBe(["Default 4", "api 2", "thrown 1"]);
        // The filter that counts is the one of the time when a trace came.
        await stored.Host.OkAsync("/UpdateGroup", """{"GroupName":"api","FilterExpression":"service(\"other\")"}""");
        await stored.PutAsync(stored.Document(at + 121, "7", "api"), stored.Document(at + 122, "8", "other"), stored.Document(at + 123, "9", "other"));
        (await CountAsync(stored, first + GroupCounter.Minute)).ShouldBe(["Default 1", "api 1", "thrown 0"]);
        (await CountAsync(stored, first + (2 * GroupCounter.Minute))).ShouldBe(["Default 3", "api 2", "thrown 0"]);
        (await CountAsync(stored, first + TimeSpan.FromDays(1))).ShouldBeEmpty();
        // What was counted stays.
        (await ReadAsync(stored, first)).ShouldBe(["Default 4", "api 2", "thrown 1"]);
    }

    [Fact]
    public async Task MinutesInWhichNothingRanAreCountedOnceLater()
    {
        var time = new ManualTime(1_119_000_000 / 60 * 60);
        await using var stored = await StoredXRay.StartAsync(shared, new XRayOptions { Udp = false, CountGroups = false }, time);
        var counter = stored.Host.Service<GroupCounter>();
        var begin = (int)(time.GetUtcNow().ToUnixTimeSeconds() - stored.Base);
        await stored.Host.OkAsync("/CreateGroup", """{"GroupName":"late","FilterExpression":"service(\"late\")"}""");
        // The first look begins to count; the minute it is in is over, and due, half a minute after its end.
        await counter.CountDueAsync(CancellationToken.None);
        await stored.PutAsync([.. Enumerable.Range(0, 120).Select(i => stored.Document(begin + (i * 60), $"{i + 1:x}", "late"))]);
        time.Advance(89);
        await counter.CountDueAsync(CancellationToken.None);
        (await MinutesAsync()).ShouldBe(0);
        time.Advance(1);
        await counter.CountDueAsync(CancellationToken.None);
        await counter.CountDueAsync(CancellationToken.None);
        (await MinutesAsync()).ShouldBe(1);
        // Ninety minutes later the newest hour of them is counted.
        time.Advance(90 * 60);
        await counter.CountDueAsync(CancellationToken.None);
        await counter.CountDueAsync(CancellationToken.None);
        (await MinutesAsync()).ShouldBe(61);

        async Task<int> MinutesAsync()
        {
            await stored.DrainAsync();
            var range = new TimeRange(DateTimeOffset.FromUnixTimeSeconds(stored.Base + begin), time.GetUtcNow() + GroupCounter.Minute);
            var points = (await stored.Host.Service<GroupCounts>().ReadAsync(range, "default", CancellationToken.None))["late"].ToList();
            points.ShouldAllBe(p => p.Traces == 1);
            points.Select(p => p.Minute).Distinct().Count().ShouldBe(points.Count);
            return points.Count;
        }
    }

    private static async Task<List<string>> CountAsync(StoredXRay stored, DateTimeOffset minute)
    {
        await stored.Host.Service<GroupCounter>().CountAsync(minute, CancellationToken.None);
        await stored.DrainAsync();
        return await ReadAsync(stored, minute);
    }

    private static async Task<List<string>> ReadAsync(StoredXRay stored, DateTimeOffset minute)
    {
        var range = new TimeRange(minute + GroupCounter.Minute, minute + (2 * GroupCounter.Minute));
        var counts = await stored.Host.Service<GroupCounts>().ReadAsync(range, "default", CancellationToken.None);
        return [.. counts.SelectMany(g => g.Select(point => (Group: g.Key, Point: point))).OrderBy(c => c.Group, StringComparer.Ordinal).Select(c =>
        {
            c.Point.Minute.ShouldBe(minute.ToUnixTimeSeconds());
            return $"{c.Group} {c.Point.Traces}";
        })];
    }
}
