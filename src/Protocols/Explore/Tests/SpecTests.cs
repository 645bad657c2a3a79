using System.Text;
using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Protocols.Explore;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>Reading, checking and writing specifications.</summary>
public sealed class SpecTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private const string Whole =
        """
        {"calculations":[{"op":"P99","column":"duration_ms"},{"op":"COUNT","name":"bad","filters":[{"column":"error","op":"exists"},{"column":"n","op":"in","value":[1,2.5,"x",true]}],"filter_combination":"OR"}],
         "filters":[{"column":"name","op":"!=","value":"x"},{"column":"v","op":"=","value":1}],"filter_combination":"OR","breakdowns":["name","user"],
         "orders":[{"op":"P99","column":"duration_ms","order":"descending"},{"column":"name","order":"ascending"}],
         "havings":[{"calculate_op":"P99","column":"duration_ms","op":">","value":2.5}],"limit":10,"time_range":3600,"granularity":60,
         "calculated_fields":[{"name":"f","expression":"SUM($a, 1)"}],"formulas":[{"name":"g","expression":"MUL($bad, 2)"}],
         "compare_time_offset_seconds":86400,"signals":["spans","errors"]}
        """;

    [Fact]
    public void What_is_read_is_written_the_same()
    {
        using var document = JsonDocument.Parse(Whole);
        var spec = SpecReader.Read(document.RootElement);
        SpecCheck.Errors(spec, Now).ShouldBeEmpty();
        using var written = JsonDocument.Parse(ExploreAnswers.Bytes(json => SpecWriter.Write(json, spec)));
        JsonElement.DeepEquals(written.RootElement, document.RootElement).ShouldBeTrue(written.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("""{"calculations":[{"op":"P42","column":"x"}]}""", "calculations[0].op unknown")]
    [InlineData("""{"formulas":[{"name":"f","expression":"SUB(INGEST_TIMESTAMP(), 1)"}]}""", "formulas[0].expression invalid")]
    [InlineData("""{"calculations":[{"op":"SUM"}]}""", "calculations[0].column missing")]
    [InlineData("""{"calculations":[{"op":"CONCURRENCY","column":"x"}]}""", "calculations[0].column invalid")]
    [InlineData("""{"calculations":[{"op":"COUNT"},{"op":"COUNT"}]}""", "calculations conflict")]
    [InlineData("""{"calculations":[{"op":"COUNT","filters":[{"column":"a","op":"exists"}]}]}""", "calculations[0].name missing")]
    [InlineData("""{"calculations":[{"op":"SUM","column":"root.x"}]}""", "calculations[0].column invalid")]
    [InlineData("""{"filters":[{"column":"a","op":"~"}]}""", "filters[0].op unknown")]
    [InlineData("""{"filters":[{"column":"a","op":"exists","value":1}]}""", "filters[0].value invalid")]
    [InlineData("""{"filters":[{"column":"a","op":"in","value":1}]}""", "filters[0].value invalid")]
    [InlineData("""{"filters":[{"column":"a","op":"in","value":[]}]}""", "filters[0].value out-of-range")]
    [InlineData("""{"filters":[{"column":"a","op":"="},{"op":"=","value":1}]}""", "filters[1].column missing")]
    [InlineData("""{"filters":[{"column":"a","op":">"}]}""", "filters[0].value missing")]
    [InlineData("""{"filter_combination":"XOR"}""", "filter_combination invalid")]
    [InlineData("""{"orders":[{"op":"HEATMAP","column":"a"}],"calculations":[{"op":"HEATMAP","column":"a"}]}""", "orders[0].op invalid")]
    [InlineData("""{"orders":[{"op":"MAX","column":"a"}]}""", "orders[0] unknown")]
    [InlineData("""{"orders":[{"column":"a"}]}""", "orders[0].column unknown")]
    [InlineData("""{"havings":[{"calculate_op":"MAX","column":"a","op":">","value":1}]}""", "havings[0] unknown")]
    [InlineData("""{"havings":[{"calculate_op":"COUNT","op":"contains","value":1}]}""", "havings[0].op invalid")]
    [InlineData("""{"time_range":60,"start_time":1,"end_time":61}""", "time_range conflict")]
    [InlineData("""{"start_time":100,"end_time":50}""", "start_time out-of-range")]
    [InlineData("""{"time_range":-5}""", "time_range out-of-range")]
    [InlineData("""{"time_range":3600,"granularity":1}""", "granularity out-of-range")]
    [InlineData("""{"time_range":3600,"granularity":7200}""", "granularity out-of-range")]
    [InlineData("""{"limit":0}""", "limit out-of-range")]
    [InlineData("""{"limit":1001}""", "limit out-of-range")]
    [InlineData("""{"compare_time_offset_seconds":60}""", "compare_time_offset_seconds out-of-range")]
    [InlineData("""{"breakdowns":["none.x"]}""", "breakdowns[0] invalid")]
    [InlineData("""{"breakdowns":[1]}""", "breakdowns[0] invalid")]
    [InlineData("""{"signals":["traces"]}""", "signals unknown")]
    [InlineData("""{"calculated_fields":[{"name":"f","expression":"FOOBAR(1)"}]}""", "calculated_fields[0].expression invalid")]
    [InlineData("""{"formulas":[{"name":"f","expression":"$nothing"}]}""", "formulas[0].expression unknown")]
    [InlineData("""{"calculations":{}}""", "calculations invalid")]
    [InlineData("[]", "query invalid")]
    public void What_can_not_be_asked_is_told(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);
        var errors = new List<SpecError>();
        try
        {
            errors.AddRange(SpecCheck.Errors(SpecReader.Read(document.RootElement), Now));
        }
        catch (SpecException error)
        {
            errors.AddRange(error.Errors);
        }
        errors.Select(e => $"{e.Field} {e.Code}").ShouldContain(expected);
    }

    [Theory]
    [InlineData(600, 5)]
    [InlineData(7200, 60)]
    [InlineData(86_400, 900)]
    [InlineData(604_800, 7200)]
    [InlineData(10, 0.1)]
    public void A_step_is_chosen_for_the_time_range(double seconds, double step) =>
        QueryWindow.Of(new QuerySpec { TimeRange = seconds }, Now, [])!.Granularity.ShouldBe(step);

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_text_is_a_specification_or_told_why_not()
    {
        var random = Fuzz.Random(7);
        var seed = Encoding.UTF8.GetBytes(Whole);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])seed.Clone();
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(3))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(32, 127);
                        break;
                    case 1:
                        bytes = [.. bytes[..at], .. bytes[(at + random.Next(1, Math.Min(30, bytes.Length - at) + 1))..]];
                        break;
                    default:
                        bytes = [.. bytes[..at], .. "[{\"op\":null,-1e400,true}]"u8[random.Next(20)..], .. bytes[at..]];
                        break;
                }
                if (bytes.Length == 0)
                    break;
            }
            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(bytes);
            }
            catch (JsonException)
            {
                continue;
            }
            using (document)
            {
                try
                {
                    SpecCheck.Errors(SpecReader.Read(document.RootElement), Now);
                }
                catch (SpecException error)
                {
                    error.Errors.ShouldNotBeEmpty();
                }
            }
        }
    }
}
