using Weir.Store.Engine;
using Weir.Tests.Support;

namespace Weir.Tests.Store;

public sealed class EmbeddedEngineTests(SharedEngine shared) : EngineContract
{
    protected override IEngine Engine => shared.Engine;
}
