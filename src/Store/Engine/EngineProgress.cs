using System.Globalization;
using System.Text;
using Weir.Core.Query;

namespace Weir.Store.Engine;

/// <summary>A running statement as reported by <c>system.processes</c>: <c>1200 5000 96000 1048576</c>.</summary>
internal static class EngineProgress
{
    public const string Format = "TSVRaw";

    public static string Sql(string condition) =>
        $"SELECT concat(toString(read_rows), ' ', toString(total_rows_approx), ' ', toString(read_bytes), ' ', toString(greatest(0, memory_usage))) FROM system.processes WHERE {condition} LIMIT 1";

    /// <summary>Null when there is no such statement, or the engine wrote something else.</summary>
    public static QueryProgress? Read(ReadOnlySpan<byte> line)
    {
        var numbers = Encoding.UTF8.GetString(line).Split(' ', StringSplitOptions.TrimEntries);
        if (numbers.Length != 4 || !Number(0, out var rows) || !Number(1, out var total) || !Number(2, out var bytes) || !Number(3, out var memory))
            return null;
        // The engine has no estimate yet, or an estimate below the rows read.
        return new QueryProgress(rows, total == 0 ? null : Math.Max(rows, total), bytes, memory);

        bool Number(int at, out long number) => long.TryParse(numbers[at], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
