using System.Text;

namespace Weir.Server.Configuration;

/// <summary>docs/configuration.md, made from the table of options; a test holds the file against it.</summary>
public static class ConfigurationPage
{
    public static string Write()
    {
        var page = new StringBuilder();
        page.Append("# Configuration\n\n");
        page.Append("Made by `weir options` from the table of options; do not edit. A command-line option wins over its environment variable.\n");
        page.Append("Wrong values stop Weir at start, all of them listed.\n\n");
        page.Append("| option | environment variable | default | meaning |\n| --- | --- | --- | --- |\n");
        foreach (var option in OptionTable.All)
            page.Append($"| `--{option.Name}` | `{option.Variable}` | {option.Default} | {option.Help.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        page.Append("\n`WEIR_ENGINE_LIB` names the ClickHouse library (libchdb) when it is not where the build put it.\n");
        return page.ToString();
    }
}
