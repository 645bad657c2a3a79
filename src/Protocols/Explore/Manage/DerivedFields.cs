using Weir.Core.Explore;

namespace Weir.Protocols.Explore.Manage;

/// <summary>The kept calculated fields that a question about a dataset may name.</summary>
internal sealed class DerivedFields(ManagedStore store)
{
    /// <summary>The dataset's own hide those of all.</summary>
    /// <param name="environment">Null: all.</param>
    public IReadOnlyList<CalculatedFieldDefinition> Of(string? environment, string dataset)
    {
        var slug = dataset == ManagedStore.AllDatasets ? dataset : Datasets.SlugOf(dataset);
        return
        [
            .. store.List("derived_columns", environment ?? "")
                .Where(d => d.Dataset == slug || d.Dataset == ManagedStore.AllDatasets)
                .OrderBy(d => d.Dataset == ManagedStore.AllDatasets)
                .DistinctBy(d => (string?)d.Body["alias"])
                .Select(d => new CalculatedFieldDefinition((string)d.Body["alias"]!, (string)d.Body["expression"]!)),
        ];
    }
}
