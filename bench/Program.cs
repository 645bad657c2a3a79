using System.Globalization;
using Weir.Bench;
using Weir.Bench.Soak;

return args switch
{
    ["ingest"] => await IngestBench.RunAsync(TimeSpan.FromSeconds(20)),
    ["ingest", var seconds] => await IngestBench.RunAsync(TimeSpan.FromSeconds(double.Parse(seconds))),
    ["udp"] => await UdpBench.RunAsync(50_000, TimeSpan.FromSeconds(10)),
    ["udp", var rate] => await UdpBench.RunAsync(int.Parse(rate), TimeSpan.FromSeconds(10)),
    ["udp", var rate, var seconds] => await UdpBench.RunAsync(int.Parse(rate), TimeSpan.FromSeconds(double.Parse(seconds))),
    ["query"] => await QueryBench.RunAsync(10_000_000, 5),
    ["query", var rows] => await QueryBench.RunAsync(long.Parse(rows), 5),
    ["query", var rows, var runs] => await QueryBench.RunAsync(long.Parse(rows), int.Parse(runs)),
    ["bubbleup"] => await BubbleUpBench.RunAsync(10_000_000),
    ["bubbleup", var rows] => await BubbleUpBench.RunAsync(long.Parse(rows)),
    ["engine"] => await EngineBench.RunAsync(3),
    ["engine", var runs] => await EngineBench.RunAsync(int.Parse(runs)),
    ["decode"] => DecodeBench.Run(TimeSpan.FromSeconds(5)),
    ["xray", .. var rest] => await XRayBench.RunAsync(rest),
    ["graph"] => GraphCommand.Run(),
    ["soak"] => await SoakBench.RunAsync(60),
    ["soak", var minutes] => await SoakBench.RunAsync(double.Parse(minutes, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench ingest [seconds] | query [rows] [runs] | bubbleup [rows] | udp [documents a second] [seconds] | decode | xray [rows] [hours] | soak [minutes] | graph");
    return 2;
}
