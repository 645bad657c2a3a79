using System.Text;
using Shouldly;
using Weir.Features.Traces.Filter;
using Weir.Protocols.XRay.Filter;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

public sealed class FilterParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData(null)]
    public void NothingMatchesEverything(string? text)
    {
        FilterParser.Parse(text, out var fault).ShouldBeNull();
        fault.ShouldBeNull();
    }

    [Theory]
    [InlineData("responsetime > 5", "ResponseTime Greater 5")]
    [InlineData("RESPONSETIME>=5.5e-1", "ResponseTime GreaterOrEqual 0.55")]
    [InlineData("duration >= 5 AND duration <= 8", "(Duration GreaterOrEqual 5 & Duration LessOrEqual 8)")]
    [InlineData("ok !partial duration <3", "(Ok & !Partial & Duration Less 3)")]
    [InlineData("ok OR fault AND error", "(Ok | (Fault & Error))")]
    [InlineData("(ok or fault) and error", "((Ok | Fault) & Error)")]
    [InlineData("not not fault", "!!Fault")]
    [InlineData("http.status != 200", "HttpStatus NotEqual 200")]
    [InlineData("http.url BEGINSWITH \"http://a/\" AND http.url contains \"/v2/\" AND !service(\"a\")", "(HttpUrl BeginsWith 'http://a/' & HttpUrl Contains '/v2/' & !service(a))")]
    [InlineData("http.url AND responseTime > 2", "(HttpUrl & ResponseTime Greater 2)")]
    [InlineData("user ENDSWITH 'x'", "User EndsWith 'x'")]
    [InlineData("user CONTAINS \"\"", "User Contains ''")]
    [InlineData("user = \"a \\\"b\\\" \\\\ c\"", "User Equal 'a \"b\" \\ c'")]
    [InlineData("user = alice", "User Equal 'alice'")]
    [InlineData("fault = true", "Fault Equal True")]
    [InlineData("fault = \"false\"", "Fault Equal False")]
    [InlineData("service()", "service(*)")]
    [InlineData("service", "service(*)")]
    [InlineData("service(){fault}", "service(*){Fault}")]
    [InlineData("service(\"api\") { fault or responsetime > 1 }", "service(api){(Fault | ResponseTime Greater 1)}")]
    [InlineData("service(\"dp\"){root = true and fault = true}", "service(dp){(Root Equal True & Fault Equal True)}")]
    [InlineData("service(id(name:\"f\", type:\"AWS::Lambda::Function\")){error}", "service(f/AWS::Lambda::Function){Error}")]
    [InlineData("service(id(account.id:\"123\"))", "service(//123)")]
    [InlineData("edge(\"api\",\"db\"){error}", "edge(api,db){Error}")]
    [InlineData("edge(id(name:\"a\"), id(name:\"b\", type:\"t\"))", "edge(a,b/t)")]
    [InlineData("annotation.age = 30", "Annotation[age] Equal 30")]
    [InlineData("Annotation.Age = \"30\"", "Annotation[Age] Equal '30'")]
    [InlineData("annotation[aws.local.service] = \"x\"", "Annotation[aws.local.service] Equal 'x'")]
    [InlineData("annotation[\"a b\"]", "Annotation[a b]")]
    [InlineData("!annotation.age", "!Annotation[age]")]
    [InlineData("annotation.flag = true", "Annotation[flag] Equal True")]
    [InlineData("edge(\"a\",\"b\") { source.annotation[k] = 1 }", "edge(a,b){Annotation[k] Equal 1}")]
    [InlineData("group.name = \"slow\" AND user = \"alice\"", "(GroupName Equal 'slow' & User Equal 'alice')")]
    [InlineData("rootcause.fault.entity { last and name = \"deserialize\" }", "rootcause.Fault.Entity{(Last & Name Equal 'deserialize')}")]
    [InlineData("rootcause.responsetime.entity { remote and coverage > 0.7 }", "rootcause.ResponseTime.Entity{(Remote & Coverage Greater 0.7)}")]
    [InlineData("rootcause.error.exception { message contains \"x\" } ok", "(rootcause.Error.Exception{Message Contains 'x'} & Ok)")]
    [InlineData("rootcause.json = #[{\"Name\":\"a}\",\"EntityPath\":[{\"Name\":\"b]\",\"Exceptions\":[{\"Name\":\"E\",\"Message\":\"m\"}]}]}] AND ok", "(rootcause.json=a}[b][E:m]] & Ok)")]
    public void Parses(string text, string expected)
    {
        var filter = FilterParser.Parse(text, out var fault);
        fault.ShouldBeNull();
        Show(filter!).ShouldBe(expected);
    }

    [Theory]
    [InlineData("responsecode(\"404\")", 0, "Invalid input symbol 'responsecode'")]
    [InlineData("fault AND", 9, "a keyword")]
    [InlineData("fault AND )", 10, "a keyword")]
    [InlineData("fault )", 6, "the end of the expression")]
    [InlineData("(fault", 6, "')'")]
    [InlineData("http.status", 11, "a comparison")]
    [InlineData("http.status >", 13, "a value")]
    [InlineData("http.status = \"200\"", 14, "number")]
    [InlineData("http.status contains 2", 21, "number")]
    [InlineData("fault > true", 8, "true or false")]
    [InlineData("fault = 1", 8, "true or false")]
    [InlineData("user > \"a\"", 7, "string")]
    [InlineData("user = 5", 7, "string")]
    [InlineData("user = \"a", 7, "not closed")]
    [InlineData("annotation.a.b = 1", 0, "brackets")]
    [InlineData("annotation = 1", 0, "key")]
    [InlineData("annotation[a = 1", 10, "not closed")]
    [InlineData("annotation[] = 1", 10, "empty")]
    [InlineData("annotation.a > \"x\"", 15, "operator")]
    [InlineData("service(\"a\") { service(\"b\") }", 15, "inside service")]
    [InlineData("service(5)", 8, "service name")]
    [InlineData("service(id(host:\"b\"))", 11, "account.id")]
    [InlineData("edge(\"a\")", 8, "','")]
    [InlineData("edge(\"a\",\"b\"){root}", 14, "inside edge")]
    [InlineData("root", 0, "top of an expression")]
    [InlineData("last", 0, "top of an expression")]
    [InlineData("service(){group.name = \"x\"}", 10, "inside service")]
    [InlineData("rootcause.fault.thing { last }", 0, "Invalid input symbol")]
    [InlineData("rootcause.fault.entity", 22, "'{'")]
    [InlineData("rootcause.fault.entity { coverage > 1 }", 25, "root cause")]
    [InlineData("rootcause.json = [1]", 17, "'#'")]
    [InlineData("rootcause.json = #{}", 17, "array")]
    [InlineData("rootcause.json = #[1", 17, "array")]
    [InlineData("ok ; fault", 3, "';'")]
    [InlineData("duration > 1.2.3", 11, "not a number")]
    public void PointsAtTheError(string text, int position, string message)
    {
        FilterParser.Parse(text, out var fault).ShouldBeNull();
        fault.ShouldNotBeNull();
        fault.Position.ShouldBe(position);
        fault.Message.ShouldContain(message);
        fault.Message.ShouldContain($"at offset {position}");
    }

    [Theory]
    [InlineData("(")]
    [InlineData("!")]
    [InlineData("not ")]
    public void DeepNestingIsAnErrorNotAnOverflow(string opening)
    {
        FilterParser.Parse(string.Concat(Enumerable.Repeat(opening, 50_000)) + "ok", out var fault).ShouldBeNull();
        fault!.Message.ShouldContain("nests deeper");
    }

    [Fact]
    public void LongExpressionsAreParsed() =>
        ((AndFilter)FilterParser.Parse(string.Concat(Enumerable.Repeat("ok ", 33_000)), out _)!).Operands.Count.ShouldBe(33_000);

    [Fact]
    [Trait("kind", "fuzz")]
    public void MutatedExpressionsNeverThrow()
    {
        string[] seeds =
        [
            "service(\"api\") { fault or responsetime > 1 } AND !annotation[a.b] = \"x\"", "edge(id(name:\"a\"), \"b\"){ok} or http.url CONTAINS \"/x\"",
            "rootcause.json = #[{\"Name\":\"a\",\"EntityPath\":[{}]}] duration <= 1.5e3", "rootcause.fault.entity { last and name = \"x\" } group.name = 'g'",
        ];
        const string Alphabet = "\"'(){}[]#!=<>,:.\\ aservi0e-\u00e9\ud800";
        var random = Fuzz.Random(7);
        var good = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
            for (var m = random.Next(1, 5); m > 0; m--)
            {
                var at = random.Next(text.Length);
                if (random.Next(3) == 0)
                    text.Remove(at, 1);
                else
                    text[at] = Alphabet[random.Next(Alphabet.Length)];
            }
            var filter = FilterParser.Parse(text.ToString(), out var fault);
            (filter is null).ShouldBe(fault is not null);
            if (fault is null)
                good++;
            else
                fault.Position!.Value.ShouldBeInRange(0, text.Length);
        }
        good.ShouldBeGreaterThan(100);
    }

    private static string Show(FilterExpr filter) => filter switch
    {
        AndFilter and => $"({string.Join(" & ", and.Operands.Select(Show))})",
        OrFilter or => $"({string.Join(" | ", or.Operands.Select(Show))})",
        NotFilter not => "!" + Show(not.Operand),
        PredicateFilter p => p.Keyword + (p.Key is null ? "" : $"[{p.Key}]")
            + (p.Operator == FilterOperator.Present ? "" : $" {p.Operator} {(p.Value is string s ? $"'{s}'" : p.Value)}"),
        ServiceFilter s => $"service({Show(s.Service)}){Body(s.Body)}",
        EdgeFilter e => $"edge({Show(e.From)},{Show(e.To)}){Body(e.Body)}",
        RootCauseFilter r => $"rootcause.{r.Kind}.{r.Level}{Body(r.Body)}",
        RootCausePathFilter path => $"rootcause.json{(path.Negated ? "!=" : "=")}{string.Join(",", path.Services.Select(Show))}",
        _ => "?",
    };

    private static string Show(CauseServicePattern service) => $"{service.Name}[{string.Join(",", (service.Entities ?? []).Select(Show))}]";

    private static string Show(CauseEntityPattern entity) => $"{entity.Name}[{string.Join(",", (entity.Exceptions ?? []).Select(e => $"{e.Name}:{e.Message}"))}]";

    private static string Body(FilterExpr? body) => body is null ? "" : $"{{{Show(body)}}}";

    private static string Show(ServiceRef service) => service == ServiceRef.Any
        ? "*"
        : (service.Name ?? "") + (service.Type is not null || service.AccountId is not null ? "/" + service.Type : "") + (service.AccountId is null ? "" : "/" + service.AccountId);
}
