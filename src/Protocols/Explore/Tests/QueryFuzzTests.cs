using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Whatever a client asks has an answer or a refusal that is about the question: never the engine's own words about SQL, never a defect.</summary>
[Trait("kind", "fuzz")]
public sealed class QueryFuzzTests(SharedEngine engine)
{
    private const int Rounds = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Any_specification_is_answered_or_refused(int seed)
    {
        var rows = await SeedAsync(seed);
        var specs = new RandomSpecs(Fuzz.Random(seed));
        var answered = 0;
        var troubles = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var spec = specs.Next();
            answered += await TroubleAsync(rows, spec.ToJsonString(), round % 4 == 0, troubles) ? 1 : 0;
        }
        troubles.ShouldBeEmpty();
        answered.ShouldBeGreaterThan(Rounds / 4);
    }

    public static TheoryData<string, string> Multiplying => new()
    {
        { "ten fields that name the one before twice", Chain(10, "f => SUM($f, $f)") },
        { "a hundred of them", Chain(100, "f => SUM($f, $f)") },
        { "of rows of any type", Chain(10, "f => IF(EXISTS($f), $f, $f)") },
        { "of any type, a hundred", Chain(100, "f => COALESCE($f, 1, $f)") },
        { "casts in each other", Single(string.Concat(Enumerable.Repeat("INT(FLOAT(", 45)) + "$v" + new string(')', 90)) },
        { "times in each other", Single(string.Concat(Enumerable.Repeat("FORMAT_TIME(\"%Y\", UNIX_TIMESTAMP(", 45)) + "$v" + new string(')', 90)) },
        { "the last of the last", Single(string.Concat(Enumerable.Repeat("LAST(", 90)) + "\"x\"" + new string(')', 90), "metrics") },
        { "rises of rises", Single(string.Concat(Enumerable.Repeat("INCREASE(", 90)) + "$value" + new string(')', 90), "metrics") },
        { "long lists", $$"""{"filters":[{{string.Join(',', Enumerable.Repeat($$"""{"column":"v","op":"in","value":[{{string.Join(',', Enumerable.Range(0, 10_000))}}]}""", 3))}}]}""" },
        { "a hundred filters of a hundred calculations", $$"""{"calculations":[{{string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"op":"SUM","column":"v{{i}}","name":"c{{i}}","filters":[{{string.Join(',', Enumerable.Repeat("""{"column":"t","op":"contains","value":"x"}""", 100))}}]}"""))}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Multiplying))]
    public async Task What_would_multiply_is_answered_or_refused_as_too_much(string what, string spec)
    {
        var rows = await SeedAsync(0);
        var troubles = new List<string>();
        await TroubleAsync(rows, spec, list: false, troubles);
        troubles.ShouldBeEmpty(what);
    }

    private static string Chain(int length, string step) => new JsonObject
    {
        ["calculated_fields"] = new JsonArray([.. Enumerable.Range(0, length + 1).Select(i => (JsonNode)new JsonObject
        {
            ["name"] = $"f{i}", ["expression"] = i == 0 ? "$v" : step[5..].Replace("$f", $"$f{i - 1}", StringComparison.Ordinal),
        })]),
        ["calculations"] = new JsonArray(new JsonObject { ["op"] = "SUM", ["column"] = $"f{length}" }),
    }.ToJsonString();

    private static string Single(string expression, string signal = "spans") => new JsonObject
    {
        ["calculated_fields"] = new JsonArray(new JsonObject { ["name"] = "f", ["expression"] = expression }),
        ["calculations"] = new JsonArray(new JsonObject { ["op"] = "MAX", ["column"] = "f" }),
        ["signals"] = new JsonArray(signal),
    }.ToJsonString();

    /// <summary>True when it was answered.</summary>
    private static async Task<bool> TroubleAsync(ExploreRows rows, string json, bool list, List<string> troubles)
    {
        try
        {
            var spec = ExploreRows.Spec(json);
            await rows.AskAsync(spec);
            if (list)
                await rows.ListAsync(spec);
            return true;
        }
        catch (SpecException refused)
        {
            refused.Errors.ShouldNotBeEmpty();
        }
        catch (FaultException refused) when (refused.Fault.Kind is FaultKind.Invalid or FaultKind.LimitExceeded
            && refused.InnerException is not EngineException { Kind: not (EngineFault.TooComplex or EngineFault.TimeLimit or EngineFault.MemoryLimit or EngineFault.RowLimit) })
        {
            refused.Message.ShouldNotBeEmpty();
        }
#pragma warning disable CA1031 // Every other failure is what is looked for.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            troubles.Add($"{json[..Math.Min(json.Length, 4000)]}\n  {defect.GetType().Name}: {defect.Message[..Math.Min(defect.Message.Length, 1500)]}\n{defect.StackTrace?[..Math.Min(defect.StackTrace.Length, 600)]}");
        }
        return false;
    }

    private async Task<ExploreRows> SeedAsync(int seed)
    {
        var random = new Random(seed);
        var rows = await ExploreRows.OpenAsync(engine);
        string[] values =
        [
            """{"v":1,"t":"x","n":5,"flag":true,"mixed":1}""", """{"v":2.5,"t":"xy","n":7,"mixed":"two"}""", """{"v":"2","t":"","n":-3,"flag":false,"mixed":true}""",
            """{"v":true,"t":"2026-01-01T00:00:00Z","n":9223372036854775807,"a.b.c":"deep"}""", """{"v":"NaN","t":"é😀","duration_ms":7,"it's `a\" \\column":4}""", "{}",
        ];
        for (var i = 0; i < 24; i++)
        {
            var attributes = values[random.Next(values.Length)];
            var trace = (ulong)random.Next(1, 6);
            rows.Span(i * 20, attributes, i % 3 == 0 ? "shop" : "cart", i % 2 == 0 ? "GET /" : "db", i * 10, i % 5 == 0, (uint)(i % 4), trace, (ulong)i + 1, i % 4 == 0 ? 0 : (ulong)i, """{"pod":"p1","v":3}""");
            rows.Log(i * 20, attributes, body: i % 2 == 0 ? "line" : "", severity: (byte)(i % 24), trace: trace, span: (ulong)i);
            rows.Error(i * 20, attributes, message: "boom", trace: trace);
            rows.Event(i * 20, attributes, rate: (uint)(i % 3));
            rows.Point(i * 20, i * 3, type: (MetricType)random.Next(Enum.GetValues<MetricType>().Length), attributes: attributes);
        }
        return await rows.StoreAsync();
    }
}
