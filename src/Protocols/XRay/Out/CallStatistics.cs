using System.Text.Json;

namespace Weir.Protocols.XRay.Out;

/// <summary>Counts and times of finished calls. Each call is in exactly one class: throttle before fault before error before ok.</summary>
internal sealed class CallStatistics
{
    private readonly SortedDictionary<double, int> _histogram = [];
    private int _ok;
    private int _throttle;
    private int _error;
    private int _fault;
    private double _seconds;

    public int Count => _ok + _throttle + _error + _fault;

    public int Faults => _fault;

    public void Add(TraceEntity entity)
    {
        if (entity.End is null)
            return;
        if (entity.Throttle)
            _throttle++;
        else if (entity.Fault)
            _fault++;
        else if (entity.Error)
            _error++;
        else
            _ok++;
        _seconds += entity.Seconds;
        var bucket = Math.Round(entity.Seconds, 3);
        _histogram[bucket] = _histogram.GetValueOrDefault(bucket) + 1;
    }

    public void WriteSummary(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("OkCount", _ok);
        json.WriteStartObject("ErrorStatistics");
        json.WriteNumber("ThrottleCount", _throttle);
        json.WriteNumber("OtherCount", _error);
        json.WriteNumber("TotalCount", _throttle + _error);
        json.WriteEndObject();
        json.WriteStartObject("FaultStatistics");
        json.WriteNumber("OtherCount", _fault);
        json.WriteNumber("TotalCount", _fault);
        json.WriteEndObject();
        json.WriteNumber("TotalCount", Count);
        json.WriteNumber("TotalResponseTime", Math.Round(_seconds, 6));
        json.WriteEndObject();
    }

    /// <summary>Seconds to the millisecond, and how many calls took them.</summary>
    public void WriteHistogram(Utf8JsonWriter json, string name)
    {
        json.WriteStartArray(name);
        foreach (var (seconds, count) in _histogram)
        {
            json.WriteStartObject();
            json.WriteNumber("Value", seconds);
            json.WriteNumber("Count"u8, count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
