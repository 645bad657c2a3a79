using Weir.Core.Ingest;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Clients;

/// <summary>Explains why data that was sent did not arrive.</summary>
internal static class Rejections
{
    /// <summary>The newest refusal of these counters, or null.</summary>
    public static SetupRejection? Newest(IEnumerable<IngestCounter> counters)
    {
        var newest = counters.SelectMany(counter => counter.Drops).MaxBy(drop => drop.LastAt);
        return newest is null
            ? null
            : new SetupRejection(IsoTime.Text(newest.LastAt), newest.Reason, Explain(newest.Reason, newest.LastMessage));
    }

    /// <summary>The meaning of a reason for the user who set the client up, followed by the server's message.</summary>
    internal static string Explain(string reason, string message)
    {
        var meaning = reason switch
        {
            "malformed" or "parse-error" or "bad-header" => "A request could not be parsed; the usual cause is a wrong endpoint, path or content type.",
            "repeated" => "A client sent the same request again within 15 minutes, probably because it got no answer the first time; it was stored once.",
            "journal-damaged" => "Acknowledged rows of the journal were damaged on disk; see the server's log.",
            "refused-by-engine" or "over-engine-limit" or "engine-failed" or "unreadable" =>
                "The engine rejected acknowledged rows; they are set aside, see weir journal list.",
            "too-old" or "expired" => "The time of a record is older than the retention; check the sender's clock.",
            "too-new" => "The time of a record is in the future; check the sender's clock.",
            "too-large" => "A request was too large; configure the client to send smaller batches.",
            "unsupported" => "The content type or compression is not supported; use http/protobuf with gzip or without compression.",
            "unauthorized" => "No key or an unknown key was sent; check the variable or option that sets it.",
            "forbidden" => "The key does not allow sending data.",
            "not-found" => "The client used a name that does not exist, or a path that is not supported.",
            "conflict" => "Two clients changed the same object at the same time.",
            "busy" or "queue-full" => "Weir was overloaded; clients got an error and can retry, datagrams were lost.",
            "unavailable" => "Writing to the disk or the store failed; see the server's log.",
            "sampled" => "The client or a sampling rule decided not to keep the record.",
            _ when reason.StartsWith("invalid", StringComparison.Ordinal) || reason.StartsWith("missing", StringComparison.Ordinal) =>
                "A request violated a rule of the protocol.",
            _ => "A record was not stored.",
        };
        return message.Length == 0 ? meaning : $"{meaning} Message of the server: {message}";
    }
}
