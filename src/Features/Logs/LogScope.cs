using Weir.Core.Query;

namespace Weir.Features.Logs;

/// <summary>Which stored lines belong to a group, or to streams of it.</summary>
internal static class LogScope
{
    public static readonly FieldExpr Time = new("time");
    public static readonly FieldExpr Sequence = new("sequence");
    public static readonly FieldExpr Stream = new("log_stream");
    public static readonly FieldExpr Group = new("log_group");
    public static readonly FieldExpr Body = new("body");

    /// <summary>
    /// Lines of the current group, without those of an earlier group with its name or of streams deleted since. Null
    /// <paramref name="streams"/> means all of them.
    /// </summary>
    public static Expr Of(LogGroup group, IEnumerable<DeletedStream> deletions, IReadOnlyList<string>? streams = null, string? streamPrefix = null)
    {
        var terms = new List<Expr>
        {
            new CompareExpr(CompareOp.Equal, Group, new ConstExpr(group.Name)),
            new CompareExpr(CompareOp.GreaterOrEqual, Sequence, new ConstExpr(group.FirstSequence)),
        };
        if (streams is { Count: 1 })
            terms.Add(new CompareExpr(CompareOp.Equal, Stream, new ConstExpr(streams[0])));
        else if (streams is not null)
            terms.Add(new InExpr(Stream, [.. streams]));
        if (!string.IsNullOrEmpty(streamPrefix))
            terms.Add(new CompareExpr(CompareOp.StartsWith, Stream, new ConstExpr(streamPrefix)));
        foreach (var deletion in deletions)
        {
            if (streams is not null && !streams.Contains(deletion.Name, StringComparer.Ordinal))
                continue;
            terms.Add(!(new CompareExpr(CompareOp.Equal, Stream, new ConstExpr(deletion.Name))
                & new CompareExpr(CompareOp.Less, Sequence, new ConstExpr(deletion.EndSequence))));
        }
        return new AndExpr(terms);
    }
}
