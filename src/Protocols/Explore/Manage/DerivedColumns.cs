using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Questions.Fields;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/derived_columns/{dataset}</c>: calculated fields that are kept; <c>?alias=</c> asks for one.</summary>
internal sealed class DerivedColumns(ManagedStore store, IColumnDirectory? directory = null) : ManagedKind
{
    public override string Name => "derived_columns";

    public override bool AllListsEveryDataset => false;

    public override async Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var alias = input.Required("alias", 255);
        var expression = input.Required("expression", CalculatedField.MostCharacters);
        if (expression.Length > 0 && !CalculatedField.TryParse(expression, out _, out var error))
            input.Fault("expression", "invalid", string.Create(CultureInfo.InvariantCulture, $"{error.Message} (at character {error.Position})"));
        else if (expression.Length > 0 && call.Dialect == ManageDialect.Keys)
            await CheckAsync(call, input, CalculatedField.Parse(expression).Columns);
        var description = input.Text("description", 1023);
        input.Check();
        var twin = store.List(Name, call.Scope, call.Dataset).FirstOrDefault(d => (string?)d.Body["alias"] == alias && d.Id != before?.Id);
        if (twin is not null)
            throw new ManageException(ManageFault.Conflict($"a calculated field with the alias {alias} already exists"));
        return new JsonObject { ["alias"] = alias, ["expression"] = expression, ["description"] = description };
    }

    /// <summary>As the service does: a column has come, or was made, before a field is kept over it. The web UI may be ahead of the data.</summary>
    private async Task CheckAsync(ManageCall call, ManageInput input, IReadOnlyList<string> columns)
    {
        if (directory is null)
            return;
        var others = columns.Where(c => c != ColumnNames.MetricValue && SignalTable.All.All(s => ColumnNames.TypeOf(s, c) == ColumnType.Any)).ToHashSet(StringComparer.Ordinal);
        others.ExceptWith(store.List(Name, call.Scope).Select(d => (string?)d.Body["alias"] ?? ""));
        others.ExceptWith(store.List("columns", call.Scope).Select(c => (string?)c.Body["key_name"] ?? ""));
        others.ExceptWith((await directory.FindAsync(others, call.Stop)).Select(c => c.Key));
        foreach (var unknown in others)
            input.Fault("expression", "invalid", $"unknown column: {unknown}");
    }

    public override (string Member, string Value)? Single(ManageCall call) => call.Query("alias") is { } alias ? ("alias", alias) : null;
}
