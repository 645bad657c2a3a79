namespace Cruddur.Rollbar;

/// <summary>`ROLLBAR_ENDPOINT` is the whole item URL or, like the SDK for .NET takes it, the API's base URL.</summary>
internal sealed record RollbarOptions(Uri ItemUrl, string AccessToken, string Environment)
{
    public static RollbarOptions From(IConfiguration settings)
    {
        var endpoint = settings["ROLLBAR_ENDPOINT"] is { Length: > 0 } given ? given : "http://127.0.0.1:7070/api/1/item/";
        if (!endpoint.Contains("/item", StringComparison.Ordinal))
            endpoint = endpoint.TrimEnd('/') + (endpoint.Contains("/api/1", StringComparison.Ordinal) ? "/item/" : "/api/1/item/");
        return new(
            new Uri(endpoint),
            settings["ROLLBAR_ACCESS_TOKEN"] is { Length: > 0 } token ? token : "cruddur",
            settings["ROLLBAR_ENVIRONMENT"] is { Length: > 0 } environment ? environment : "production");
    }
}
