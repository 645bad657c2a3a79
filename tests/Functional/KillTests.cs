using System.Globalization;
using Shouldly;
using Weir.Tests.Functional.Kills;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// kill -9 at any moment, of the server, of its engine and of both: what was acknowledged at any door is stored, once; what was not is stored
/// whole or not at all; and what a client sends again because it got no answer is stored once.
/// </summary>
public sealed class KillTests
{
    /// <summary>About so many; more of them with <c>./dev soak kills</c>, which also splits loads in halves.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("WEIR_KILLS") ?? "20", CultureInfo.InvariantCulture);

    /// <summary>Of a hundred kills. A round of a first start has two, one of a replay has one before it.</summary>
    private static readonly (string Kind, int Share)[] Kinds =
    [
        (KillRounds.FirstStart, 6), (KillRounds.Server, 24), (KillRounds.Engine, 24), (KillRounds.Both, 9), (KillRounds.Replay, 9), (KillRounds.Days, 5), (KillRounds.Halves, 2), (KillRounds.Stop, 8),
    ];

    [Fact]
    public async Task Kills_of_every_kind_under_load_lose_nothing_acknowledged_and_store_nothing_twice()
    {
        var isSoak = Environment.GetEnvironmentVariable("WEIR_KILLS") is not null;
        var folder = Directory.CreateTempSubdirectory("weir-kill-").FullName;
        await using (var rounds = new KillRounds(folder, new Random(20)))
        {
            foreach (var (kind, share) in Kinds.Where(k => IsRun(k.Kind, isSoak)))
            {
                for (var round = Math.Max(1, share * Kills / 100); round > 0; round--)
                {
                    await rounds.RunAsync(kind);
                    if (isSoak)
                        Console.WriteLine($"{rounds.Kills} kills: {kind}");
                }
            }
            while (rounds.Kills < Kills)
                await rounds.RunAsync(KillRounds.Server);
            await rounds.FinishAsync();
            var table = string.Join('\n', rounds.Table());
            if (isSoak)
                Console.WriteLine(table);
            TestContext.Current.SendDiagnosticMessage(table);
            rounds.Total.Requests.ShouldBeGreaterThan(Kills, "the load must really have run");
            (rounds.Total.Lost, rounds.Total.Doubled).ShouldBe((0, 0), table);
            rounds.Refusals.ShouldBeEmpty();
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Halves take half a minute each. A store over TCP is no child that could be killed, and a new folder is no new store.</summary>
    private static bool IsRun(string kind, bool isSoak) =>
        (isSoak || kind != KillRounds.Halves) && (!WeirProcess.OverTcp || kind is KillRounds.Server or KillRounds.Days or KillRounds.Stop);
}
