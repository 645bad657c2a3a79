using Weir.Tests.Architecture.Planted.Outer;

namespace Weir.Tests.Architecture.Planted.Inner;

/// <summary>Half of a circle of folders, for the test of the rule.</summary>
internal sealed class UsesOuter
{
    public static object Make() => new List<UsesInner>();
}
