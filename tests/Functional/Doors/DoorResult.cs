using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Weir.Tests.Functional.Doors;

/// <summary>The results of an endpoint's inputs. Failing inputs are stored as files.</summary>
internal sealed class DoorResult(string door, string folder)
{
    private const int MostKept = 200;
    private readonly long[] _classes = new long[6];
    private readonly ConcurrentDictionary<string, long> _busy = new(StringComparer.Ordinal);
    private long _inputs;
    private long _cut;
    private long _failures;

    public long Failures => Interlocked.Read(ref _failures);

    public long Inputs => Interlocked.Read(ref _inputs);

    public string Door => door;

    /// <summary>Temporary errors: 429 and 503 with a time to retry, with their reasons.</summary>
    public IReadOnlyDictionary<string, long> Busy => _busy;

    /// <param name="status">Of HTTP; gRPC's as the status that it stands for.</param>
    /// <param name="input">What was sent.</param>
    /// <param name="isForTheMoment">It says when to try again.</param>
    /// <param name="answer">The beginning of the answer.</param>
    public void Add(int status, DoorInput input, bool isForTheMoment, string answer)
    {
        Interlocked.Increment(ref _inputs);
        if (isForTheMoment)
        {
            // Numbers differ between responses; the text is the reason.
            var reason = $"{status} {new string([.. answer.Take(120).Select(c => char.IsAsciiDigit(c) ? '#' : c)])}";
            _busy.AddOrUpdate(_busy.Count < 100 || _busy.ContainsKey(reason) ? reason : $"{status} …", 1, static (_, count) => count + 1);
            return;
        }
        Interlocked.Increment(ref _classes[Math.Clamp(status / 100, 0, 5)]);
        if (status >= 500)
            Keep(input, $"{status} {answer}");
    }

    public void Sent() => Interlocked.Increment(ref _inputs);

    /// <summary>The connection ended without a response.</summary>
    public void Cut(DoorInput input, string why, bool isAllowed)
    {
        Interlocked.Increment(ref _inputs);
        Interlocked.Increment(ref _cut);
        if (!isAllowed)
            Keep(input, why);
    }

    public void Keep(DoorInput input, string why)
    {
        var number = Interlocked.Increment(ref _failures);
        if (number > MostKept)
            return;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{string.Concat(door.Where(char.IsAsciiLetterOrDigit))}-{number}.txt"));
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes(why + "\r\n---\r\n"), .. input.ToBytes()]);
    }

    public static string Head { get; } = $"{"door",-26} {"inputs",9} {"2xx",9} {"3xx",6} {"4xx",9} {"5xx",6} {"later",7} {"cut",6} {"failed",6}";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{door,-26} {_inputs,9} {_classes[2],9} {_classes[3],6} {_classes[4],9} {_classes[5],6} {_busy.Values.Sum(),7} {_cut,6} {_failures,6}");
}
