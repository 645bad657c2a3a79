using Weir.Core.Model;

namespace Weir.Core.Query.Text;

/// <summary>What is wrong with a query text and the 0-based character it is at.</summary>
public sealed record ParseError(string Message, int Position)
{
    public Fault ToFault() => new(FaultKind.Invalid, Message, Position: Position);
}

/// <summary>Carries a <see cref="ParseError"/> out of a recursive-descent parser. Never leaves the parser's own entry point.</summary>
public sealed class ParseException(string message, int position) : Exception(message)
{
    public ParseError Error { get; } = new(message, position);
}
