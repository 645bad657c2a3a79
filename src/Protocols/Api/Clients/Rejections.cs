using Weir.Core.Ingest;
using Weir.Core.Query;

namespace Weir.Protocols.Api.Clients;

/// <summary>Says in plain words why something that was sent did not arrive.</summary>
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

    /// <summary>What a reason means for the person who set the client up, then what the server noted.</summary>
    internal static string Explain(string reason, string message)
    {
        var meaning = reason switch
        {
            "malformed" or "parse-error" or "bad-header" => "Something arrived that can't be read as what it claims to be; a wrong endpoint, path or content type is the usual cause.",
            "repeated" => "The same was sent again within 15 minutes, by a client that got no answer the first time; it is stored once.",
            "journal-damaged" => "The disk lost rows of the journal that were acknowledged; see the server's log.",
            "refused-by-engine" or "over-engine-limit" or "engine-failed" or "unreadable" =>
                "The store did not take rows that were acknowledged; they are set aside, see weir journal list.",
            "too-old" or "expired" => "The record's time lies too far back to be kept; check the sender's clock.",
            "too-new" => "The record's time lies in the future; check the sender's clock.",
            "too-large" => "A request was larger than Weir takes; let the client send smaller batches.",
            "unsupported" => "The content type or compression is not served; choose http/protobuf and gzip or none.",
            "unauthorized" => "No key or an unknown key was sent; check the variable or option that carries it.",
            "forbidden" => "The key that was sent may not write.",
            "not-found" => "The client named something that does not exist, or a path that is not served.",
            "conflict" => "Two clients changed the same thing at once.",
            "busy" or "queue-full" => "Weir could not keep up; clients that wait for an answer were told to send again.",
            "unavailable" => "The disk or the store did not take data; see the server's log.",
            "sampled" => "The client or a sampling rule chose not to keep it.",
            _ when reason.StartsWith("invalid", StringComparison.Ordinal) || reason.StartsWith("missing", StringComparison.Ordinal) =>
                "Something arrived that breaks a rule of the protocol.",
            _ => "Something was sent and not kept.",
        };
        return message.Length == 0 ? meaning : $"{meaning} The server noted: {message}";
    }
}
