using Cruddur.Activities;
using Cruddur.Data;
using Cruddur.Hosting;

namespace Cruddur.Messages;

/// <summary>`/api/message_groups` and `/api/messages`.</summary>
internal static class MessageRoutes
{
    private const string SignedIn = "andrewbrown";
    private const int MessageLimit = 1024;

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/message_groups", static async (MessageStore store, DataSource data, UserDirectory users, CancellationToken stop) =>
        {
            var groups = new List<object>();
            foreach (var newest in await data.Call("Query", store.Groups, stop))
            {
                // A call over HTTP to the directory, which may be Cruddur itself: the outgoing span and subsegment.
                var user = await users.Find(newest.Other, stop);
                groups.Add(new { uuid = newest.Uuid, handle = newest.Other, display_name = user?.DisplayName ?? newest.Other, message = newest.Message, created_at = newest.CreatedAt });
            }
            return Results.Ok(groups);
        });
        routes.MapGet("/api/messages", static async (MessageStore store, DataSource data, HttpRequest request, CancellationToken stop) =>
        {
            var other = Receiver(request.Query["handle"], request.Query["user_receiver_handle"]);
            return string.IsNullOrWhiteSpace(other) ? ActivityRoutes.Invalid("user_receiver_handle_blank") : Results.Ok(await data.Call("Query", () => store.With(other), stop));
        });
        routes.MapPost("/api/messages", Create);
    }

    private static async Task<IResult> Create(HttpContext http, MessageStore store, DataSource data, CancellationToken stop)
    {
        if (await JsonBody.Read<NewMessage>(http) is not { } body)
            return JsonBody.NotJson();
        var errors = CrudRules.Message(body.Message, MessageLimit);
        var to = Receiver(body.Handle, body.UserReceiverHandle);
        if (string.IsNullOrWhiteSpace(to))
            errors.Add("user_receiver_handle_blank");
        else if (CrudStore.FindUser(to) is null)
            errors.Add("user_receiver_handle_unknown");
        return errors.Count > 0
            ? ActivityRoutes.Invalid(errors)
            : Results.Ok(await data.Call("PutItem", () => store.Add(SignedIn, "Andrew Brown", to!, body.Message!), stop));
    }

    private static string? Receiver(string? handle, string? longName) => string.IsNullOrEmpty(longName) ? handle : longName;

    private sealed record NewMessage(string? Handle, string? UserReceiverHandle, string? Message);
}
