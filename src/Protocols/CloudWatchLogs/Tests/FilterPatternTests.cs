using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.CloudWatchLogs.FilterPattern;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.CloudWatchLogs;

public sealed class FilterPatternTests
{
    private const string Access = """127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 404 1534""";
    private const string Event = """
        {"eventType":"UpdateTrail","sourceIPAddress":"123.123.45.6","arr":["a","b",{"n":1}],"objs":[{"id":1},{"id":20}],"n":-1.5e2,"s":"5",
         "nothing":null,"yes":true,"no":false,"obj":{"deep":{"x":"y z"}},"key.with.dots":7,"utf":"\u00e9"}
        """;

    [Theory]
    // Terms: ordinal substrings.
    [InlineData("", "anything", true)]
    [InlineData("   ", "anything", true)]
    [InlineData("\" \"", "anything", true)]
    [InlineData("ERROR", "an ERROR here", true)]
    [InlineData("ERROR", "an error here", false)]
    [InlineData("Exception", "InvalidQueryException", true)]
    [InlineData("ERROR here", "here an ERROR", true)]
    [InlineData("ERROR there", "here an ERROR", false)]
    [InlineData("\"an ERROR\"", "here an ERROR", true)]
    [InlineData("\"ERROR an\"", "here an ERROR", false)]
    [InlineData("\"[ERROR]\" Exception", "[ERROR] x: InvalidQueryException", true)]
    [InlineData("\"say \\\"hi\\\"\"", "they say \"hi\"", true)]
    [InlineData("ERROR -ARGUMENTS", "ERROR", true)]
    [InlineData("ERROR -ARGUMENTS", "ERROR ARGUMENTS", false)]
    [InlineData("-ERROR", "fine", true)]
    [InlineData("-\"not found\"", "page not found", false)]
    [InlineData("?ERROR ?WARN", "WARN x", true)]
    [InlineData("?ERROR ?WARN", "INFO x", false)]
    [InlineData("?ERROR WARN", "WARN x", true)]
    [InlineData("?ERROR WARN", "ERROR x", false)]
    [InlineData("%ER{1}RO[R]%", "an ERROR", true)]
    [InlineData("%^ERROR%", "an ERROR", false)]
    [InlineData("%\\d{3}% -%5\\d\\d%", "status 404", true)]
    [InlineData("%\\d{3}% -%5\\d\\d%", "status 504", false)]
    [InlineData("%\\d%", "\u0664", false)]
    [InlineData("%\\x41b%", "xAby", true)]
    [InlineData("größe", "die größe", true)]
    // JSON.
    [InlineData("{ $.eventType = \"UpdateTrail\" }", Event, true)]
    [InlineData("{$.eventType=UpdateTrail}", Event, true)]
    [InlineData("{ $.eventType = \"updateTrail\" }", Event, false)]
    [InlineData("{ $.eventType = \"UpdateTrail\" }", "UpdateTrail", false)]
    [InlineData("{ $.eventType = \"UpdateTrail\" }", "{\"eventType\":\"UpdateTrail\"", false)]
    [InlineData("{ $.sourceIPAddress = 123.123.* }", Event, true)]
    [InlineData("{ $.sourceIPAddress != 123.123.* }", Event, false)]
    [InlineData("{ $.sourceIPAddress = %123\\.123\\.\\d% }", Event, true)]
    [InlineData("{ $.eventType = \"*Tr*l\" }", Event, true)]
    [InlineData("{ $.eventType = * }", Event, true)]
    [InlineData("{ $.missing = * }", Event, false)]
    [InlineData("{ $.missing != x }", Event, false)]
    [InlineData("{ $.obj = * }", Event, false)]
    [InlineData("{ $.arr[0] = a }", Event, true)]
    [InlineData("{ $.arr[1] = a }", Event, false)]
    [InlineData("{ $.arr[9] = a }", Event, false)]
    [InlineData("{ $.arr[*] = b }", Event, true)]
    [InlineData("{ $.arr[2].n = 1 }", Event, true)]
    [InlineData("{ $.objs[*].id = 20 }", Event, true)]
    [InlineData("{ $.objs[*].id = 21 }", Event, false)]
    [InlineData("{ $.obj.*.x = \"y z\" }", Event, true)]
    [InlineData("{ $.n = -150 }", Event, true)]
    [InlineData("{ $.n < -149.5 && $.n >= -1.5e2 }", Event, true)]
    [InlineData("{ $.n > 0 }", Event, false)]
    [InlineData("{ $.n = 150 }", "{\"n\": 1.5e2}", true)]
    [InlineData("{ $.n = 150 }", "{\"n\":150.0}", true)]
    [InlineData("{ $.n = 150 }", "{\"\\u006e\":150}", true)]
    [InlineData("{ $.n = 150 }", "{\"n\":151}", false)]
    [InlineData("%d$%", "end", true)]
    [InlineData("%d$%", "end\n", false)]
    [InlineData("%a.c%", "abc", true)]
    [InlineData("{ $.s = 5 }", Event, true)]
    [InlineData("{ $.s > 4 }", Event, false)]
    [InlineData("{ $.nothing IS NULL }", Event, true)]
    [InlineData("{ $.missing IS NULL }", Event, false)]
    [InlineData("{ $.yes IS TRUE && $.no IS FALSE }", Event, true)]
    [InlineData("{ $.no IS TRUE }", Event, false)]
    [InlineData("{ $.missing NOT EXISTS }", Event, true)]
    [InlineData("{ $.nothing NOT EXISTS }", Event, false)]
    [InlineData("{ $.['key.with.dots'] = 7 }", Event, true)]
    [InlineData("{ $['key.with.dots'] = 7 }", Event, true)]
    [InlineData("{ $.utf = \"é\" }", Event, true)]
    [InlineData("{ $.yes IS FALSE || $.n = 1 && $.s = 5 || $.s = 5 }", Event, true)]
    [InlineData("{ ($.yes IS FALSE || $.s = 5) && $.n = 1 }", Event, false)]
    [InlineData("{ $[0] = 1 }", "[1,2]", true)]
    // Fields.
    [InlineData("[]", Access, true)]
    [InlineData("[ip, id, user, ts, request, status=4*, bytes]", Access, true)]
    [InlineData("[ip, id, user, ts, request, status=5*, bytes]", Access, false)]
    [InlineData("[ip, id, user, ts, request, status, bytes > 1000]", Access, true)]
    [InlineData("[ip, id, user, ts, request, status, bytes > 1534]", Access, false)]
    [InlineData("[ip=127.*, ...]", Access, true)]
    [InlineData("[..., status=404, bytes]", Access, true)]
    [InlineData("[..., request=*.gif*, status=4*,]", Access, true)]
    [InlineData("[..., request=*.html*, status=4*,]", Access, false)]
    [InlineData("[ip, ..., bytes=1534]", Access, true)]
    [InlineData("[ip, id, user, ts=%Oct%, ...]", Access, true)]
    [InlineData("[ip, id, user, ts, request, status, bytes, more]", Access, false)]
    [InlineData("[a, b]", Access, true)]
    [InlineData("[a, b=-]", Access, false)]
    [InlineData("[w1=ERROR || w1=WARN, w2]", "WARN something is odd", true)]
    [InlineData("[w1=ERROR || w1=WARN, w2]", "INFO something is odd", false)]
    [InlineData("[w1!=INFO && w1!=DEBUG, w2]", "WARN something is odd", true)]
    [InlineData("[(w1=ERROR || w1=WARN) && w1!=E*, w2]", "ERROR x", false)]
    [InlineData("[w1=ERROR]", "ERROR x", false)]
    [InlineData("[=ERROR, x]", "ERROR x", true)]
    public void Matches_as_the_service_does(string pattern, string message, bool expected)
    {
        var parsed = LogPattern.Parse(pattern, out var fault);
        fault.ShouldBeNull();
        (parsed?.Matches(message) ?? true).ShouldBe(expected);
        // What the engine leaves out early must not match.
        if (expected && parsed?.Prefilter is { } prefilter)
            Holds(prefilter, message).ShouldBeTrue();
    }

    private static bool Holds(Expr expr, string body) => expr switch
    {
        AndExpr and => and.Operands.All(o => Holds(o, body)),
        OrExpr or => or.Operands.Any(o => Holds(o, body)),
        NotExpr not => !Holds(not.Operand, body),
        CompareExpr { Op: CompareOp.Matches, Right: ConstExpr { Value: string regex } } =>
            System.Text.RegularExpressions.Regex.IsMatch(body, regex, System.Text.RegularExpressions.RegexOptions.Singleline | System.Text.RegularExpressions.RegexOptions.NonBacktracking),
        CompareExpr { Op: CompareOp.Contains, Right: ConstExpr { Value: string part } } => body.Contains(part, StringComparison.Ordinal),
        _ => throw new NotSupportedException(expr.ToString()),
    };

    [Theory]
    [InlineData("foo.bar", "Invalid character(s) in term 'foo.bar'", 0)]
    [InlineData("ok foo,bar", "Invalid character(s) in term 'foo,bar'", 3)]
    [InlineData("\"open", "Invalid filter pattern: the quote at character 1 is never closed", 0)]
    [InlineData("-", "Invalid filter pattern: a term expected at character 2", 1)]
    [InlineData("%a(b)%", "Invalid filter pattern: '(' is not allowed in a regular expression at character 3", 2)]
    [InlineData("%abc", "Invalid filter pattern: the regular expression at character 1 is never closed", 0)]
    [InlineData("%%", "Invalid filter pattern: the regular expression is empty", 1)]
    [InlineData("%[z-a]%", "Invalid filter pattern: '[z-a]' is not a regular expression", 1)]
    [InlineData("%\\b%", "Invalid filter pattern: '\\b' is not known here at character 3", 2)]
    [InlineData("{ $.a = 1", "Invalid filter pattern: '}' expected at the end at character 10", 9)]
    [InlineData("{ a = 1 }", "Invalid filter pattern: a selector starting with $ expected at character 3", 2)]
    [InlineData("{ $.a == 1 }", "Invalid filter pattern: one = is the operator; '==' found at character 7", 6)]
    [InlineData("{ $.a }", "Invalid filter pattern: one of = != < <= > >= expected at character 7", 6)]
    [InlineData("{ $.a < x }", "Invalid filter pattern: only numbers can be compared by < and > at character 9", 8)]
    [InlineData("{ $.a IS NOT NULL }", "Invalid filter pattern: NULL, TRUE or FALSE expected after IS at character 10", 9)]
    [InlineData("{ $.a = 1 } x", "Invalid filter pattern: nothing expected after the closing brace at character 13", 12)]
    [InlineData("{ $.a[*][*].*.* = 1 }", "Invalid filter pattern: at most 3 wildcards are allowed at character 16", 15)]
    [InlineData("{ }", "Invalid filter pattern: a selector starting with $ expected at character 3", 2)]
    [InlineData("[a, b", "Invalid filter pattern: ']' expected at the end at character 6", 5)]
    [InlineData("[a=1 || b=2]", "Invalid filter pattern: 'b' is not the field 'a' at character 9", 8)]
    [InlineData("[..., a, ...]", "Invalid filter pattern: only one ... is allowed, a second is at character 9", 8)]
    public void Errors_name_the_character(string pattern, string message, int position)
    {
        LogPattern.Parse(pattern, out var fault).ShouldBeNull();
        fault.ShouldNotBeNull();
        fault.Kind.ShouldBe(FaultKind.Invalid);
        fault.Message.ShouldBe(message);
        fault.Position.ShouldBe(position);
    }

    [Theory]
    [InlineData("[ip, id, user, ts, request, status=4*, bytes]", Access,
        "$bytes=1534|$id=-|$ip=127.0.0.1|$request=GET /apache_pb.gif HTTP/1.0|$status=404|$ts=10/Oct/2000:13:25:15 -0700|$user=frank")]
    [InlineData("[..., size]", Access, "$1=127.0.0.1|$2=-|$3=frank|$4=10/Oct/2000:13:25:15 -0700|$5=GET /apache_pb.gif HTTP/1.0|$6=404|$size=1534")]
    [InlineData("[..., request=*.gif*, status=4*,]", Access,
        "$1=127.0.0.1|$2=-|$3=frank|$4=10/Oct/2000:13:25:15 -0700|$7=1534|$request=GET /apache_pb.gif HTTP/1.0|$status=404")]
    [InlineData("[]", "a b 1534,", "$1=a|$2=b|$3=1534,")]
    [InlineData("[w1=ERROR, rest]", "ERROR a \"b c\"  d", "$rest=a \"b c\"  d|$w1=ERROR")]
    [InlineData("{ $.eventType = * && $.arr[*] = b }", Event, "$.arr[*]=a|$.eventType=UpdateTrail")]
    [InlineData("\"GET\" 404", Access, "")]
    public void Takes_values_out(string pattern, string message, string expected)
    {
        var extracted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        LogPattern.Parse(pattern, out _)!.Matches(message, extracted).ShouldBeTrue();
        string.Join('|', extracted.Select(p => $"{p.Key}={p.Value}")).ShouldBe(expected);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_text_is_a_pattern_or_a_fault_and_never_slow()
    {
        var random = Fuzz.Random(20230227);
        var samples = typeof(FilterPatternTests).GetMethod(nameof(Matches_as_the_service_does))!
            .GetCustomAttributesData().Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!)
            .Where(p => p.Length > 0).ToArray();
        samples.Length.ShouldBeGreaterThan(50);
        const string Marks = "{}[]()$.*%\"\\=&|!<>,?- ";
        var cost = ThreadCpu.Of(() =>
        {
            for (var round = 0; round < 20_000; round++)
            {
                var text = samples[round % samples.Length].ToCharArray();
                for (var change = 0; change < 1 + (round % 3); change++)
                    text[random.Next(text.Length)] = round % 2 == 0 ? (char)random.Next(1, 0x250) : Marks[random.Next(Marks.Length)];
                var pattern = LogPattern.Parse(new string(text), out var fault);
                if (fault is not null)
                    fault.Kind.ShouldBe(FaultKind.Invalid);
                pattern?.Matches(Access);
                pattern?.Matches(Event);
            }
        });
        cost.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        LogPattern.Parse("{" + new string('(', 1000) + "$.a=1}", out var deep).ShouldBeNull();
        deep!.Message.ShouldContain("too many parentheses");
        PatternValue.Wildcard(string.Concat(Enumerable.Repeat("*a", 200)), new string('a', 5000) + "b").ShouldBeFalse();
    }
}
