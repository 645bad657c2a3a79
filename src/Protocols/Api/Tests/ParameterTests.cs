using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Logs;
using Weir.Protocols.Api.In;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Api;

public sealed class ParameterTests
{
    internal static QueryParameters Query(string query) =>
        new(new QueryCollection(QueryHelpers.ParseQuery(query)), new StoppedClock());

    private static Fault FaultOf(Action read)
    {
        var fault = Should.Throw<FaultException>(read).Fault;
        fault.Kind.ShouldBe(FaultKind.Invalid);
        return fault;
    }

    [Theory]
    [InlineData("", "2026-03-01T11:00:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("start=-15m", "2026-03-01T11:45:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("start=-7d&end=-1d", "2026-02-22T12:00:00.0000000+00:00", "2026-02-28T12:00:00.0000000+00:00")]
    [InlineData("start=2026-02-01&end=now", "2026-02-01T00:00:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("start=2026-03-01T10:00Z", "2026-03-01T10:00:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("start=2026-03-01T10:00:00.5%2B02:00", "2026-03-01T08:00:00.5000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("start=2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("start=2026-03-01T11:00:00.123456789Z", "2026-03-01T11:00:00.1234567+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("end=1772366400", "2026-03-01T11:00:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("end=1772366400000", "2026-03-01T11:00:00.0000000+00:00", "2026-03-01T12:00:00.0000000+00:00")]
    public void Ranges_are_read(string query, string from, string to)
    {
        var range = Query(query).Range();
        range.From.ToString("O").ShouldBe(from);
        range.To.ToString("O").ShouldBe(to);
    }

    [Theory]
    [InlineData("start=yesterday", "start: 'yesterday' is not valid; expected a time")]
    [InlineData("end=2026-13-01", "end: '2026-13-01' is not valid; expected a time")]
    [InlineData("start=-99999999h", "start: '-99999999h' is not valid")]
    [InlineData("start=-5y", "start: '-5y' is not valid")]
    [InlineData("start=99999999999999999", "start: '99999999999999999' is not valid")]
    [InlineData("start=1960-01-01", "start: '1960-01-01' is not valid")]
    [InlineData("start=now&end=-1h", "expected a time before the end")]
    [InlineData("start=-1h&start=-2h", "given more than once")]
    public void Wrong_ranges_name_the_parameter(string query, string expected) =>
        FaultOf(() => Query(query).Range()).Message.ShouldContain(expected);

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("status=broken")]
    [InlineData("order=fastest")]
    [InlineData("minDurationMs=-5")]
    [InlineData("minDurationMs=NaN")]
    [InlineData("maxDurationMs=1e999")]
    [InlineData("minDurationMs=10&maxDurationMs=5")]
    [InlineData("httpStatus=6xx")]
    [InlineData("httpStatus=40")]
    [InlineData("httpStatus=4x4")]
    [InlineData("attribute=novalue")]
    [InlineData("attribute==value")]
    [InlineData("cursor=abc")]
    [InlineData("cursor=!!!!")]
    public void Wrong_trace_filters_name_the_parameter(string query) =>
        FaultOf(() => TraceFilter.Read(Query(query))).Message.ShouldStartWith(query[..query.IndexOf('=', StringComparison.Ordinal)] + ": ");

    [Fact]
    public void A_trace_filter_becomes_conditions()
    {
        var filter = TraceFilter.Read(Query("service=backend&httpStatus=4xx&attribute=app.result_length=3&attribute=k=a%3Db&status=ok&maxDurationMs=1.5"));
        filter.Limit.ShouldBe(50);
        filter.MostNanoseconds.ShouldBe(1_500_000);
        var conditions = filter.Conditions();
        conditions[0].ShouldBe(new CompareExpr(CompareOp.Equal, new FieldExpr("service"), new ConstExpr("backend")));
        conditions.OfType<CompareExpr>().Select(c => (c.Left as AttributeExpr)?.Key).OfType<string>().ShouldBe(["app.result_length", "k"]);
        conditions.OfType<CompareExpr>().Last().Right.ShouldBe(new ConstExpr("a=b"));
        conditions.OfType<NotExpr>().Count().ShouldBe(2, "no span with an error, none longer than the most");
    }

    [Fact]
    public void A_condition_on_whole_traces_is_checked_on_the_span_itself_when_it_is_alone()
    {
        TraceFilter.Read(Query("status=error")).Conditions().ShouldHaveSingleItem().ShouldBeOfType<CompareExpr>();
        TraceFilter.Read(Query("status=error&service=a")).Conditions()[1].ShouldBeOfType<InQueryExpr>();
    }

    [Theory]
    [InlineData("limit=5000", "limit")]
    [InlineData("severity=loud", "severity")]
    [InlineData("traceId=zz", "traceId")]
    public void Wrong_log_filters_name_the_parameter(string query, string name) =>
        FaultOf(() => LogFilter.Read(Query(query))).Message.ShouldStartWith(name + ": ");

    [Fact]
    public void A_group_of_otlp_lines_is_a_service_without_group()
    {
        var conditions = LogFilter.Read(Query("group=otlp:shop&stream=otlp&severity=warn")).Conditions;
        conditions.Count.ShouldBe(2);
        conditions[0].ShouldBeOfType<AndExpr>().Operands[1]
            .ShouldBe(new CompareExpr(CompareOp.Equal, new FieldExpr("service"), new ConstExpr("shop")));
        conditions[1].ShouldBe(new CompareExpr(CompareOp.GreaterOrEqual, new FieldExpr("severity_number"), new ConstExpr(13L)));
        LogGroupNames.Of("", "shop").ShouldBe("otlp:shop");
        LogGroupNames.Of("cruddur", "shop").ShouldBe("cruddur");
    }

    [Fact]
    public void Cursors_come_back_as_they_were()
    {
        var id = new TraceId(0x5759e988bd862e3f, 0xe1be46a994272793);
        var cursor = PageCursor.Of('n', 1772366400123456789, id);
        var read = Query("cursor=" + cursor.Encode()).Cursor('n');
        read.ShouldBe(cursor);
        read!.Value.TraceId.ShouldBe(id);
        Query("cursor=").Cursor('n').ShouldBeNull();
        FaultOf(() => Query("cursor=" + cursor.Encode()).Cursor('s')).Message.ShouldContain("same filters and order");
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_text_as_parameters_gives_a_value_or_a_named_fault()
    {
        var random = Fuzz.Random(20260301);
        string[] seeds =
        [
            "start=2026-03-01T11:00:00.123456789Z&end=now&limit=10&order=slowest&cursor=bgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "start=-15m&severity=warn&text=%22GET /a%22 b&group=otlp:x&httpStatus=4xx&attribute=a=b&minDurationMs=1e3",
        ];
        for (var round = 0; round < 4000; round++)
        {
            var text = seeds[round % seeds.Length].ToCharArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                text[random.Next(text.Length)] = (char)random.Next(1, random.Next(2) == 0 ? 128 : 0xd000);
            var query = Query(new string(text));
            foreach (var read in (Action[])[() => TraceFilter.Read(query).Conditions(), () => LogFilter.Read(query)])
            {
                try
                {
                    read();
                }
                catch (FaultException error)
                {
                    error.Fault.Kind.ShouldBe(FaultKind.Invalid);
                    error.Fault.Message.ShouldContain(":");
                }
            }
        }
    }
}
