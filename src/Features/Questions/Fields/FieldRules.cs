using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>What a call's arguments must be beyond their number: patterns, formats, sizes and cases are literals.</summary>
internal static class FieldRules
{
    public static void Check(FieldCall call)
    {
        var arguments = call.Arguments;
        switch (call.Function)
        {
            case FieldFunction.Switch:
                for (var i = 1; i + 1 < arguments.Count; i += 2)
                    Text(arguments[i], "a case of SWITCH is a string, in quotes");
                break;
            case FieldFunction.RegMatch or FieldFunction.RegValue or FieldFunction.RegCount:
                var pattern = Text(arguments[1], "the pattern is a string, in quotes or backticks");
                if (PatternSyntax.Check(pattern) is { } trouble)
                    throw new ParseException($"the pattern {trouble.Message}", InLiteral(arguments[1], trouble.Position));
                break;
            case FieldFunction.FormatTime:
                var format = Text(arguments[0], "the time format is a string, in quotes");
                if (TimeFormat.Check(format) is { } wrong)
                    throw new ParseException($"the time format {wrong.Message}", InLiteral(arguments[0], wrong.Position));
                break;
            case FieldFunction.Length when arguments.Count == 2:
                if (Text(arguments[1], "LENGTH counts \"chars\" or \"bytes\"") is not ("chars" or "bytes"))
                    throw new ParseException("LENGTH counts \"chars\" or \"bytes\"", arguments[1].Span.Start);
                break;
            case FieldFunction.Bucket:
                if (Number(arguments[1]) <= 0)
                    throw new ParseException("the size of a bucket is greater than zero", arguments[1].Span.Start);
                if (arguments.Count > 2)
                    Number(arguments[2]);
                if (arguments.Count > 3 && Number(arguments[3]) <= Number(arguments[2]))
                    throw new ParseException("the maximum of BUCKET is greater than its minimum", arguments[3].Span.Start);
                break;
        }
    }

    public static string Text(FieldNode node, string wanted) => node is LiteralNode { Value: string text }
        ? text
        : throw new ParseException(wanted, node.Span.Start);

    public static double Number(FieldNode node) => node switch
    {
        LiteralNode { Value: long number } => number,
        LiteralNode { Value: double number } => number,
        _ => throw new ParseException("a number is written here, not calculated", node.Span.Start),
    };

    // A raw string has its characters one to one behind the quote; with escapes the position is an approximation.
    private static int InLiteral(FieldNode literal, int offset) => Math.Min(literal.Span.Start + 1 + offset, literal.Span.End - 1);
}
