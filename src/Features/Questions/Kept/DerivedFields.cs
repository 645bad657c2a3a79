using Weir.Core.Settings;
using Weir.Features.Questions.Fields;

namespace Weir.Features.Questions.Kept;

/// <summary>The kept calculated fields that a question about a dataset may name.</summary>
internal sealed class DerivedFields(Documents<DerivedColumn> documents)
{
    /// <summary>
    /// The dataset's own hide those of all. A field that another one names stands before it, as questions resolve names from fields before
    /// theirs; of fields that name each other in a circle, one sees the others as columns.
    /// </summary>
    /// <param name="environment">Null: all.</param>
    public IReadOnlyList<CalculatedFieldDefinition> Of(string? environment, string dataset)
    {
        var slug = dataset == DocumentIds.AllDatasets ? dataset : Datasets.SlugOf(dataset);
        var kept = documents.List(environment ?? "")
            .Where(d => d.Dataset == slug || d.Dataset == DocumentIds.AllDatasets)
            .OrderBy(d => d.Dataset == DocumentIds.AllDatasets)
            .DistinctBy(d => d.Value.Alias)
            .Select(d => new CalculatedFieldDefinition(d.Value.Alias, d.Value.Expression))
            .ToDictionary(d => d.Name, StringComparer.Ordinal);
        var ordered = new List<CalculatedFieldDefinition>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in kept.Keys.Order(StringComparer.Ordinal))
            Add(name);
        return ordered;

        void Add(string name)
        {
            if (!kept.TryGetValue(name, out var definition) || !seen.Add(name))
                return;
            if (CalculatedField.TryParse(definition.Expression, out var field, out _))
            {
                foreach (var column in field.Columns)
                    Add(column);
            }
            ordered.Add(definition);
        }
    }

    /// <summary>A field with all it names, in that order, itself last; null when there is none or it can't be read.</summary>
    public KeptField? Find(string environment, string dataset, string alias)
    {
        var fields = new List<(string Name, CalculatedField Field)>();
        foreach (var definition in Of(environment.Length == 0 ? null : environment, dataset))
        {
            if (!CalculatedField.TryParse(definition.Expression, out var field, out _))
            {
                if (definition.Name == alias)
                    return null;
                continue;
            }
            fields.Add((definition.Name, field));
            if (definition.Name == alias)
                return new KeptField(fields);
        }
        return null;
    }
}
