using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Core.Settings;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/dataset_definitions/{dataset}</c>: which columns have the special meanings. Each is <c>{"name","column_type"}</c>; an empty name
/// in a PATCH gives back the default.
/// </summary>
internal sealed class DatasetDefinitions(Documents<DatasetDefinition> definitions, Documents<DerivedColumn> fields, DatasetDirectory datasets)
{
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
        await call.EnterDatasetAsync(datasets);
        await call.AnswerAsync(StatusCodes.Status200OK, Show(Stored(call)?.Value));
    }

    public async Task ChangeAsync(ManageCall call)
    {
        var input = new ManageInput(await call.BodyAsync());
        await call.EnterDatasetAsync(datasets);
        var stored = Stored(call);
        var definition = new DatasetDefinition();
        foreach (var (meaning, column) in stored?.Value ?? [])
            definition[meaning] = column;
        foreach (var (meaning, _) in Meanings)
        {
            if (input.Object(meaning) is not { } given)
                continue;
            var name = given.Text("name", 255);
            var type = given.OneOf("column_type", "column", "column", "derived_column");
            if (type == "derived_column" && name.Length > 0 && !fields.List(call.Scope).Any(d => d.Value.Alias == name))
                given.Fault("name", "invalid", "there is no calculated field of this name");
            definition.Remove(meaning);
            if (name.Length > 0)
                definition[meaning] = new DefinedColumn(name, type);
        }
        input.Check();
        await definitions.PutAsync(
            stored is { } before && before.Environment == call.Scope && before.Dataset == call.Dataset
                ? before with { Value = definition }
                : new Stored<DatasetDefinition>(call.Scope, call.Dataset, call.Dataset, definition),
            call.Stop);
        await call.AnswerAsync(StatusCodes.Status200OK, Show(definition));
    }

    private Stored<DatasetDefinition>? Stored(ManageCall call) => definitions.Find(call.Scope, call.Dataset, call.Dataset);

    private static JsonObject Show(DatasetDefinition? stored)
    {
        var shown = new JsonObject();
        foreach (var (meaning, column) in Meanings)
        {
            var defined = stored?.GetValueOrDefault(meaning) ?? (column is null ? null : new DefinedColumn(column, "column"));
            shown[meaning] = defined is null ? null : new JsonObject { ["name"] = defined.Name, ["column_type"] = defined.ColumnType };
        }
        return shown;
    }
}
