using Cruddur.Hosting;

var app = CruddurApp.Build(args, TimeProvider.System);
await app.RunAsync();
