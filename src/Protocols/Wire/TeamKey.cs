using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Wire;

/// <summary>The key a request carries in Honeycomb's header, which OTLP exporters send too; gRPC metadata are headers.</summary>
internal static class TeamKey
{
    /// <summary>Empty when there is none.</summary>
    public static string Of(HttpRequest request)
    {
        var key = request.Headers["x-honeycomb-team"].ToString();
        // Refinery accepts this short form as well.
        return key.Length > 0 ? key : request.Headers["x-hny-team"].ToString();
    }
}
