using System.Text.Json.Nodes;
using Weir.Core.Settings;
using Weir.Features.Boards;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/markers/{dataset}</c>: moments and spans of time to show on graphs. Their colour is that of their type.</summary>
internal sealed class Markers(Documents<Marker> markers, Documents<MarkerSetting> settings, TimeProvider time) : ManagedKind<Marker>(markers)
{
    public override string Name => "markers";

    // honeymarker takes every status but 200 for a failure.
    public override int DeletedStatus => 200;

    public override bool DeleteAnswersObject => true;

    public override string NewId() => Marker.NewId();

    public override Task<Marker> Shape(ManageCall call, ManageInput input, Stored<Marker>? before)
    {
        const long Farthest = 100_000_000_000;
        var marker = new Marker(
            input.Whole("start_time", 0, Farthest) ?? before?.Value.StartTime ?? time.GetUtcNow().ToUnixTimeSeconds(),
            input.Text("message", 1023),
            input.Text("type", 255),
            input.Text("url", 2048),
            input.Whole("end_time", 0, Farthest));
        if (marker.EndTime < marker.StartTime)
            input.Fault("end_time", "invalid", "lies before start_time");
        return Task.FromResult(marker);
    }

    public override Task<JsonObject> Show(ManageCall call, Stored<Marker> stored)
    {
        var setting = settings.List(call.Scope).Where(s => s.Value.Type == stored.Value.Type)
            .OrderBy(s => s.Dataset == DocumentIds.AllDatasets).FirstOrDefault(s => s.Dataset == stored.Dataset || s.Dataset == DocumentIds.AllDatasets);
        return Task.FromResult(Members(stored, new MarkerColor(setting?.Value.Color), AddedJson.Default.MarkerColor));
    }
}

/// <summary><c>/marker_settings/{dataset}</c>: the colour of a type of markers.</summary>
internal sealed class MarkerSettings(Documents<MarkerSetting> settings) : ManagedKind<MarkerSetting>(settings)
{
    public override string Name => "marker_settings";

    public override int DeletedStatus => 200;

    public override bool DeleteAnswersObject => true;

    public override Task<MarkerSetting> Shape(ManageCall call, ManageInput input, Stored<MarkerSetting>? before)
    {
        var type = input.Required("type", 255);
        var color = input.Required("color", 7);
        if (color.Length > 0 && (color.Length != 7 || color[0] != '#' || !color.Skip(1).All(char.IsAsciiHexDigit)))
            input.Fault("color", "invalid", "must be like #1A2B3C");
        input.Check();
        if (Documents.List(call.Scope, call.Dataset).Any(s => s.Value.Type == type && s.Id != before?.Id))
            throw new ManageException(ManageFault.Conflict($"there is a setting for the type {type} already"));
        return Task.FromResult(new MarkerSetting(type, color));
    }
}
