using Weir.Core.Model;
using Weir.Core.Query;

namespace Weir.Features.Questions;

/// <summary>
/// Which rows of a signal questions are about. Wide events that are spans are stored as events and as spans (docs/adr/0013): questions ask
/// the events, which have exactly the columns that were sent, so the spans made of them are left out and nothing is counted twice.
/// </summary>
public static class AskedRows
{
    private static readonly Expr NotWideEvents = !new CompareExpr(CompareOp.Equal, new FieldExpr("protocol"), new ConstExpr(WireProtocol.Honeycomb));

    /// <summary>Null: all rows of the signal.</summary>
    public static Expr? Condition(Signal signal) => signal == Signal.Spans ? NotWideEvents : null;
}
