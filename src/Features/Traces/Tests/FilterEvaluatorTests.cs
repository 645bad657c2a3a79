using System.Text.Json;
using Shouldly;
using Weir.Features.Traces.Filter;
using Weir.Features.Traces.Groups;
using Weir.Features.Traces.Model;
using Weir.Features.Traces.Search;
using Weir.Protocols.XRay.Filter;
using Weir.Protocols.XRay.Out;
using Weir.Tests.Support;
using Weir.Tests.XRay;
using Xunit;

namespace Weir.Tests.Traces;

public sealed class FilterEvaluatorTests
{
    private const string Account = "000000000000";

    // api (200, 2 s) calls worker, whose parse step throws; api handles it. It also reads a table.
    private static readonly Trace Handled = TraceDocuments.Of(
        TraceDocuments.Segment("a", "api", $$$"""
            "origin":"AWS::ECS::Container","user":"alice","resource_arn":"arn:lb","aws":{"ec2":{"instance_id":"i-1","availability_zone":"eu-1a"}},
            "http":{"request":{"method":"GET","url":"http://h/v2/home","user_agent":"curl/8","client_ip":"10.0.0.1"},"response":{"status":200}},
            "annotations":{"age":30,"flag":false,"a.b":"dots"},
            "subsegments":[{{{TraceDocuments.Entity("b", "worker", "\"namespace\":\"remote\",\"fault\":true,\"http\":{\"response\":{\"status\":500}}", end: 101.5)}}},
                           {{{TraceDocuments.Entity("b2", "dynamodb", "\"namespace\":\"aws\",\"aws\":{\"table_name\":\"cruddur\"},\"throttle\":true", end: 100.1)}}},
                           {{{TraceDocuments.Entity("b3", "work", "\"annotations\":{\"age\":\"31\",\"step\":1}")}}}]
            """, end: 102),
        TraceDocuments.Segment("c", "worker", "\"fault\":true,\"cause\":{\"exceptions\":[{\"id\":\"0000000000000001\",\"type\":\"ValueError\",\"message\":\"bad value\"}]}", parent: "b", end: 101.4));

    [Theory]
    [InlineData("", true)]
    [InlineData("ok", true)]
    [InlineData("ok = true", true)]
    [InlineData("ok = false", false)]
    [InlineData("ok != false", true)]
    // A failure that the entry handled is no fault of the trace.
    [InlineData("fault", false)]
    [InlineData("service(){fault}", true)]
    [InlineData("service(\"worker\"){fault}", true)]
    [InlineData("service(\"api\"){fault}", false)]
    [InlineData("service(\"api\"){!fault}", true)]
    [InlineData("service(\"api\"){root}", true)]
    [InlineData("service(\"worker\"){root}", false)]
    [InlineData("service(\"x\")", false)]
    [InlineData("!service(\"x\")", true)]
    [InlineData("service(\"cruddur\"){throttle}", true)]
    [InlineData("service(\"cruddur\"){inferred}", true)]
    [InlineData("service(\"dynamodb\")", false)]
    [InlineData("service(id(type:\"AWS::DynamoDB::Table\"))", true)]
    [InlineData("service(id(name:\"api\", type:\"AWS::ECS::Container\"))", true)]
    [InlineData("service(id(name:\"api\", type:\"AWS::Lambda\"))", false)]
    [InlineData("service(id(account.id:\"000000000000\"))", true)]
    [InlineData("service(id(account.id:\"1\"))", false)]
    [InlineData("service(id(type:\"client\"))", true)]
    [InlineData("service(){name BEGINSWITH \"wor\" and type CONTAINS \"\"}", false)]
    [InlineData("service(){name = \"api\" and type ENDSWITH \"Container\"}", true)]
    [InlineData("edge(\"api\",\"worker\"){fault}", true)]
    [InlineData("edge(\"api\",\"worker\"){http.status = 500}", true)]
    [InlineData("edge(\"api\",\"cruddur\"){throttle and inferred}", true)]
    [InlineData("edge(\"worker\",\"api\")", false)]
    [InlineData("duration = 2", true)]
    [InlineData("responsetime >= 2", true)]
    [InlineData("responsetime < 2", false)]
    [InlineData("service(\"worker\"){responsetime > 1.3}", true)]
    [InlineData("http.status = 200 http.method = \"GET\"", true)]
    [InlineData("http.method = \"get\"", false)]
    [InlineData("http.url CONTAINS \"/v2/\" AND http.useragent BEGINSWITH \"curl\" AND http.clientip = \"10.0.0.1\"", true)]
    [InlineData("http.url AND !http.url CONTAINS \"zzz\"", true)]
    [InlineData("user", true)]
    [InlineData("user CONTAINS \"\"", true)]
    [InlineData("user = \"bob\"", false)]
    [InlineData("user != \"bob\"", true)]
    [InlineData("instance.id = \"i-1\" availabilityzone = \"eu-1a\" resource.arn = \"arn:lb\"", true)]
    // Types matter, and any of several values will do.
    [InlineData("annotation.age = 30", true)]
    [InlineData("annotation.age = \"30\"", false)]
    [InlineData("annotation.age = \"31\"", true)]
    [InlineData("annotation.age > 29.5", true)]
    [InlineData("annotation.age != 30", false)]
    [InlineData("annotation.step", true)]
    [InlineData("!annotation.nope", true)]
    [InlineData("annotation.Age = 30", false)]
    [InlineData("annotation.flag", true)]
    [InlineData("annotation.flag = false", true)]
    [InlineData("annotation.flag = true", false)]
    [InlineData("annotation[a.b] = \"dots\"", true)]
    [InlineData("service(\"api\"){annotation.step = 1}", true)]
    [InlineData("service(\"worker\"){annotation.step = 1}", false)]
    [InlineData("partial", false)]
    [InlineData("inferred", true)]
    [InlineData("rootcause.fault.exception { name = \"ValueError\" and message CONTAINS \"bad\" }", true)]
    [InlineData("rootcause.fault.exception { name = \"KeyError\" }", false)]
    [InlineData("rootcause.fault.service { last and name = \"worker\" }", true)]
    [InlineData("rootcause.responsetime.entity { remote and coverage > 0.7 }", true)]
    [InlineData("rootcause.responsetime.entity { index = 1 and name = \"worker\" }", true)]
    [InlineData("rootcause.json = #[{\"Name\":\"worker\",\"EntityPath\":[{\"Exceptions\":[{\"Name\":\"ValueError\"}]}]}]", true)]
    [InlineData("rootcause.json = #[{\"Name\":\"other\"}]", false)]
    [InlineData("rootcause.json != #[{\"Name\":\"other\"}]", true)]
    [InlineData("group.name = \"workers\" AND user = \"alice\"", true)]
    [InlineData("group.name = \"nobody\"", false)]
    [InlineData("group.name = \"circle\"", false)]
    public async Task Evaluates(string text, bool expected)
    {
        var filter = FilterParser.Parse(text, out var fault);
        fault.ShouldBeNull();
        var groups = new TraceGroupStore(new MemorySettings(), FilterParser.Parse);
        await groups.TryAddAsync(new TraceGroup("workers", "arn:workers", "service(\"worker\")", false, false), CancellationToken.None);
        await groups.TryAddAsync(new TraceGroup("circle", "arn:circle", "group.name = \"circle\"", false, false), CancellationToken.None);
        new FilterEvaluator(groups, Account).Matches(filter, Handled, TraceMap.Of(Handled)).ShouldBe(expected);
    }

    [Fact]
    public void ASummaryTellsTheSame()
    {
        var json = TraceTests.Write(writer =>
        {
            writer.WriteStartArray("x");
            TraceSummaryWriter.Write(writer, Handled, TraceMap.Of(Handled), TimeRangeType.TraceId);
            writer.WriteEndArray();
        }).GetProperty("x")[0];
        json.GetProperty("Id").GetString().ShouldBe(Decoding.TraceId);
        json.GetProperty("Duration").GetDouble().ShouldBe(2);
        json.GetProperty("ResponseTime").GetDouble().ShouldBe(2);
        (json.GetProperty("HasFault").GetBoolean(), json.GetProperty("HasError").GetBoolean(), json.GetProperty("HasThrottle").GetBoolean(), json.GetProperty("IsPartial").GetBoolean())
            .ShouldBe((false, false, false, false));
        json.GetProperty("Http").GetRawText().ShouldBe("""{"HttpURL":"http://h/v2/home","HttpStatus":200,"HttpMethod":"GET","UserAgent":"curl/8","ClientIp":"10.0.0.1"}""");
        json.GetProperty("Annotations").GetProperty("age").EnumerateArray().Select(a => a.GetProperty("AnnotationValue").GetRawText())
            .ShouldBe(["{\"NumberValue\":30}", "{\"StringValue\":\"31\"}"]);
        json.GetProperty("Users")[0].GetProperty("UserName").GetString().ShouldBe("alice");
        json.GetProperty("ServiceIds").EnumerateArray().Select(s => s.GetProperty("Name").GetString()).ShouldBe(["api", "api", "cruddur", "worker"]);
        json.GetProperty("EntryPoint").GetProperty("Type").GetString().ShouldBe("AWS::ECS::Container");
        json.GetProperty("FaultRootCauses")[0].GetProperty("ClientImpacting").GetBoolean().ShouldBeFalse();
        json.TryGetProperty("MatchedEventTime", out _).ShouldBeFalse();
    }
}
