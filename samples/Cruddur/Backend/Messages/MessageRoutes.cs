using Cruddur.Activities;
using Cruddur.Hosting;

namespace Cruddur.Messages;

/// <summary>`/api/message_groups` and `/api/messages`.</summary>
internal static class MessageRoutes
{
    private const string SignedIn = "andrewbrown";
    private const int MessageLimit = 1024;

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/message_groups", static async (MessageStore store, UserDirectory users, CancellationToken stop) =>
        {
            var groups = new List<object>();
            foreach (var newest in store.Groups())
            {
                // A call over HTTP to a service that happens to be Cruddur itself: the outgoing span and subsegment.
                var user = await users.Find(newest.Other, stop);
                groups.Add(new { uuid = newest.Uuid, handle = newest.Other, display_name = user?.DisplayName ?? newest.Other, message = newest.Message, created_at = newest.CreatedAt });
            }
            return Results.Ok(groups);
        });
        routes.MapGet("/api/messages", static (MessageStore store, HttpRequest request) =>
        {
            var other = Receiver(request.Query["handle"], request.Query["user_receiver_handle"]);
            return string.IsNullOrWhiteSpace(other) ? ActivityRoutes.Invalid("user_receiver_handle_blank") : Results.Ok(store.With(other));
        });
        routes.MapPost("/api/messages", Create);
    }

    private static async Task<IResult> Create(HttpContext http, MessageStore store)
    {
        if (await JsonBody.Read<NewMessage>(http) is not { } body)
            return JsonBody.NotJson();
        var errors = CrudRules.Message(body.Message, MessageLimit);
        var to = Receiver(body.Handle, body.UserReceiverHandle);
        if (string.IsNullOrWhiteSpace(to))
            errors.Add("user_receiver_handle_blank");
        else if (CrudStore.FindUser(to) is null)
            errors.Add("user_receiver_handle_unknown");
        return errors.Count > 0 ? ActivityRoutes.Invalid(errors) : Results.Ok(store.Add(SignedIn, "Andrew Brown", to!, body.Message!));
    }

    private static string? Receiver(string? handle, string? longName) => string.IsNullOrEmpty(longName) ? handle : longName;

    private sealed record NewMessage(string? Handle, string? UserReceiverHandle, string? Message);
}
