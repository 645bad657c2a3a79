using Shouldly;
using Weir.Core.Model;
using Weir.Store.Engine;
using Weir.Store.Write;
using Xunit;

namespace Weir.Tests.Store;

/// <summary>What an engine's error means for acknowledged rows: only what lies in the rows is held against them.</summary>
public sealed class EngineFaultsTests
{
    [Theory]
    [InlineData(202, FaultKind.Unavailable)]
    [InlineData(209, FaultKind.Unavailable)]
    [InlineData(236, FaultKind.Unavailable)]
    [InlineData(242, FaultKind.Unavailable)]
    [InlineData(243, FaultKind.Unavailable)]
    [InlineData(285, FaultKind.Unavailable)]
    [InlineData(286, FaultKind.Unavailable)]
    [InlineData(319, FaultKind.Unavailable)]
    [InlineData(1002, FaultKind.Unavailable)]
    [InlineData(164, FaultKind.Unavailable)]
    [InlineData(394, FaultKind.Unavailable)]
    [InlineData(252, FaultKind.Busy)]
    [InlineData(60, FaultKind.Busy)]
    [InlineData(81, FaultKind.Busy)]
    [InlineData(218, FaultKind.Busy)]
    [InlineData(497, FaultKind.Busy)]
    [InlineData(241, FaultKind.LimitExceeded)]
    [InlineData(159, FaultKind.LimitExceeded)]
    [InlineData(47, FaultKind.Invalid)]
    [InlineData(53, FaultKind.Invalid)]
    [InlineData(62, FaultKind.Invalid)]
    [InlineData(49, FaultKind.Internal)]
    public void Of_an_insert(int code, FaultKind kind) =>
        EngineFaults.OfInsert(EngineException.Parse($"Code: {code}. DB::Exception: words")).Kind.ShouldBe(kind);

    [Theory]
    [InlineData("Code: 75. DB::Exception: Cannot write to file: No space left on device", FaultKind.Unavailable)]
    [InlineData("Code: 75. DB::Exception: Cannot write to file: Read-only file system", FaultKind.Unavailable)]
    public void The_message_of_a_full_disk_overrides_the_error_number(string text, FaultKind kind) =>
        EngineFaults.OfInsert(EngineException.Parse(text)).Kind.ShouldBe(kind);
}
