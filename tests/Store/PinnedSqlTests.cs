using System.Globalization;
using System.Text;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Tests.Explore;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>
/// What the engine is asked for a question of each kind stands in <c>tests/Store/Pinned</c>: a change to planner or writer of SQL shows what it
/// does to the engine. <c>./dev pin</c> writes the files anew; a reviewer reads their difference.
/// </summary>
public sealed class PinnedSqlTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Store", "Pinned");
    private readonly string _data = Directory.CreateTempSubdirectory("weir-pinned-").FullName;
    private RecordedEngine _engine = null!;
    private ClickHouseStore _store = null!;
    private ExploreRows _rows = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = new RecordedEngine(await EmbeddedEngine.OpenAsync(
            new EmbeddedEngineOptions(Path.Combine(_data, "data")), TimeProvider.System, CancellationToken.None));
        _store = await ClickHouseStore.OpenAsync(_engine, SignalTable.All.ToDictionary(signal => signal, _ => 0), TimeProvider.System, CancellationToken.None);
        _rows = await ExploreRows.Over(_store, "pinned")
            .Span(1, """{"http.route":"/a","http.status_code":500,"cached":true}""", ms: 12, error: true, trace: 1, id: 1)
            .Span(2, """{"http.route":"/b","user":"u1"}""", ms: 3, rate: 4, trace: 1, id: 2, parent: 1)
            .Log(3, """{"user":"u1"}""", body: "slow", severity: 17, trace: 1, span: 1)
            .Event(4, """{"user":"u1","amount":2.5}""", rate: 2)
            .Error(5, """{"user":"u1"}""", message: "no such user", trace: 1)
            .Point(6, 3, attributes: """{"pool":"a"}""")
            .Point(7, 0, "latency", MetricType.Histogram, since: 1, count: 4, sum: 60, min: 2, max: 31, detail: """{"counts":[1,2,1],"bounds":[10,20]}""")
            .StoreAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Statements_of_every_kind_of_question_are_those_that_are_pinned()
    {
        var isPinning = Environment.GetEnvironmentVariable("WEIR_PIN") is not null;
        var different = new List<string>();
        foreach (var (name, spec) in Questions())
        {
            _ = _engine.Take();
            var outcome = "";
            try
            {
                _ = await _rows.AskAsync(spec);
            }
            catch (SpecException refused)
            {
                outcome = $"-- refused: {refused.Message}\n";
            }
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"-- {spec}\n").Append(outcome).AppendJoin('\n', _engine.Take()).ToString();
            var file = Path.Combine(Folder, name + ".sql");
            if (isPinning)
                await File.WriteAllTextAsync(file, text);
            else if (!File.Exists(file) || await File.ReadAllTextAsync(file) != text)
                different.Add(name + "\n" + text);
        }
        var names = Questions().Select(q => q.Name + ".sql").ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(Folder).Where(file => !names.Contains(Path.GetFileName(file))))
        {
            if (isPinning)
                File.Delete(file);
            else
                different.Add(Path.GetFileName(file) + " belongs to no question");
        }
        different.ShouldBeEmpty("./dev pin writes what is asked now; look at the difference");
    }

    private static IEnumerable<(string Name, string Spec)> Questions()
    {
        foreach (var op in Enum.GetValues<CalculationOp>())
        {
            var word = CalculationOps.Name(op);
            var column = op is CalculationOp.Count or CalculationOp.Concurrency ? "" : ""","column":"duration_ms" """.TrimEnd();
            yield return ("calculation-" + word, $$"""{"calculations":[{"op":"{{word}}"{{column}}}],"breakdowns":["http.route"]}""");
        }
        foreach (var op in Enum.GetValues<FilterOp>())
        {
            var word = FilterOps.Name(op);
            var value = op switch
            {
                FilterOp.Exists or FilterOp.DoesNotExist => "",
                FilterOp.In or FilterOp.NotIn => ""","value":["/a","/b"]""",
                _ => ""","value":"/a" """.TrimEnd(),
            };
            yield return ("filter-" + op, $$"""{"calculations":[{"op":"COUNT"}],"filters":[{"column":"http.route","op":"{{word}}"{{value}}}]}""");
        }
        foreach (var (name, value) in new[] { ("whole", "500"), ("fraction", "2.5"), ("boolean", "true"), ("64-bits", "9007199254740993") })
            yield return ("filter-value-" + name, $$"""{"calculations":[{"op":"COUNT"}],"filters":[{"column":"http.status_code","op":"=","value":{{value}}}]}""");
        foreach (var relation in new[] { "root", "parent", "child", "any", "any2", "any3", "none" })
            yield return ("relation-" + relation, $$"""{"calculations":[{"op":"COUNT"}],"filters":[{"column":"{{relation}}.http.route","op":"=","value":"/a"}]}""");
        foreach (var signal in new[] { "trace", "log", "error", "event", "metric" })
        {
            yield return ("signal-" + signal, $$"""{"calculations":[{"op":"COUNT"},{"op":"COUNT_DISTINCT","column":"user"}],"filters":[{"column":"meta.signal_type","op":"=","value":"{{signal}}"}]}""");
        }
        foreach (var column in new[] { "trace.trace_id", "trace.parent_id", "service.name", "error", "is_root", "severity", "body", "exception.message", "dataset", "attributes.name", "metric.value" })
            yield return ("column-" + column.Replace('.', '-'), $$"""{"calculations":[{"op":"COUNT"}],"breakdowns":["{{column}}"],"filters":[{"column":"{{column}}","op":"exists"}]}""");
        yield return ("window-compare", """{"calculations":[{"op":"COUNT"}],"compare_time_offset_seconds":1800}""");
        yield return ("window-granularity", """{"calculations":[{"op":"AVG","column":"duration_ms"}],"granularity":30}""");
        yield return ("group-order-limit", """{"calculations":[{"op":"SUM","column":"duration_ms"}],"breakdowns":["user","service.name"],"orders":[{"op":"SUM","column":"duration_ms","order":"descending"}],"limit":7}""");
        yield return ("group-having", """{"calculations":[{"op":"MAX","column":"duration_ms"}],"breakdowns":["user"],"havings":[{"calculate_op":"MAX","column":"duration_ms","op":">","value":5}]}""");
        yield return ("filter-or", """{"calculations":[{"op":"COUNT"}],"filter_combination":"OR","filters":[{"column":"user","op":"=","value":"u1"},{"column":"http.route","op":"=","value":"/a"}]}""");
        yield return ("histogram", """{"calculations":[{"op":"HISTOGRAM_COUNT","column":"value"},{"op":"P90","column":"value"},{"op":"AVG","column":"value"}],"breakdowns":["host"],"signals":["metrics"]}""");
        yield return ("histogram-heatmap", """{"calculations":[{"op":"HEATMAP","column":"value"}],"signals":["metrics"]}""");
        yield return ("field-calculated", """{"calculations":[{"op":"AVG","column":"slow"}],"calculated_fields":[{"name":"slow","expression":"IF(GT($duration_ms, 10), 1, 0)"}]}""");
    }
}
