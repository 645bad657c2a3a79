using Shouldly;
using Weir.Server.Configuration;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Server;

public sealed class ConfigurationTests
{
    [Fact]
    public void The_page_equals_the_output_of_weir_options() =>
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")).ShouldBe(
            ConfigurationPage.Write(), "run: dotnet artifacts/bin/Server/release/weir.dll options > docs/configuration.md");

    [Fact]
    public void The_command_line_wins_over_the_environment()
    {
        var errors = new List<string>();
        var options = OptionTable.Read(
            name => name == "WEIR_PORT" ? "1111" : name == "WEIR_XRAY_PORT" ? "2222" : null,
            new Dictionary<string, string> { ["port"] = "3333" },
            errors);
        errors.ShouldBeEmpty();
        (options.Port, options.XRayPort).ShouldBe((3333, 2222));
    }
}
