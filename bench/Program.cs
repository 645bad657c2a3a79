using Weir.Bench;

return args switch
{
    ["ingest"] => await IngestBench.RunAsync(TimeSpan.FromSeconds(20)),
    ["ingest", var seconds] => await IngestBench.RunAsync(TimeSpan.FromSeconds(double.Parse(seconds))),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench ingest [seconds]");
    return 2;
}
