using Shouldly;
using Weir.Core.Query;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.XRay.Documents;
using Weir.Protocols.XRay.Filter;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Traces;

/// <summary>Each expression once in the engine and once over the whole traces in memory: they must agree about every trace.</summary>
public sealed class FilterDifferenceTests(SharedEngine shared)
{
    private const string Account = "000000000000";
    private const long Start = 1_010_000_000;
    private const int Count = 400;
    private static readonly SemaphoreSlim Loading = new(1, 1);
    private static IReadOnlyList<Trace>? _traces;
    private static GeneratedTraces? _generated;

    private static readonly TimeRange Range = new(DateTimeOffset.FromUnixTimeSeconds(Start - 10), DateTimeOffset.FromUnixTimeSeconds(Start + 700));

    [Theory]
    [InlineData("ok", true)]
    [InlineData("ok = false", true)]
    [InlineData("fault", true)]
    [InlineData("!fault", true)]
    [InlineData("error = true", true)]
    [InlineData("error != true", true)]
    [InlineData("throttle", true)]
    [InlineData("partial", true)]
    [InlineData("!partial", true)]
    [InlineData("inferred", true)]
    [InlineData("!inferred", true)]
    [InlineData("responsetime > 1", true)]
    [InlineData("responseTime <= 0.8", true)]
    [InlineData("responsetime = 0.8", true)]
    [InlineData("duration > 2", true)]
    [InlineData("duration != 0.8", true)]
    [InlineData("!(duration < 1)", true)]
    [InlineData("http.status = 500", true)]
    [InlineData("http.status != 200", true)]
    [InlineData("http.status >= 400 http.status < 500", true)]
    [InlineData("http.url CONTAINS \"v2\"", true)]
    [InlineData("http.url ENDSWITH \"/home\"", true)]
    [InlineData("http.url", true)]
    [InlineData("!http.url", true)]
    [InlineData("http.method = \"GET\"", true)]
    [InlineData("http.method != \"GET\"", true)]
    [InlineData("http.useragent BEGINSWITH \"curl\"", true)]
    [InlineData("http.clientip = \"10.0.0.1\"", true)]
    [InlineData("user", true)]
    [InlineData("user = \"alice\"", true)]
    [InlineData("user != \"alice\"", true)]
    [InlineData("user CONTAINS \"\"", true)]
    [InlineData("user = \"\"", true)]
    [InlineData("availabilityzone = \"eu-1a\"", true)]
    [InlineData("instance.id = \"i-1\"", true)]
    [InlineData("resource.arn ENDSWITH \"b\"", true)]
    [InlineData("annotation.age = 30", true)]
    [InlineData("annotation.age != 30", true)]
    [InlineData("annotation.age > 30.5", true)]
    [InlineData("annotation.age = \"30\"", true)]
    [InlineData("!annotation.age", true)]
    [InlineData("annotation.flag = true", true)]
    [InlineData("annotation.flag != true", true)]
    [InlineData("annotation[a.b]", true)]
    [InlineData("annotation[a.b] CONTAINS \"o\"", true)]
    [InlineData("service(\"worker\")", true)]
    [InlineData("!service(\"worker\")", true)]
    [InlineData("service(\"cruddur\")", true)]
    [InlineData("service(\"mails\")", true)]
    [InlineData("service(\"shop-db\"){ok}", true)]
    [InlineData("service(\"worker\"){fault}", true)]
    [InlineData("service(\"worker\"){!fault}", true)]
    [InlineData("service(){fault}", true)]
    [InlineData("service(){throttle and inferred}", true)]
    [InlineData("service(\"api\"){responsetime > 2 or http.status = 404}", true)]
    [InlineData("service(\"api\"){root}", true)]
    [InlineData("service(\"api\"){!root}", true)]
    [InlineData("service(\"api\"){partial}", true)]
    [InlineData("service(\"api\"){!partial and error}", true)]
    [InlineData("service(\"api\"){annotation.age = 30}", true)]
    [InlineData("service(\"api\"){!annotation.age and user = \"alice\"}", true)]
    [InlineData("service(){annotation.age = 30 or user}", true)]
    [InlineData("service(\"worker\"){fault and annotation.flag = true}", true)]
    [InlineData("!service(\"worker\"){annotation[a.b] = \"dots\"}", true)]
    [InlineData("service(id(type:\"AWS::Lambda\")){annotation.flag}", true)]
    [InlineData("rootcause.fault.entity { name = \"worker\" and remote }", false)]
    [InlineData("service(id(name:\"api\", type:\"AWS::Lambda\"))", true)]
    [InlineData("service(id(type:\"AWS::DynamoDB::Table\"))", true)]
    [InlineData("service(id(type:\"AWS::step\")){fault}", true)]
    [InlineData("service(id(type:\"remote\"))", true)]
    [InlineData("service(id(type:\"client\"))", false)]
    [InlineData("service(id(account.id:\"123456789012\"))", true)]
    [InlineData("service(id(account.id:\"000000000000\")){fault}", true)]
    [InlineData("service(){name BEGINSWITH \"wor\" and type CONTAINS \"Lambda\"}", true)]
    [InlineData("edge(\"api\",\"worker\")", true)]
    [InlineData("edge(\"api\",\"worker\"){error}", true)]
    [InlineData("edge(\"api\",\"worker\"){!error}", true)]
    [InlineData("edge(\"shop\",\"worker\"){http.status = 503}", true)]
    [InlineData("edge(\"shop\",\"mail\")", true)]
    [InlineData("edge(\"api\",\"cruddur\"){inferred and duration > 0.3}", true)]
    [InlineData("edge(\"api\",\"worker\"){source.annotation[age] = 30}", true)]
    [InlineData("edge(id(type:\"AWS::Lambda\"),\"worker\")", false)]
    [InlineData("edge(\"api\",id(type:\"AWS::S3::Bucket\"))", true)]
    [InlineData("!edge(\"api\",\"worker\"){fault}", true)]
    [InlineData("rootcause.fault.service { name = \"worker\" }", false)]
    [InlineData("rootcause.fault.exception { name = \"ValueError\" and message CONTAINS \"bad\" }", false)]
    [InlineData("rootcause.error.entity { last and remote }", false)]
    [InlineData("rootcause.responsetime.entity { coverage > 0.7 }", false)]
    [InlineData("!rootcause.responsetime.entity { index = 1 }", false)]
    [InlineData("rootcause.json = #[{\"Name\":\"api\"}]", false)]
    [InlineData("rootcause.json != #[{\"Name\":\"api\"}]", false)]
    [InlineData("group.name = \"workers\"", true)]
    [InlineData("group.name != \"workers\" and fault", true)]
    [InlineData("group.name = \"nobody\" or ok", true)]
    [InlineData("group.name != \"nobody\"", true)]
    [InlineData("group.arn = \"arn:workers\"", true)]
    [InlineData("group.name = \"circle\"", true)]
    [InlineData("ok !partial duration < 3", true)]
    [InlineData("(fault or error) and (service(\"worker\") or !user) and annotation.flag", true)]
    public async Task EngineAndMemoryAgree(string text, bool engineAlone)
    {
        var (store, groups) = await LoadedAsync();
        var filter = FilterParser.Parse(text, out var fault);
        fault.ShouldBeNull();
        var search = new TraceSearch(store, groups);
        var question = new TraceQuestion(Range, TimeRangeType.TraceId, filter, Account, _generated!.Environment);
        var candidates = (await search.FindAsync(question, null, 10_000, CancellationToken.None)).ToDictionary(c => c.Id, c => c.Certain);
        var evaluator = new FilterEvaluator(groups, Account);
        var wrong = new List<string>();
        var matches = 0;
        foreach (var trace in _traces!)
        {
            var expected = evaluator.Matches(filter, trace, TraceMap.Of(trace));
            matches += expected ? 1 : 0;
            bool? answer = !candidates.TryGetValue(trace.Id, out var certain) ? false : certain ? true : null;
            if (answer is { } decided && decided != expected)
                wrong.Add($"{trace.Id.ToHex()} is {expected}, the engine says {decided}");
        }
        wrong.ShouldBeEmpty();
        var unsure = candidates.Count(c => !c.Value);
        TestContext.Current.TestOutputHelper?.WriteLine($"{text}: {matches} of {_traces!.Count} match, {unsure} had to be judged");
        // Most traces are whole and have come in one piece: of those the engine is sure.
        if (engineAlone)
            unsure.ShouldBeLessThan(Count / 3);
    }

    private async Task<(ITelemetryReader Reader, TraceGroupStore Groups)> LoadedAsync()
    {
        var store = await SharedStore.OpenAsync(shared);
        var groups = new TraceGroupStore(new MemorySettings(), FilterParser.Parse);
        await groups.TryAddAsync(new TraceGroup("workers", "arn:workers", "service(\"worker\")", false, false), CancellationToken.None);
        await groups.TryAddAsync(new TraceGroup("circle", "arn:circle", "group.name = \"circle\"", false, false), CancellationToken.None);
        await Loading.WaitAsync();
        try
        {
            if (_traces is null)
            {
                _generated = new GeneratedTraces(1, "xray-filters", Start);
                await _generated.LoadAsync(new LoadingSink(store), Count);
                _traces = await new TraceLoader(store.Reader, new StoredDocuments()).LoadAsync(_generated.Ids, _generated.Environment, CancellationToken.None);
                _traces.Count.ShouldBe(Count);
            }
        }
        finally
        {
            Loading.Release();
        }
        return (store.Reader, groups);
    }
}
