using System.Text.Json;
using Shouldly;
using Weir.Protocols.Aws;
using Xunit;
using static Weir.Protocols.Aws.Member;

namespace Weir.Tests.Aws;

/// <summary>What is wrong with the members of a call, in AWS's words.</summary>
public sealed class ShapeTests
{
    private static readonly ObjectShape Input = new(
        Must("Name", new TextShape(2, 5, "[a-z]+", static text => text.All(char.IsAsciiLetterLower))), May("Kind", new TextShape(OneOf: ["A", "B"])),
        May("Count", new NumberShape(Whole: true, 1, 9)), May("Share", new NumberShape(Min: 0, Max: 1)), May("size", new LongShape(0, 100)), May("days", new LongShape(OneOf: [1, 3])),
        May("On", new FlagShape()), May("At", new TimeShape()), May("Names", new ListShape(new TextShape(1), 2, 1)),
        May("Tags", new TextMapShape(new TextShape(1), new TextShape(0, 3), 1)), May("Inner", new ObjectShape(Must("Key", new TextShape()))));

    [Theory]
    [InlineData("""{"Name":"ab","Kind":null,"Other":[1],"Count":1.0,"size":1.9,"At":"2026-01-01T00:00:00Z","Names":["a"],"Tags":{"k":"v"}}""", null)]
    [InlineData("{}", "null at 'name' failed to satisfy constraint: Member must not be null")]
    [InlineData("""{"Name":"a"}""", "'a' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2")]
    [InlineData("""{"Name":"AB"}""", "'AB' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+")]
    [InlineData("""{"Name":"ab","Kind":"C"}""", "'C' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]")]
    [InlineData("""{"Name":"ab","Count":10}""", "'10' at 'count' failed to satisfy constraint: Member must have value less than or equal to 9")]
    [InlineData("""{"Name":"ab","Share":-0.5}""", "'-0.5' at 'share' failed to satisfy constraint: Member must have value greater than or equal to 0")]
    [InlineData("""{"Name":"ab","size":101}""", "'101' at 'size' failed to satisfy constraint: Member must have value less than or equal to 100")]
    [InlineData("""{"Name":"ab","days":2}""", "'2' at 'days' failed to satisfy constraint: Member must satisfy enum value set: [1, 3]")]
    [InlineData("""{"Name":"ab","Names":[]}""", "'[]' at 'names' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("""{"Name":"ab","Names":["a","b","c"]}""", "'[a, b, c]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 2")]
    [InlineData("""{"Name":"ab","Names":["a",null]}""", "null at 'names.2.member' failed to satisfy constraint: Member must not be null")]
    [InlineData("""{"Name":"ab","Tags":{"k":"v","l":"w"}}""", "'{k=v, l=w}' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 1")]
    [InlineData("""{"Name":"ab","Tags":{"k":"long"}}""", "'long' at 'tags.k.member' failed to satisfy constraint: Member must have length less than or equal to 3")]
    [InlineData("""{"Name":"ab","Inner":{}}""", "null at 'inner.key' failed to satisfy constraint: Member must not be null")]
    public void A_broken_constraint_is_told(string input, string? wrong) =>
        Check(Input, input).ShouldBe(wrong is null ? null : new AwsFault("Wrong", $"1 validation error detected: Value {wrong}"));

    /// <summary>A value of a wrong kind comes before all constraints.</summary>
    [Theory]
    [InlineData("""{"Name":5}""", "NUMBER_VALUE can not be converted to a String")]
    [InlineData("""{"Name":"ab","Count":1.5}""", "NUMBER_VALUE can not be converted to an Integer")]
    [InlineData("""{"Share":"1"}""", "STRING_VALUE can not be converted to a Double")]
    [InlineData("""{"size":1e400}""", "NUMBER_VALUE can not be converted to a Long")]
    [InlineData("""{"On":"true"}""", "STRING_VALUE can not be converted to a Boolean")]
    [InlineData("""{"At":true}""", "TRUE_VALUE can not be converted to a Timestamp")]
    [InlineData("""{"Names":{}}""", "START_OBJECT can not be converted to a List")]
    [InlineData("""{"Names":[[]]}""", "START_ARRAY can not be converted to a String")]
    [InlineData("""{"Tags":"a"}""", "STRING_VALUE can not be converted to a Map")]
    [InlineData("""{"Inner":false}""", "FALSE_VALUE can not be converted to a Structure")]
    public void A_value_of_a_wrong_kind_can_not_be_read(string input, string message) => Check(Input, input).ShouldBe(AwsFault.Serialization(message));

    [Fact]
    public void A_message_names_ten_constraints_at_most_and_cuts_long_values()
    {
        var list = new ObjectShape(May("L", new ListShape(new TextShape(0, 1))));
        var fault = Check(list, $$"""{"L":[{{string.Join(',', Enumerable.Repeat($"\"{new string('x', 1000)}\"", 30))}}]}""")!;
        fault.Message.ShouldStartWith($"10 validation errors detected: Value '{new string('x', 199)}… at 'l.1.member'");
        fault.Message.ShouldContain("l.10.member");
        fault.Message.ShouldNotContain("l.11.member");
    }

    private static AwsFault? Check(ObjectShape shape, string input)
    {
        using var document = JsonDocument.Parse(input);
        var check = new ShapeCheck();
        shape.Check(document.RootElement, "", check);
        return check.Fault("Wrong");
    }
}
