using Cruddur.Hosting;
using Cruddur.XRay;

namespace Cruddur.Activities;

/// <summary>`/api/activities/*`. Validation errors are a 422 with `{"errors":[code, ...]}`.</summary>
internal static class ActivityRoutes
{
    private const string SignedIn = "andrewbrown";

    public static void MapActivities(this IEndpointRouteBuilder routes)
    {
        var activities = routes.MapGroup("/api/activities");
        activities.MapGet("/home", static async (HomeActivities home, XRayRecorder xray, CancellationToken stop) =>
        {
            using var capture = xray.BeginSubsegment("activities_home");
            return Results.Ok(await capture.Watch(() => home.Run(stop)));
        });
        activities.MapGet("/notifications", static (CrudStore store) => Results.Ok(store.Newest(3)));
        activities.MapGet("/search", static (CrudStore store, string? term) =>
            string.IsNullOrWhiteSpace(term) ? Invalid("search_term_blank") : Results.Ok(store.Matching(term.Trim())));
        activities.MapGet("/broken", Broken);
        activities.MapGet("/@", static () => Invalid("blank_user_handle"));
        activities.MapGet("/@{handle}", OfUser);
        activities.MapGet("/{uuid}", Show);
        routes.MapPost("/api/activities", Create);
        activities.MapPost("/{uuid}/reply", AddReply);
        routes.MapGet("/api/users/@{handle}/short", static (string handle) =>
            CrudStore.FindUser(handle) is { } user ? Results.Ok(user) : Missing("user_not_found"));
    }

    public static IResult Invalid(params IEnumerable<string> errors) => Results.Json(new ErrorList([.. errors]), statusCode: StatusCodes.Status422UnprocessableEntity);

    public static IResult Missing(string error) => Results.Json(new ErrorList([error]), statusCode: StatusCodes.Status404NotFound);

    private static IResult OfUser(string handle, CrudStore store, XRayRecorder xray, TimeProvider time)
    {
        using var capture = xray.BeginSubsegment("activities_users");
        if (string.IsNullOrWhiteSpace(handle))
            return Invalid("blank_user_handle");
        if (CrudStore.FindUser(handle) is null)
            return Missing("user_not_found");
        using var subsegment = xray.BeginSubsegment("mock-data");
        var cruds = store.By(handle);
        subsegment.PutMetadata("now", time.GetUtcNow().ToString("O"), "user");
        subsegment.PutMetadata("results-length", cruds.Count, "user");
        return Results.Ok(cruds);
    }

    private static IResult Broken(BrokenFeed feed) => Results.Ok(feed.Newest());

    private static IResult Show(string uuid, CrudStore store, XRayRecorder xray)
    {
        using var capture = xray.BeginSubsegment("activities_show");
        return store.Find(uuid) is { } crud ? Results.Ok(crud) : Missing("activity_not_found");
    }

    private static async Task<IResult> Create(HttpContext http, CrudStore store)
    {
        if (await JsonBody.Read<NewCrud>(http) is not { } body)
            return JsonBody.NotJson();
        var errors = CrudRules.Message(body.Message, CrudRules.MessageLimit);
        if (!CrudRules.TryTtl(body.Ttl, out var ttl))
            errors.Add("ttl_invalid");
        var handle = string.IsNullOrWhiteSpace(body.Handle) ? SignedIn : body.Handle;
        if (CrudStore.FindUser(handle) is null)
            errors.Add("user_handle_unknown");
        return errors.Count > 0 ? Invalid(errors) : Results.Ok(store.Add(handle, body.Message!, ttl));
    }

    private static async Task<IResult> AddReply(string uuid, HttpContext http, CrudStore store)
    {
        if (await JsonBody.Read<NewCrud>(http) is not { } body)
            return JsonBody.NotJson();
        var errors = CrudRules.Message(body.Message, CrudRules.ReplyLimit);
        if (errors.Count > 0)
            return Invalid(errors);
        return store.AddReply(uuid, SignedIn, body.Message!) is { } reply ? Results.Ok(reply) : Missing("activity_not_found");
    }

    private sealed record NewCrud(string? Handle, string? Message, string? Ttl);
}
