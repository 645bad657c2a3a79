using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Query.Text;
using Weir.Features.Questions.Fields;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>What parses, what does not, and where the error points.</summary>
public sealed class FieldParserTests
{
    [Theory]
    [InlineData("IF(1,2)")]
    [InlineData("$a + 1")]
    [InlineData("$\"0\"-5-$\"1\"--5")]
    [InlineData("$foo AND AND($bar AND $baz, $quux)")]
    [InlineData("MAX(LAST(1))")]
    [InlineData("RATE($requests, 300) / 2")]
    [InlineData("IF(AND(NOT(EXISTS($trace.parent_id)),EXISTS($duration_ms)),LTE($duration_ms,300))")]
    [InlineData("EQUALS($request.foo, \"POST\")")]
    [InlineData("COALESCE(\n  $a,\n  $b,\n)")]
    [InlineData("IN($x, `a`, \"b\", 1, .5, 1e3, -2, null, true)")]
    [InlineData("!$a = !!$b")]
    [InlineData("REG_MATCH($email, `^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$`)")]
    [InlineData("REG_VALUE($x, `(?i)(?P<name>[[:alpha:]]+?)|[]a]*|\\Q(\\E|a{2,}?|{x}`)")]
    [InlineData("BUCKET(LOG10($request_count), 0.5, 0, 6)")]
    [InlineData("AND(GTE(INT(FORMAT_TIME(\"%H\", EVENT_TIMESTAMP())), 9), NOT(IN(FORMAT_TIME(\"%A\", EVENT_TIMESTAMP()), \"Saturday\", \"Sunday\")))")]
    public void Parses(string expression) => Error(expression).ShouldBeNull();

    [Theory]
    [InlineData("", 0, "empty expression")]
    [InlineData("   ", 3, "empty expression")]
    [InlineData("IF(1,2", 6, "expected ',' or ')', found the end of the expression")]
    [InlineData("RATE(LAST(1))", 5, "timeseries operations cannot be nested")]
    [InlineData("COALESCE(RATE(1),RATE(2))", 17, "timeseries operations cannot be nested")]
    [InlineData("DECREASE(1)", 0, "invalid function: DECREASE")]
    [InlineData("FOOBAR(1)", 0, "invalid function: FOOBAR")]
    [InlineData("1 + if(1, 2)", 4, "invalid function: if")]
    [InlineData("$a $b", 3, "expected an operator or the end, found '$b'")]
    [InlineData("COALESCE(IF($a, 1) $b)", 19, "expected ',' or ')', found '$b'")]
    [InlineData("$a +", 4, "expected a value, found the end of the expression")]
    [InlineData("$a + * 2", 5, "expected a value, found '*'")]
    [InlineData("status", 0, "'status' is no value; a column is written $status, a string \"status\"")]
    [InlineData("IF", 2, "'(' is missing after IF")]
    [InlineData("IF($a)", 0, "IF takes other arguments: IF(condition, value[, condition, value ...][, else])")]
    [InlineData("1 + DIV(1, 2, 3)", 4, "DIV takes other arguments: DIV(left, right)")]
    [InlineData("AND()", 0, "AND takes other arguments: AND(condition, ...)")]
    [InlineData("IF(,1)", 3, "expected a value, found ','")]
    [InlineData("IF(1,2,,)", 7, "expected a value, found ','")]
    [InlineData("(1", 2, "expected ')', found the end of the expression")]
    [InlineData("1)", 1, "expected an operator or the end, found ')'")]
    [InlineData("\"abc", 0, "the string is not closed with '\"'")]
    [InlineData("1 + `abc", 4, "the string is not closed with '`'")]
    [InlineData("\"a\\qb\"", 2, "unknown escape in the string; a backslash itself is written \\\\, or quote the text with backticks")]
    [InlineData("\"\\ud800\"", 1, "unknown escape in the string; a backslash itself is written \\\\, or quote the text with backticks")]
    [InlineData("$", 0, "a column name is missing after '$'")]
    [InlineData("EXISTS($\"\")", 7, "a column name is missing after '$'")]
    [InlineData("1.", 0, "'1.' is not a number")]
    [InlineData("1e", 0, "'1e' is not a number")]
    [InlineData("12abc", 0, "'12a' is not a number")]
    [InlineData("1e999", 0, "the number 1e999 is out of range")]
    [InlineData("-$a", 0, "a minus sign stands before a number or between two values; for the negative of a value write 0 - value")]
    [InlineData("$a # 1", 3, "unexpected character '#'")]
    [InlineData("SWITCH($a, $b, 1)", 11, "a case of SWITCH is a string, in quotes")]
    [InlineData("REG_MATCH($a, $b)", 14, "the pattern is a string, in quotes or backticks")]
    [InlineData("REG_MATCH($a, `a(b`)", 16, "the pattern has a '(' that is not closed")]
    [InlineData("REG_MATCH($a, `ab)`)", 17, "the pattern has a ')' without '('")]
    [InlineData("REG_MATCH($a, `x[a-`)", 16, "the pattern has a '[' that is not closed")]
    [InlineData("REG_COUNT($a, `*a`)", 15, "the pattern has nothing to repeat before '*'")]
    [InlineData("REG_COUNT($a, `a**`)", 17, "the pattern has nothing to repeat before '*'")]
    [InlineData("REG_VALUE($a, `(?=a)`)", 15, "the pattern looks around, which RE2 can't")]
    [InlineData("REG_VALUE($a, `(a)\\1`)", 18, "the pattern refers back to a group, which RE2 can't")]
    [InlineData("REG_VALUE($a, `a{2000}`)", 16, "the pattern repeats more than 1000 times")]
    [InlineData("FORMAT_TIME(\"%Y %Q\", 1)", 16, "the time format has '%Q', which is not known")]
    [InlineData("FORMAT_TIME(\"%\", 1)", 13, "the time format ends with '%'; a percent sign itself is %%")]
    [InlineData("FORMAT_TIME($a, 1)", 12, "the time format is a string, in quotes")]
    [InlineData("LENGTH($a, \"words\")", 11, "LENGTH counts \"chars\" or \"bytes\"")]
    [InlineData("BUCKET($a, 0)", 11, "the size of a bucket is greater than zero")]
    [InlineData("BUCKET($a, $b)", 11, "a number is written here, not calculated")]
    [InlineData("BUCKET($a, 1, 5, 5)", 17, "the maximum of BUCKET is greater than its minimum")]
    public void Says_what_is_wrong_and_where(string expression, int position, string message)
    {
        var error = Error(expression).ShouldNotBeNull();
        (error.Message, error.Position).ShouldBe((message, position));
    }

    [Theory]
    [InlineData("$duration_ms + 1", FieldType.Float)]
    [InlineData("LENGTH($a)", FieldType.Float)]
    [InlineData("$a > 1 AND $b", FieldType.Boolean)]
    [InlineData("IF($a, \"x\", \"y\")", FieldType.String)]
    [InlineData("IF($a, 1)", FieldType.Float)]
    [InlineData("IF($a, 1, \"x\")", FieldType.Unknown)]
    [InlineData("$a", FieldType.Unknown)]
    [InlineData("null", FieldType.Unknown)]
    [InlineData("RATE($a)", FieldType.Float)]
    public void The_type_is_known_where_it_can_be(string expression, FieldType type) => CalculatedField.Parse(expression).Type.ShouldBe(type);

    [Fact]
    public void Columns_are_told_once_each_as_they_are_named()
    {
        CalculatedField.Parse("$a-1 + $b.c/d?x=y:z * $\"with space\" + $`raw\\n` + $a-1").Columns.ShouldBe(["a-1", "b.c/d?x=y:z", "with space", "raw\\n"]);
        CalculatedField.Parse("$ключ - $日本").Columns.ShouldBe(["ключ", "日本"]);
    }

    [Fact]
    public void What_is_too_long_or_too_deep_is_refused()
    {
        Error(new string('1', 4095)).ShouldNotBeNull().Message.ShouldContain("out of range");
        Error("1" + new string(' ', 4095)).ShouldNotBeNull().Message.ShouldBe("the expression is longer than 4095 characters");
        Error(string.Concat(Enumerable.Repeat("(", 2000))).ShouldNotBeNull().Message.ShouldContain("nests deeper");
        Error(new string('!', 2000) + "$a").ShouldNotBeNull().Message.ShouldContain("nests deeper");
        Error("1" + string.Concat(Enumerable.Repeat("-1", 2000))).ShouldNotBeNull().Message.ShouldContain("nests deeper");
        Error(string.Concat(Enumerable.Repeat("IF(", 60)) + "$a" + string.Concat(Enumerable.Repeat(",$a)", 60))).ShouldNotBeNull().Message.ShouldContain("too complex");
        Error("1" + string.Concat(Enumerable.Repeat("+1", 2000))).ShouldBeNull();
        Error("$a" + string.Concat(Enumerable.Repeat(" AND $a", 500))).ShouldBeNull();
    }

    [Fact]
    public void A_metric_in_time_can_not_be_asked_of_single_rows() =>
        Should.Throw<FaultException>(() => CalculatedField.Parse("1 + RATE($a)").Bind(n => new AttributeExpr(n))).Fault.Position.ShouldBe(4);

    /// <summary>Any text either parses and binds, or is refused at a character of it.</summary>
    [Theory, Trait("kind", "fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_text_parses_or_is_refused_within_it(int seed)
    {
        string[] pieces =
        [
            "IF(", "SWITCH(", "COALESCE(", "MIN(", "SUM(", "BUCKET(", "REG_MATCH(", "FORMAT_TIME(", "RATE(", "LENGTH(", "AND", " OR ", "(", ")", ",", ",", "$a", "$b-1", "$\"c d\"",
            "\"x\"", "\"%Y\"", "`[a`", "\"\\x41\"", "\"\\", "`", "1", "2.5", "-3", ".5", "1e9", "true", "null", "!", "*", "/", "%", "-", " + ", " = ", "!=", "<", ">=", " ", "\n", "\u00e4", "\ud83d", "#",
        ];
        var random = Fuzz.Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (CalculatedField.TryParse(text, out var field, out var error))
            {
                field.Columns.ShouldAllBe(name => text.Contains(name, StringComparison.Ordinal), text);
                Enum.IsDefined(field.Type).ShouldBeTrue();
            }
            else
                error.Position.ShouldBeInRange(0, text.Length, text);
        }
    }

    private static ParseError? Error(string expression) => CalculatedField.TryParse(expression, out _, out var error) ? null : error;
}
