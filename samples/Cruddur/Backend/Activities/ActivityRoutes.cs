using Cruddur.Data;
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
        activities.MapGet("/notifications", static async (CrudStore store, DataSource data, CancellationToken stop) => Results.Ok(
            await data.Query("SELECT", "activities", "SELECT * FROM activities ORDER BY created_at DESC LIMIT 3", () => store.Newest(3), stop)));
        activities.MapGet("/search", static async (CrudStore store, DataSource data, string? term, CancellationToken stop) => string.IsNullOrWhiteSpace(term)
            ? Invalid("search_term_blank")
            : Results.Ok(await data.Query("SELECT", "activities", "SELECT * FROM activities WHERE message LIKE ?", () => store.Matching(term.Trim()), stop)));
        activities.MapGet("/broken", Broken);
        activities.MapGet("/@", static () => Invalid("blank_user_handle"));
        activities.MapGet("/@{handle}", OfUser);
        activities.MapGet("/{uuid}", Show);
        routes.MapPost("/api/activities", Create);
        activities.MapPost("/{uuid}/reply", AddReply);
        routes.MapGet("/api/users/@{handle}/short", ShortUser);
    }

    public static IResult Invalid(params IEnumerable<string> errors) => Results.Json(new ErrorList([.. errors]), statusCode: StatusCodes.Status422UnprocessableEntity);

    public static IResult Missing(string error) => Results.Json(new ErrorList([error]), statusCode: StatusCodes.Status404NotFound);

    private static async Task<IResult> ShortUser(string handle, DataSource data, IConfiguration settings, CancellationToken stop)
    {
        // The demo's directory is out of order now and then, so that its map has something to show.
        if (Random.Shared.NextDouble() < settings.GetValue("CRUDDUR_USERS_FAIL", 0.0))
            return Results.Json(new ErrorList(["directory_unavailable"]), statusCode: StatusCodes.Status503ServiceUnavailable);
        var user = await data.Query("SELECT", "users", "SELECT handle, display_name, bio FROM users WHERE handle = ?", () => CrudStore.FindUser(handle), stop);
        return user is not null ? Results.Ok(user) : Missing("user_not_found");
    }

    private static async Task<IResult> OfUser(string handle, CrudStore store, DataSource data, XRayRecorder xray, TimeProvider time, CancellationToken stop)
    {
        using var capture = xray.BeginSubsegment("activities_users");
        if (string.IsNullOrWhiteSpace(handle))
            return Invalid("blank_user_handle");
        if (CrudStore.FindUser(handle) is null)
            return Missing("user_not_found");
        using var subsegment = xray.BeginSubsegment("mock-data");
        var cruds = await data.Query("SELECT", "activities", "SELECT * FROM activities WHERE handle = ? ORDER BY created_at DESC LIMIT 50", () => store.By(handle), stop);
        subsegment.PutMetadata("now", time.GetUtcNow().ToString("O"), "user");
        subsegment.PutMetadata("results-length", cruds.Count, "user");
        return Results.Ok(cruds);
    }

    private static IResult Broken(BrokenFeed feed) => Results.Ok(feed.Newest());

    private static async Task<IResult> Show(string uuid, CrudStore store, DataSource data, XRayRecorder xray, CancellationToken stop)
    {
        using var capture = xray.BeginSubsegment("activities_show");
        return await data.Query("SELECT", "activities", "SELECT * FROM activities WHERE uuid = ?", () => store.Find(uuid), stop) is { } crud
            ? Results.Ok(crud)
            : Missing("activity_not_found");
    }

    private static async Task<IResult> Create(HttpContext http, CrudStore store, DataSource data, CancellationToken stop)
    {
        if (await JsonBody.Read<NewCrud>(http) is not { } body)
            return JsonBody.NotJson();
        var errors = CrudRules.Message(body.Message, CrudRules.MessageLimit);
        if (!CrudRules.TryTtl(body.Ttl, out var ttl))
            errors.Add("ttl_invalid");
        var handle = string.IsNullOrWhiteSpace(body.Handle) ? SignedIn : body.Handle;
        if (CrudStore.FindUser(handle) is null)
            errors.Add("user_handle_unknown");
        return errors.Count > 0
            ? Invalid(errors)
            : Results.Ok(await data.Query("INSERT", "activities", "INSERT INTO activities VALUES (?, ?, ?, ?)", () => store.Add(handle, body.Message!, ttl), stop));
    }

    private static async Task<IResult> AddReply(string uuid, HttpContext http, CrudStore store, DataSource data, CancellationToken stop)
    {
        if (await JsonBody.Read<NewCrud>(http) is not { } body)
            return JsonBody.NotJson();
        var errors = CrudRules.Message(body.Message, CrudRules.ReplyLimit);
        if (errors.Count > 0)
            return Invalid(errors);
        return await data.Query("INSERT", "replies", "INSERT INTO replies VALUES (?, ?, ?)", () => store.AddReply(uuid, SignedIn, body.Message!), stop) is { } reply
            ? Results.Ok(reply)
            : Missing("activity_not_found");
    }

    private sealed record NewCrud(string? Handle, string? Message, string? Ttl);
}
