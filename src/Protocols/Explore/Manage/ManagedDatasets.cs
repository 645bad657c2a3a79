using Weir.Core.Settings;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

internal static class ManagedDatasets
{
    /// <summary>Puts the slug of the path's dataset into the call; throws 404 when there is no such dataset.</summary>
    public static async Task EnterDatasetAsync(this ManageCall call, DatasetDirectory datasets)
    {
        var name = call.Route("dataset").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        call.Dataset = name == DocumentIds.AllDatasets
            ? name
            : await datasets.SlugAsync(call.Scope, name, call.Stop) ?? throw new ManageException(ManageFault.DatasetNotFound);
    }
}
