using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>A parsed piece of a calculated field.</summary>
internal abstract record FieldNode(SourceSpan Span)
{
    /// <summary>Levels of nesting below and with this one.</summary>
    public virtual int Depth => 1;
}

/// <summary><c>$name</c></summary>
internal sealed record ColumnNode(string Name, SourceSpan Span) : FieldNode(Span);

/// <param name="Value">string, long, double, bool or null.</param>
internal sealed record LiteralNode(object? Value, SourceSpan Span) : FieldNode(Span);

/// <summary>A function or operator.</summary>
internal sealed record FieldCall(FieldFunction Function, IReadOnlyList<FieldNode> Arguments, SourceSpan Span) : FieldNode(Span)
{
    public override int Depth { get; } = 1 + (Arguments.Count == 0 ? 0 : Arguments.Max(a => a.Depth));
}
