using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Errors;
using Weir.Protocols.Wire;
using static Weir.Core.Query.Terms;

namespace Weir.Protocols.Api.In;

/// <summary>The parameters of <c>GET /api/errors/items</c>.</summary>
internal static class ErrorsFilter
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);

    public static ItemQuestion Read(QueryParameters query)
    {
        var conditions = new List<Expr>();
        if (query.OneOf("level", "critical", "error", "warning", "info", "debug") is { } level)
            conditions.Add(Is("level", level));
        foreach (var name in (ReadOnlySpan<string>)["service", "environment"])
        {
            if (query.Text(name) is { } value)
                conditions.Add(Is(name, value));
        }
        if (query.Text("text") is { } text && TextSearch.Parts("title", text) is { } search)
            conditions.Add(search);
        var order = query.OneOf("order", ItemQuestion.Newest, ItemQuestion.Most, ItemQuestion.First) ?? ItemQuestion.Newest;
        return new ItemQuestion(
            query.Range(DefaultRange),
            query.OneOf("status", ErrorStates.Active, ErrorStates.Resolved, ErrorStates.Muted),
            All(conditions),
            order,
            query.Limit(50, 200),
            query.Cursor(order[0]));
    }

    public static ulong ReadItemId(string text) => ItemIdentity.TryParse(text, out var id)
        ? id
        : throw new FaultException(ApiFaults.Invalid("id: not the id of an item; expected 16 hex digits"));
}
