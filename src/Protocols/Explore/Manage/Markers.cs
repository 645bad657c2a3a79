using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/markers/{dataset}</c>: moments and spans of time to show on graphs. Their colour is that of their type.</summary>
internal sealed class Markers(ManagedStore store, TimeProvider time) : ManagedKind
{
    public override string Name => "markers";

    // honeymarker takes every status but 200 for a failure.
    public override int DeletedStatus => 200;

    public override bool DeleteAnswersObject => true;

    public override string NewId() => RandomNumberGenerator.GetHexString(6, lowercase: true);

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        const double farthest = 1e11;
        var marker = new JsonObject
        {
            ["start_time"] = input.Whole("start_time", 0, (long)farthest) ?? (long?)before?.Body["start_time"] ?? time.GetUtcNow().ToUnixTimeSeconds(),
            ["message"] = input.Text("message", 1023),
            ["type"] = input.Text("type", 255),
            ["url"] = input.Text("url", 2048),
        };
        if (input.Whole("end_time", 0, (long)farthest) is { } end)
        {
            marker["end_time"] = end;
            if (end < (long)marker["start_time"]!)
                input.Fault("end_time", "invalid", "lies before start_time");
        }
        return Task.FromResult(marker);
    }

    public override Task<JsonObject> Show(ManageCall call, Managed managed)
    {
        var marker = (JsonObject)managed.Body.DeepClone();
        var setting = store.List("marker_settings", call.Scope).Where(s => (string?)s.Body["type"] == (string?)marker["type"])
            .OrderBy(s => s.Dataset == ManagedStore.AllDatasets).FirstOrDefault(s => s.Dataset == managed.Dataset || s.Dataset == ManagedStore.AllDatasets);
        if (setting is not null)
            marker["color"] = (string?)setting.Body["color"];
        return Task.FromResult(marker);
    }
}

/// <summary><c>/marker_settings/{dataset}</c>: the colour of a type of markers.</summary>
internal sealed class MarkerSettings(ManagedStore store) : ManagedKind
{
    public override string Name => "marker_settings";

    public override int DeletedStatus => 200;

    public override bool DeleteAnswersObject => true;

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var type = input.Required("type", 255);
        var color = input.Required("color", 7);
        if (color.Length > 0 && (color.Length != 7 || color[0] != '#' || !color.AsSpan(1).ContainsOnlyHex()))
            input.Fault("color", "invalid", "must be like #1A2B3C");
        input.Check();
        if (store.List(Name, call.Scope, call.Dataset).Any(s => (string?)s.Body["type"] == type && s.Id != before?.Id))
            throw new ManageException(ManageFault.Conflict($"there is a setting for the type {type} already"));
        return Task.FromResult(new JsonObject { ["type"] = type, ["color"] = color });
    }
}

file static class HexText
{
    public static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }
        return true;
    }
}
