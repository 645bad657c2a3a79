using Xunit;

namespace Weir.Tests.Api;

/// <summary>The classes that ask <see cref="ApiOverStore"/> share its one seed.</summary>
[CollectionDefinition(Name)]
public sealed class ApiSeed : ICollectionFixture<ApiOverStore>
{
    public const string Name = "api seed";
}
