using System.CommandLine;
using Weir.Server.Commands;
using Weir.Server.Configuration;

var options = OptionTable.All.ToDictionary(
    entry => entry.Name,
    entry => new Option<string>("--" + entry.Name) { Description = $"{entry.Help} Default: {entry.Default} ({entry.Variable})", Recursive = true },
    StringComparer.Ordinal);

var serve = new Command("serve", "Receive, store and show telemetry until stopped (what weir does when no command is named).");
var page = new Command("options", "Print docs/configuration.md.");
var root = new RootCommand("Weir: one self-hosted backend for the telemetry an application already sends.") { serve, page };
foreach (var option in options.Values)
    root.Options.Add(option);
serve.SetAction((parsed, token) => WithOptions(parsed, o => ServeCommand.RunAsync(o, started: null, token)));
root.SetAction((parsed, token) => WithOptions(parsed, o => ServeCommand.RunAsync(o, started: null, token)));
page.SetAction(_ =>
{
    Console.Write(ConfigurationPage.Write());
    return 0;
});
return await root.Parse(args).InvokeAsync();

async Task<int> WithOptions(ParseResult parsed, Func<WeirOptions, Task<int>> run)
{
    var given = options
        .Select(o => (o.Key, Value: parsed.GetValue(o.Value)))
        .Where(o => o.Value is not null)
        .ToDictionary(o => o.Key, o => o.Value!, StringComparer.Ordinal);
    var errors = new List<string>();
    var read = OptionTable.Read(Environment.GetEnvironmentVariable, given, errors);
    foreach (var error in errors)
        await Console.Error.WriteLineAsync($"weir can't start: {error}");
    return errors.Count > 0 ? 2 : await run(read);
}
