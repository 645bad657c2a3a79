using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/dataset_definitions/{dataset}</c>: which columns have the special meanings. Each is <c>{"name","column_type"}</c>; an empty name
/// in a PATCH gives back the default.
/// </summary>
internal sealed class DatasetDefinitions(ManagedStore store, DatasetDirectory datasets)
{
    private const string Kind = "dataset_definitions";

    /// <summary>The name Weir gives it by itself; null where it has none.</summary>
    private static readonly (string Meaning, string? Column)[] Meanings =
    [
        ("span_id", "trace.span_id"), ("trace_id", "trace.trace_id"), ("parent_id", "trace.parent_id"), ("name", "name"), ("service_name", "service.name"),
        ("duration_ms", "duration_ms"), ("span_kind", "span.kind"), ("annotation_type", "meta.annotation_type"), ("link_span_id", "trace.link.span_id"),
        ("link_trace_id", "trace.link.trace_id"), ("error", "error"), ("status", "http.status_code"), ("route", "http.route"), ("user", "user.id"),
        ("log_message", "body"), ("log_severity", "severity"),
    ];

    public async Task ReadAsync(ManageCall call)
    {
        call.Dataset = await datasets.SlugAsync(call);
        await call.AnswerAsync(StatusCodes.Status200OK, Show(Stored(call)));
    }

    public async Task ChangeAsync(ManageCall call)
    {
        var input = new ManageInput(await call.BodyAsync());
        call.Dataset = await datasets.SlugAsync(call);
        var stored = (JsonObject?)Stored(call)?.DeepClone() ?? [];
        foreach (var (meaning, _) in Meanings)
        {
            if (input.Object(meaning) is not { } definition)
                continue;
            var name = definition.Text("name", 255);
            var type = definition.OneOf("column_type", "column", "column", "derived_column");
            if (type == "derived_column" && name.Length > 0 && !store.List("derived_columns", call.Scope).Any(d => (string?)d.Body["alias"] == name))
                definition.Fault("name", "invalid", "there is no calculated field of this name");
            stored.Remove(meaning);
            if (name.Length > 0)
                stored[meaning] = new JsonObject { ["name"] = name, ["column_type"] = type };
        }
        input.Check();
        await store.PutAsync(Kind, new Managed(call.Scope, call.Dataset, call.Dataset, stored, 0), call.Stop);
        await call.AnswerAsync(StatusCodes.Status200OK, Show(stored));
    }

    private JsonObject? Stored(ManageCall call) => store.Find(Kind, call.Scope, call.Dataset, call.Dataset)?.Body;

    private static JsonObject Show(JsonObject? stored)
    {
        var shown = new JsonObject();
        foreach (var (meaning, column) in Meanings)
            shown[meaning] = stored?[meaning]?.DeepClone() ?? (column is null ? null : new JsonObject { ["name"] = column, ["column_type"] = "column" });
        return shown;
    }
}
