using System.Text.RegularExpressions;
using Shouldly;
using Weir.Features.Questions;
using Xunit;

namespace Weir.Tests.Explore;

/// <summary>The pattern of a slug finds every name that is written so.</summary>
public sealed class DatasetPatternTests
{
    [Theory]
    [InlineData("shop")]
    [InlineData("My Shop!")]
    [InlineData("a__b--c..d")]
    [InlineData("--")]
    [InlineData("ünïcode Ärger")]
    [InlineData("emoji 😀😀 here")]
    [InlineData("a/b\\c(d)[e]{f}^$|?*+.")]
    [InlineData("line\nfeed")]
    [InlineData("SERVICE_1")]
    public void A_name_matches_the_pattern_of_its_slug(string name)
    {
        // .NET knows no code points past 16 bits, the engine does: a pair of them is one character there.
        var seen = Regex.Replace(name, @"[\uD800-\uDBFF][\uDC00-\uDFFF]", "\u2603", RegexOptions.None, TimeSpan.FromSeconds(1));
        var pattern = new Regex(DatasetNames.PatternOf(DatasetNames.Slug(name)), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        pattern.IsMatch(seen).ShouldBeTrue();
        pattern.IsMatch("x" + seen).ShouldBeFalse();
        pattern.IsMatch(seen + "x").ShouldBeFalse();
    }

    [Fact]
    public void Very_many_dashes_make_a_small_pattern() =>
        DatasetNames.PatternOf(new string('-', 100_000)).Length.ShouldBeLessThan(100);
}
