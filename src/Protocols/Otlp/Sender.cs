using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>Who sends: Honeycomb's headers, which are also the metadata of gRPC calls.</summary>
internal static class Sender
{
    /// <summary>The environment of the request's key; a fault when keys are required and it is missing or unknown.</summary>
    public static string EnvironmentOf(HttpRequest request, AccessKeys keys, out Fault? fault)
    {
        var key = TeamKey.Of(request);
        var environment = keys.EnvironmentOf(key);
        fault = environment is not null ? null : key.Length == 0 ? OtlpFaults.MissingKey : OtlpFaults.UnknownKey;
        return environment ?? "";
    }

    public static string DatasetOf(HttpRequest request) => request.Headers["x-honeycomb-dataset"].ToString().Trim();
}
