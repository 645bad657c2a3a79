using System.Text.Json.Nodes;

namespace Cruddur.Traffic;

internal sealed record Step(HttpMethod Method, string Path, JsonObject? Body = null);

/// <summary>
/// What the imitated users do: mostly read the feed, sometimes write, now and then ask for what is not there or send
/// what is not valid, and rarely meet the broken handler.
/// </summary>
internal sealed class Walk(Random random)
{
    private static readonly string[] Handles = ["andrewbrown", "bayko", "worf", "garek", "londo"];
    private static readonly string[] Terms = ["cloud", "honor", "prune", "dashboard", "timeline"];
    private static readonly string[] Lines =
    [
        "Deployed on a Friday. Wish me luck.",
        "The heatmap has a second hump again.",
        "Whoever named it eventually consistent was an optimist.",
        "P90 is fine, it is always the other ten percent.",
        "Cloud is fun until the bill comes.",
        "Rolled back before anyone noticed. You noticed.",
    ];

    // Whoever looks after a few seconds should find one of everything, and not wait for chance.
    private readonly Queue<Step> _opening = new(
    [
        Get("/api/activities/home"),
        Get("/api/activities/@worf"),
        Get("/api/activities/68f126b0-1ceb-4a33-88be-d90fa7109eee"),
        Get("/api/activities/broken"),
        Get("/rollbar/test"),
        Get("/api/message_groups"),
        Get("/api/activites/home"),
        Get("/api/activities/search?term="),
        new(HttpMethod.Post, "/api/activities", new() { ["handle"] = "worf", ["message"] = Lines[0], ["ttl"] = "1-hour" }),
        Get("/api/activities/home"),
    ]);

    private readonly Queue<string> _seen = new();

    /// <summary>Uuids met on the way, so that single cruds and replies are asked for that really exist.</summary>
    public void Saw(string uuid)
    {
        _seen.Enqueue(uuid);
        if (_seen.Count > 50)
            _seen.Dequeue();
    }

    public Step Next() => _opening.TryDequeue(out var step) ? step : AtRandom();

    private Step AtRandom() => random.Next(1000) switch
    {
        < 400 => Get("/api/activities/home"),
        < 500 => Get("/api/activities/notifications"),
        < 620 => Get($"/api/activities/@{Pick(Handles)}"),
        < 700 => Get($"/api/activities/{(_seen.Count > 0 ? Pick([.. _seen]) : "68f126b0-1ceb-4a33-88be-d90fa7109eee")}"),
        < 760 => Get($"/api/activities/search?term={Pick(Terms)}"),
        < 800 => Get("/api/message_groups"),
        < 830 => Get($"/api/messages?handle={Pick(Handles)}"),
        < 870 => new(HttpMethod.Post, "/api/activities", new() { ["handle"] = Pick(Handles), ["message"] = Pick(Lines), ["ttl"] = "1-hour" }),
        < 890 when _seen.Count > 0 => new(HttpMethod.Post, $"/api/activities/{Pick([.. _seen])}/reply", new() { ["message"] = Pick(Lines) }),
        < 900 => new(HttpMethod.Post, "/api/messages", new() { ["handle"] = Pick(Handles), ["message"] = Pick(Lines) }),
        < 920 => Get("/api/activities/@nobody"),
        < 935 => Get($"/api/activities/{Guid.NewGuid()}"),
        < 945 => Get("/api/activites/home"),
        < 955 => Get("/api/activities/search?term="),
        < 965 => new(HttpMethod.Post, "/api/activities", new() { ["message"] = "" }),
        < 972 => new(HttpMethod.Post, "/api/activities", new() { ["message"] = new string('a', 281) }),
        < 975 => Get("/api/activities/@"),
        < 995 => Get("/api/activities/broken"),
        _ => Get("/rollbar/test"),
    };

    private static Step Get(string path) => new(HttpMethod.Get, path);

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
