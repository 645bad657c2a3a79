using Weir.Tests.Architecture.Planted.Inner;

namespace Weir.Tests.Architecture.Planted.Outer;

/// <summary>Half of a circle of folders, for the test of the rule.</summary>
internal sealed class UsesInner
{
    public override string ToString() => UsesOuter.Make().ToString() ?? "";
}
