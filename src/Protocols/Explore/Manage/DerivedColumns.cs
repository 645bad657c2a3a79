using System.Globalization;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Core.Settings;
using Weir.Features.Questions;
using Weir.Features.Questions.Fields;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary><c>/derived_columns/{dataset}</c>: calculated fields that are kept; <c>?alias=</c> asks for one.</summary>
internal sealed class DerivedColumns(Documents<DerivedColumn> fields, Documents<ColumnDescription> columns, IColumnDirectory? directory = null)
    : ManagedKind<DerivedColumn>(fields)
{
    public override string Name => "derived_columns";

    public override bool AllListsEveryDataset => false;

    public override async Task<DerivedColumn> Shape(ManageCall call, ManageInput input, Stored<DerivedColumn>? before)
    {
        var alias = input.Required("alias", 255);
        var expression = input.Required("expression", CalculatedField.MostCharacters);
        if (expression.Length > 0 && !CalculatedField.TryParse(expression, out _, out var error))
            input.Fault("expression", "invalid", string.Create(CultureInfo.InvariantCulture, $"{error.Message} (at character {error.Position})"));
        else if (expression.Length > 0 && call.Dialect == ManageDialect.Keys)
            await CheckAsync(call, input, CalculatedField.Parse(expression).Columns);
        var description = input.Text("description", 1023);
        input.Check();
        if (Documents.List(call.Scope, call.Dataset).Any(d => d.Value.Alias == alias && d.Id != before?.Id))
            throw new ManageException(ManageFault.Conflict($"a calculated field with the alias {alias} already exists"));
        return new DerivedColumn(alias, expression, description);
    }

    /// <summary>As the service does: a column has come, or was made, before a field is kept over it. The web UI may be ahead of the data.</summary>
    private async Task CheckAsync(ManageCall call, ManageInput input, IReadOnlyList<string> named)
    {
        if (directory is null)
            return;
        var others = named.Where(c => c != ColumnNames.MetricValue && SignalTable.All.All(s => ColumnNames.TypeOf(s, c) == ColumnType.Any)).ToHashSet(StringComparer.Ordinal);
        others.ExceptWith(Documents.List(call.Scope).Select(d => d.Value.Alias));
        others.ExceptWith(columns.List(call.Scope).Select(c => c.Value.KeyName));
        others.ExceptWith((await directory.FindAsync(others, call.Stop)).Select(c => c.Key));
        foreach (var unknown in others)
            input.Fault("expression", "invalid", $"unknown column: {unknown}");
    }

    public override Func<DerivedColumn, bool>? Single(ManageCall call) => call.Query("alias") is { } alias ? field => field.Alias == alias : null;
}
