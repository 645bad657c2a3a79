using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Core.Explore.Fields;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/derived_columns/{dataset}</c>: calculated fields that are kept; <c>?alias=</c> asks for one.</summary>
internal sealed class DerivedColumns(ManagedStore store) : ManagedKind
{
    public override string Name => "derived_columns";

    public override bool AllListsEveryDataset => false;

    public override Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var alias = input.Required("alias", 255);
        var expression = input.Required("expression", CalculatedField.MostCharacters);
        if (expression.Length > 0 && !CalculatedField.TryParse(expression, out _, out var error))
            input.Fault("expression", "invalid", string.Create(CultureInfo.InvariantCulture, $"{error.Message} (at character {error.Position})"));
        var description = input.Text("description", 1023);
        input.Check();
        var twin = store.List(Name, call.Scope, call.Dataset).FirstOrDefault(d => (string?)d.Body["alias"] == alias && d.Id != before?.Id);
        if (twin is not null)
            throw new ManageException(ManageFault.Conflict($"a calculated field with the alias {alias} already exists"));
        return Task.FromResult(new JsonObject { ["alias"] = alias, ["expression"] = expression, ["description"] = description });
    }

    public override (string Member, string Value)? Single(ManageCall call) => call.Query("alias") is { } alias ? ("alias", alias) : null;
}
