using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Core.Model;
using Weir.Features.Errors;

namespace Weir.Protocols.Rollbar.In;

/// <summary>
/// Reads <c>{"access_token":"…","data":{"environment":"production","body":{"trace":{…}},…}}</c>. Lenient with everything but what
/// Rollbar itself refuses; its texts are used where they are known.
/// </summary>
internal static class ItemDecoder
{
    private const int MaxTitle = 255;
    private const int MaxMessage = 64 * 1024;
    private const int MaxName = 255;
    private const int MaxUrl = 8 * 1024;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly string[] BodyKinds = ["trace", "trace_chain", "message", "crash_report"];
    private static readonly string[] ClientPlatforms = ["browser", "android", "ios", "flash", "client"];

    public static Item? Decode(JsonElement root, in ItemArrival arrival, out Fault? fault)
    {
        fault = Check(root, out var data);
        if (fault is not null)
            return null;
        var body = data.Field("body");
        var exceptions = BodyExceptions.Read(data);
        var text = body.Field("message").IsPresent ? MessageText(body.Field("message")) : exceptions.Count > 0 ? exceptions[0].Message ?? "" : "";
        var uuid = Cut(data.Scalar("uuid"), 64) ?? Guid.NewGuid().ToString("N");
        var platform = PlatformOf(data);
        var client = IsOfClient(data);
        var headers = data.Field("request", "headers");
        return new Item
        {
            Uuid = uuid,
            OccurrenceId = OccurrenceIdOf(uuid),
            Time = ItemTime.Of(data, arrival, out var timeRepair),
            TimeRepair = timeRepair,
            Environment = Name(data.Scalar("environment")) ?? arrival.KeyEnvironment,
            Service = ServiceOf(data, client ? platform : arrival.Options.DefaultService),
            Fingerprint = FingerprintOf(data, exceptions, text, client),
            Level = LevelOf(data, body),
            Title = TitleOf(data, exceptions, text),
            ExceptionClass = exceptions.Count > 0 ? Name(exceptions[0].Class) ?? "" : "",
            Message = StackTraces.CutAt(text, MaxMessage),
            Exceptions = exceptions,
            Link = TraceLinks.Find(data, exceptions, text),
            Method = Cut(data.Scalar("request", "method"), 32)?.ToUpperInvariant() ?? "",
            Url = Cut(data.Scalar("request", "url"), MaxUrl) ?? "",
            UserIp = UserIp.Of(data, arrival.RemoteIp),
            Host = Name(data.Scalar("server", "host")) ?? "",
            Framework = Name(data.Scalar("framework")) ?? "",
            Language = Name(data.Scalar("language")) ?? "",
            CodeVersion = Name(
                data.Scalar("code_version") ?? data.Scalar("server", "code_version") ?? data.Field("client", "javascript").Scalar("code_version")
                ?? data.Scalar("server", "sha")) ?? "",
            Notifier = Name($"{data.Scalar("notifier", "name")} {data.Scalar("notifier", "version")}".Trim()) ?? "",
            PersonId = Name(data.Scalar("person", "id")) ?? "",
            Data = data,
        };
    }

    /// <summary>The item comes from a program on a user's device: a web page or an app.</summary>
    public static bool IsOfClient(JsonElement data) => Array.IndexOf(ClientPlatforms, PlatformOf(data)) >= 0;

    private static string PlatformOf(JsonElement data) => data.Scalar("platform")?.ToLowerInvariant() ?? "";

    private static Fault? Check(JsonElement root, out JsonElement data)
    {
        data = default;
        if (!root.IsObject)
            return Invalid($"{KindOf(root)} value found, but an object is required.");
        data = root.Field("data");
        if (!data.IsPresent)
            return Invalid("data is missing and it is required.");
        if (!data.IsObject)
            return Invalid($"data {KindOf(data)} value found, but an object is required.");
        var body = data.Field("body");
        if (!body.IsPresent)
            return Invalid("data.body must not be undefined.");
        if (!body.IsObject)
            return Invalid($"data.body {KindOf(body)} value found, but an object is required.");
        var kinds = 0;
        foreach (var kind in BodyKinds)
            kinds += body.Field(kind).IsPresent ? 1 : 0;
        if (kinds != 1)
            return Invalid("data.body must have either a 'trace', 'trace_chain', 'message' or 'crash_report' property, (but not more than one).");
        if (body.Field("trace_chain") is { IsPresent: true, ValueKind: not JsonValueKind.Array })
            return Invalid("data.body.trace_chain should be array.");
        if (body.Field("telemetry") is { IsPresent: true, ValueKind: not JsonValueKind.Array })
            return Invalid("data.body.telemetry should be array.");
        if (data.Field("level") is { IsPresent: true, ValueKind: not JsonValueKind.String })
            return Invalid("data.level should be string.");
        if (data.Field("context") is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } context)
            return Invalid($"data.context {KindOf(context)} value found, but a null is required.");
        return null;
    }

    private static Fault Invalid(string what) => new(FaultKind.Invalid, "Invalid format. " + what);

    private static string KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private static string MessageText(JsonElement message) =>
        message.Scalar() ?? message.Scalar("body") ?? (message.Field("body") is { IsPresent: true } body ? body.GetRawText() : "");

    private static string OccurrenceIdOf(string uuid)
    {
        var id = uuid.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        return id.Length == 32 && id.AsSpan().IndexOfAnyExcept(LowerHex) < 0
            ? id
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uuid)).AsSpan(0, 16));
    }

    private static string ServiceOf(JsonElement data, string fallback)
    {
        var custom = data.Field("custom");
        return Name(
            custom.Scalar("service.name") ?? custom.Scalar("service", "name") ?? custom.Scalar("service_name") ?? custom.Scalar("service") ?? data.Scalar("server", "service")
            ?? data.Scalar("service")) ?? fallback;
    }

    private static string FingerprintOf(JsonElement data, IReadOnlyList<StackException> exceptions, string text, bool client)
    {
        if (data.Field("fingerprint").Scalar() is { } own)
            return Fingerprints.Custom(own);
        if (exceptions.Count == 0)
            return Fingerprints.Of("", text, []);
        var root = data.Scalar("server", "root")?.TrimEnd('/', '\\');
        var stripped = exceptions;
        if (!string.IsNullOrEmpty(root))
        {
            stripped = [.. exceptions.Select(e => e with
            {
                Frames = [.. e.Frames.Select(f => f.File is not null && f.File.StartsWith(root, StringComparison.Ordinal)
                    ? f with { File = "{root}" + f.File[root.Length..] }
                    : f)],
            })];
        }
        return Fingerprints.Of(stripped, withMessage: client && exceptions[0].Frames.Count <= 1);
    }

    private static string LevelOf(JsonElement data, JsonElement body) => data.Scalar("level")?.ToLowerInvariant() switch
    {
        "critical" or "fatal" => "critical",
        "error" => "error",
        "warning" or "warn" => "warning",
        "info" => "info",
        "debug" => "debug",
        _ => body.Field("message").IsPresent ? "info" : "error",
    };

    private static string TitleOf(JsonElement data, IReadOnlyList<StackException> exceptions, string text)
    {
        if (OneLine(data.Scalar("title") ?? "") is { Length: > 0 } own)
            return own;
        var name = exceptions.Count > 0 ? exceptions[0].Class : "";
        var title = name.Length == 0 ? text : text.Length == 0 ? name : $"{name}: {text}";
        return OneLine(title) is { Length: > 0 } line ? line : "(no message)";
    }

    private static string OneLine(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        return StackTraces.CutAt((end < 0 ? line : line[..end].TrimEnd()).ToString(), MaxTitle);
    }

    private static string? Name(string? text) => Cut(text, MaxName);

    private static string? Cut(string? text, int length) => string.IsNullOrEmpty(text) ? null : StackTraces.CutAt(text, length);
}
