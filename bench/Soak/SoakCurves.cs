using System.Globalization;
using Weir.Protocols.Api.Out;

namespace Weir.Bench.Soak;

/// <summary>The curves of a soak: mappings, threads, descriptors and memory of the server and of each kind of child process.</summary>
internal sealed class SoakCurves
{
    private const double Mb = 1 << 20;
    private readonly Dictionary<string, GrowthCurve> _curves = new(StringComparer.Ordinal);
    private int _rows;

    /// <summary>Takes a row and prints it.</summary>
    public void Add(TimeSpan at, IReadOnlyList<ProcessResources> processes, long managedBytes, SoakTally tally)
    {
        if (_rows++ == 0)
            Console.WriteLine("minute  process      mappings  threads  descriptors  resident MB  managed MB   answered  cancelled  not expected");
        foreach (var group in processes.GroupBy(p => p.Role))
        {
            var isServer = group.Key == ProcessResources.ServerRole;
            var minute = at.TotalMinutes;
            var mappings = Curve(group.Key, "mappings", 150, 0.15, minute, group.Sum(p => p.Mappings));
            var threads = Curve(group.Key, "threads", 10, 0.2, minute, group.Sum(p => p.Threads));
            var descriptors = Curve(group.Key, "descriptors", 40, 0.2, minute, group.Sum(p => p.Descriptors));
            var resident = Curve(group.Key, "resident MB", 128, 0.2, minute, group.Sum(p => p.ResidentBytes) / Mb);
            var line = string.Create(CultureInfo.InvariantCulture, $"{minute,6:0.0}  {group.Key,-10} {mappings,10:N0} {threads,8:N0} {descriptors,12:N0} {resident,12:N0}");
            if (isServer)
            {
                var managed = Curve(group.Key, "managed MB", 48, 0.3, minute, managedBytes / Mb);
                line += string.Create(CultureInfo.InvariantCulture, $" {managed,11:N0} {tally.Answered,10:N0} {tally.Cancelled,10:N0} {tally.Troubles,13:N0}");
            }
            Console.WriteLine(line);
        }
    }

    /// <summary>Prints each curve's verdict over the points from that minute on; true when all are flat.</summary>
    public bool Verdict(double fromMinute)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from minute {fromMinute:0.#} on (medians of the first and the last quarter; the middle slope):"));
        var isFlat = _curves.Count > 0;
        foreach (var curve in _curves.Values)
        {
            var judged = curve.Judge(fromMinute);
            isFlat &= judged.IsFlat;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {curve.Name,-24} {judged.Begin,8:N0} -> {judged.End,8:N0}  {judged.PerHour,9:+#,0.0;-#,0.0;0} an hour  {(judged.IsFlat ? "flat" : "GROWS")}"));
        }
        return isFlat;
    }

    private double Curve(string role, string name, double allowed, double share, double minute, double value)
    {
        var key = $"{role} {name}";
        if (!_curves.TryGetValue(key, out var curve))
            _curves[key] = curve = new GrowthCurve(key, allowed, share);
        curve.Add(minute, value);
        return value;
    }
}
