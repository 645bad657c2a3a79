using Weir.Bench;

return args switch
{
    ["ingest"] => await IngestBench.RunAsync(TimeSpan.FromSeconds(20)),
    ["ingest", var seconds] => await IngestBench.RunAsync(TimeSpan.FromSeconds(double.Parse(seconds))),
    ["decode"] => DecodeBench.Run(TimeSpan.FromSeconds(5)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench ingest [seconds] | decode");
    return 2;
}
