namespace Weir.Core.Query.Text;

/// <summary>A piece of a query text: 0-based character and number of characters.</summary>
public readonly record struct SourceSpan(int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>From the start of this piece to the end of the other one.</summary>
    public SourceSpan To(SourceSpan last) => new(Start, last.End - Start);
}
