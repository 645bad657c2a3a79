using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Weir.Core.Model;
using Weir.Core.Settings;
using Weir.Features.Questions;
using Weir.Protocols.Explore;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>What is kept of questions: never at the price of an answer, nor of the memory.</summary>
public sealed class QueryHistoryTests
{
    private readonly FullDisk _settings = new();

    [Fact]
    public async Task A_full_disk_costs_the_history_and_not_the_answer()
    {
        using var history = new QueryHistory(_settings, TimeProvider.System, NullLogger<QueryHistory>.Instance);
        using var query = JsonDocument.Parse("""{"breakdowns":["a"]}""");
        _settings.IsFull = true;
        (await history.TryAddAsync(query.RootElement, "d", 1, 1, CancellationToken.None)).ShouldBe("The question is not in the history: the settings can't be written just now.");
        history.List().ShouldBeEmpty();
        _settings.IsFull = false;
        (await history.TryAddAsync(query.RootElement, "d", 1, 1, CancellationToken.None)).ShouldBeNull();
        history.List().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Answers_are_forgotten_by_their_bytes_and_the_newest_is_kept()
    {
        var runs = new QueryRuns(TimeProvider.System, NullLogger<QueryRuns>.Instance);
        QueryRuns.MostBytes = 10_000;
        try
        {
            var ids = new List<string>();
            for (var i = 0; i < 6; i++)
            {
                var run = runs.Start((_, _) => Task.FromResult<Action<Utf8JsonWriter>>(json => json.WriteStringValue(new string('x', 4_000))));
                await run.Ended;
                run.State.ShouldBe(RunState.Done);
                run.Bytes.ShouldBe(4_002);
                ids.Add(run.Id);
            }
            ids.Count(id => runs.Find(id) is not null).ShouldBeInRange(2, 3);
            var large = runs.Start((_, _) => Task.FromResult<Action<Utf8JsonWriter>>(json => json.WriteStringValue(new string('x', 40_000))));
            await large.Ended;
            using var text = new MemoryStream();
            await using (var json = new Utf8JsonWriter(text))
                runs.Find(large.Id)!.Result!(json);
            text.Length.ShouldBe(40_002);
        }
        finally
        {
            QueryRuns.MostBytes = 64 << 20;
        }
    }

    private sealed class FullDisk : ISettings
    {
        private readonly MemorySettings _memory = new();

        public bool IsFull { get; set; }

        public SettingsEntry? Find(string collection, string key) => _memory.Find(collection, key);

        public IReadOnlyList<SettingsEntry> List(string collection, string prefix = "") => _memory.List(collection, prefix);

        public ValueTask<bool> PutAsync(
            string collection, string key, ReadOnlyMemory<byte> value, long? expectedRevision = null, CancellationToken cancellationToken = default) => IsFull
            ? throw new FaultException(new Fault(FaultKind.Unavailable, "the settings can't be written: no space"))
            : _memory.PutAsync(collection, key, value, expectedRevision, cancellationToken);

        public ValueTask<bool> DeleteAsync(string collection, string key, long? expectedRevision = null, CancellationToken cancellationToken = default) =>
            _memory.DeleteAsync(collection, key, expectedRevision, cancellationToken);
    }
}
