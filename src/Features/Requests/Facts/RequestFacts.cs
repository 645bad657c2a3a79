namespace Weir.Features.Requests.Facts;

/// <summary>What a record says about its HTTP request. Unknown parts match anything.</summary>
/// <param name="Method">Upper case; empty when unknown.</param>
/// <param name="Path">By <see cref="RequestPath"/>; empty when unknown.</param>
/// <param name="Status">Null when unknown.</param>
/// <param name="Route">The route template, for a record that knows no path; else null.</param>
public sealed record RequestFacts(string Method, string Path, int? Status, AddressSet Client, string? Route = null)
{
    /// <summary>Null when method or target is unknown: time alone says nothing about which request a record belongs to.</summary>
    public static RequestFacts? Of(string? method, string? target, long? status, string? client) =>
        Of(method, target, status, AddressSet.Of(null, client));

    /// <inheritdoc cref="Of(string?, string?, long?, string?)"/>
    public static RequestFacts? Of(string? method, string? target, long? status, AddressSet client) =>
        string.IsNullOrEmpty(method) || string.IsNullOrEmpty(target)
            ? null
            : new RequestFacts(method.ToUpperInvariant(), RequestPath.Of(target), KnownStatus(status), client);

    /// <summary>A record that may know a part only: an error's report with a route but no URL.</summary>
    public static RequestFacts Partly(string? method, string? target, string? route, AddressSet client)
    {
        var path = string.IsNullOrEmpty(target) ? "" : RequestPath.Of(target);
        return new RequestFacts(method?.ToUpperInvariant() ?? "", path, null, client, path.Length > 0 || string.IsNullOrEmpty(route) ? null : route);
    }

    /// <summary>499 is what a proxy writes when the client went away; the application never knew it.</summary>
    private static int? KnownStatus(long? status) => status is >= 100 and < 600 and not 499 ? (int)status : null;

    /// <summary>What both sides know and agree on; null when they disagree on anything both know.</summary>
    public IReadOnlyList<string>? Agreement(RequestFacts other)
    {
        if (!MayBeOne(other))
            return null;
        var agreed = new List<string>();
        if (Method.Length > 0 && other.Method.Length > 0)
            agreed.Add("method");
        if (Path.Length > 0 && other.Path.Length > 0)
            agreed.Add("path");
        else if ((Route ?? Path).Length > 0 && (other.Route ?? other.Path).Length > 0)
            agreed.Add("route");
        if (Status is not null && other.Status is not null)
            agreed.Add("status");
        if (Client.Agrees(other.Client) is true)
            agreed.Add("client");
        agreed.Add("time");
        return agreed;
    }

    /// <summary>Nothing that both know forbids that they tell of one request.</summary>
    public bool MayBeOne(RequestFacts other) =>
        (Method == other.Method || Method.Length == 0 || other.Method.Length == 0)
        && (Status == other.Status || Status is null || other.Status is null)
        && SamePath(other)
        && Client.Agrees(other.Client) is not false;

    private bool SamePath(RequestFacts other)
    {
        if (Path.Length > 0 && other.Path.Length > 0)
            return Path == other.Path;
        if (Route is not null && other.Path.Length > 0)
            return RouteTemplate.Matches(Route, other.Path);
        if (other.Route is not null && Path.Length > 0)
            return RouteTemplate.Matches(other.Route, Path);
        return Route is null || other.Route is null || Route == other.Route;
    }
}
