using System.CommandLine;
using Weir.Core.Access;
using Weir.Server.Commands;
using Weir.Server.Configuration;
using Weir.Store;
using Weir.Store.Engine.Host;

// The engine's process is not a command for users, and it must start fast.
if (args is ["engine", .. var engine])
    return EngineHost.Run(engine);
var options = OptionTable.All.ToDictionary(
    entry => entry.Name,
    entry => new Option<string>("--" + entry.Name) { Description = $"{entry.Help} Default: {entry.Default} ({entry.Variable})", Recursive = true },
    StringComparer.Ordinal);

var serve = new Command("serve", "Receive, store and show telemetry until stopped (the default command).");
var appPort = new Option<int>("--app-port") { Description = "Port of Cruddur.", DefaultValueFactory = _ => 4567 };
var demo = new Command("demo", "Run Weir together with the sample application Cruddur and generate a little traffic.") { appPort };
var statement = new Argument<string>("statement") { Description = "One SELECT over the tables spans, logs, occurrences, metrics, events." };
var format = new Option<string>("--format") { Description = "A ClickHouse output format.", DefaultValueFactory = _ => "TSVWithNames" };
var sql = new Command("sql", "Run one read-only SQL statement on the data folder of a stopped Weir, or on the server of --store.") { statement, format };
var page = new Command("options", "Print docs/configuration.md.");
var environment = new Argument<string>("environment") { Description = "Environment of the data that is sent with the key; or ui, for a key that scripts send to /api as a bearer token." };
var aws = new Option<bool>("--aws") { Description = "Create an AWS access key for X-Ray and CloudWatch Logs." };
var kind = new Option<string?>("--kind") { Description = $"Permissions of the key: {KeyKinds.Names}. Default: ingest, which can only send." };
var create = new Command("create", "Create a random key, print it once and add its hash to the file of --keys. It can only send, unless --kind is set.") { environment, kind, aws };
var list = new Command("list", "List the keys of the file of --keys: id, environment, kind.");
var id = new Argument<string>("id") { Description = "Id of the key as shown by weir keys list." };
var revoke = new Command("revoke", "Remove a key from the file of --keys; a running Weir rejects it within seconds.") { id };
var ui = new Command("ui", "Set the password of the UI; prompts for it, or reads one line from standard input.");
var keys = new Command("keys", "Manage keys and the login of a Weir that requires keys.") { create, list, revoke, ui };
var url = new Option<string?>("--url") { Description = "Address of a running Weir, such as http://127.0.0.1:7070. If it requires keys, set the key in WEIR_UI_KEY.", Recursive = true };
var segment = new Argument<string>("segment") { Description = "Name of a segment as listed, or all." };
var aside = new Command("list", "List segments with rows that the engine refused: number of rows by signal, and the reason.");
var retry = new Command("retry", "Load the set-aside rows again.") { segment };
var drop = new Command("drop", "Delete the set-aside rows; they are lost.") { segment };
var journal = new Command("journal", "Manage acknowledged rows that the engine refused and that were set aside, in a running Weir or in a data folder that no Weir uses.") { aside, retry, drop };
journal.Options.Add(url);
var root = new RootCommand("Weir: one self-hosted backend for the telemetry that an application already sends.") { serve, demo, sql, journal, keys, page };
foreach (var option in options.Values)
    root.Options.Add(option);
serve.SetAction((parsed, token) => WithOptions(parsed, o => ServeCommand.RunAsync(o, started: null, token)));
root.SetAction((parsed, token) => WithOptions(parsed, o => ServeCommand.RunAsync(o, started: null, token)));
demo.SetAction((parsed, token) => WithOptions(parsed, o => DemoCommand.RunAsync(o, parsed.GetValue(appPort), token)));
sql.SetAction((parsed, token) =>
    WithOptions(parsed, o => SqlCommand.RunAsync(o, parsed.GetValue(statement)!, parsed.GetValue(format)!, token)));
create.SetAction((parsed, token) =>
    WithOptions(parsed, o => KeysCommand.CreateAsync(o, parsed.GetValue(environment)!, parsed.GetValue(kind), parsed.GetValue(aws), token)));
list.SetAction((parsed, token) => WithOptions(parsed, o => KeysCommand.ListAsync(o, token)));
revoke.SetAction((parsed, token) => WithOptions(parsed, o => KeysCommand.RevokeAsync(o, parsed.GetValue(id)!, token)));
ui.SetAction((parsed, token) => WithOptions(parsed, o => KeysCommand.SetPasswordAsync(o, token)));
aside.SetAction((parsed, token) => WithOptions(parsed, o => JournalCommand.ListAsync(o, parsed.GetValue(url), token)));
retry.SetAction((parsed, token) => WithOptions(parsed, o => JournalCommand.ChangeAsync(o, parsed.GetValue(url), retry: true, Named(parsed), token)));
drop.SetAction((parsed, token) => WithOptions(parsed, o => JournalCommand.ChangeAsync(o, parsed.GetValue(url), retry: false, Named(parsed), token)));
page.SetAction(_ =>
{
    Console.Write(ConfigurationPage.Write());
    return 0;
});
PrivateFiles.Restrict();
// On SIGTERM the command's token is cancelled and the command ends by itself; weir serve limits the duration of its stop. With the default of
// two seconds the process would end with exit code 143 before that.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

string? Named(ParseResult parsed) => parsed.GetValue(segment) is var name && name == "all" ? null : name;

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
