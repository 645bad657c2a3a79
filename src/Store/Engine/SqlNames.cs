using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Weir.Store.Engine;

/// <summary>The few texts that the engine itself adds to a statement.</summary>
internal static class SqlNames
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");

    private static readonly SearchValues<char> ListCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_., `");

    internal static bool IsIdentifier(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    internal static string RequireIdentifier(string name) =>
        IsIdentifier(name) ? name : throw new ArgumentException($"'{name}' is not a name", nameof(name));

    internal static string RequireColumnList(string columns) =>
        columns.Length > 0 && !columns.AsSpan().ContainsAnyExcept(ListCharacters)
            ? columns : throw new ArgumentException($"'{columns}' is not a column list", nameof(columns));

    internal static void RequirePositive(long value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value <= 0)
            throw new InvalidOperationException($"{name} is {value}; it must be greater than zero");
    }

    internal static string Literal(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('\'');
        foreach (var c in value)
        {
            if (c is '\'' or '\\')
                text.Append('\\');
            text.Append(c);
        }

        return text.Append('\'').ToString();
    }

    /// <summary>
    /// The settings of a read query. Their order does not matter: the engine checks all of them against the session's own settings.
    /// max_execution_time alone would also reject queries that the engine estimates to be slow; timeout_before_checking_execution_speed=0 prevents that.
    /// With Break the row limit is the setting `limit`, which is exact, and the overflow mode covers UNION, which `limit` does not.
    /// </summary>
    internal static IEnumerable<KeyValuePair<string, string>> ReadSettings(QueryLimits limits)
    {
        RequirePositive(limits.MaxTime.Ticks);
        RequirePositive(limits.MaxMemoryBytes);
        RequirePositive(limits.MaxResultRows);
        yield return new("readonly", "1");
        yield return new("max_execution_time", Math.Max(0.001, limits.MaxTime.TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture));
        yield return new("timeout_before_checking_execution_speed", "0");
        yield return new("max_memory_usage", limits.MaxMemoryBytes.ToString(CultureInfo.InvariantCulture));
        yield return new("max_result_rows", limits.MaxResultRows.ToString(CultureInfo.InvariantCulture));
        if (limits.MaxGroups is { } groups)
        {
            RequirePositive(groups);
            yield return new("max_rows_to_group_by", groups.ToString(CultureInfo.InvariantCulture));
            yield return new("group_by_overflow_mode", "throw");
        }

        if (limits.OnMoreRows == RowOverflow.Break)
        {
            yield return new("limit", limits.MaxResultRows.ToString(CultureInfo.InvariantCulture));
            yield return new("result_overflow_mode", "break");
        }
        else
        {
            yield return new("max_result_bytes", limits.MaxMemoryBytes.ToString(CultureInfo.InvariantCulture));
            yield return new("result_overflow_mode", "throw");
        }

        yield return new("output_format_binary_write_json_as_string", "1");
        yield return new("output_format_native_use_flattened_dynamic_and_json_serialization", "1");
    }

    /// <summary>
    /// The settings that make an insert one block per partition, so that its token is valid: one thread, and squashing limits that no journal
    /// segment reaches (a block that exceeds them is always split at the same place, so a retry is still recognised).
    /// </summary>
    internal static IEnumerable<KeyValuePair<string, string>> InsertSettings(string deduplicationToken)
    {
        yield return new("insert_deduplicate", "1");
        yield return new("insert_deduplication_token", deduplicationToken);
        yield return new("max_insert_threads", "1");
        yield return new("max_threads", "1");
        yield return new("min_insert_block_size_rows", "100000000");
        yield return new("min_insert_block_size_bytes", "4000000000");
        // Clients may send any times: with a limit here, one request with many days would be rejected and retried, and block all loading.
        yield return new("max_partitions_per_insert_block", "0");
    }
}
