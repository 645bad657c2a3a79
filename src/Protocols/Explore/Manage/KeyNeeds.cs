using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Core.Access;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// What an endpoint of the management API needs of a key. An endpoint that says nothing needs <see cref="KeyPermissions.Read"/> for GET
/// and <see cref="KeyPermissions.Manage"/> for everything else, so a new one is not open by being forgotten.
/// </summary>
internal sealed record KeyNeeds(KeyPermissions Permission)
{
    public static KeyPermissions Of(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<KeyNeeds>()?.Permission
        ?? (HttpMethods.IsGet(http.Request.Method) ? KeyPermissions.Read : KeyPermissions.Manage);
}

internal static class KeyNeedsOfEndpoints
{
    /// <summary>For a POST that only asks: a query, a report.</summary>
    public static TBuilder NeedsReadingOnly<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new KeyNeeds(KeyPermissions.Read));
}
