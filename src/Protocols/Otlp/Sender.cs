using Microsoft.AspNetCore.Http;
using Weir.Core.Access;
using Weir.Core.Model;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Otlp;

/// <summary>Who sends: Honeycomb's headers, which are also the metadata of gRPC calls.</summary>
/// <param name="Environment">Where the key belongs.</param>
/// <param name="Dataset">The dataset header, or empty.</param>
/// <param name="IsClassic">A key of the older kind, for which the header determines the dataset of traces and metrics.</param>
internal readonly record struct Sender(string Environment, string Dataset, bool IsClassic)
{
    /// <summary>A fault when keys are required and it is missing, unknown or of a kind that doesn't send, or when a classic key needs a dataset and there is none.</summary>
    public static Sender Of(HttpRequest request, AccessKeys keys, Signal signal, out Fault? fault)
    {
        var key = TeamKey.Of(request);
        var grant = keys.Find(key);
        var sender = new Sender(grant?.Environment ?? "", request.Headers["x-honeycomb-dataset"].ToString().Trim(), TeamKey.IsClassic(key));
        fault = grant is not { } known ? key.Length == 0 ? OtlpFaults.MissingKey : OtlpFaults.UnknownKey
            : !known.May(KeyPermissions.Send) ? OtlpFaults.KeyDoesNotSend(known.Kind)
            : sender is { IsClassic: true, Dataset.Length: 0 } && signal != Signal.Logs ? OtlpFaults.MissingDataset
            : null;
        return sender;
    }
}
