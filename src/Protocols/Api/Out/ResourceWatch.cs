using System.Globalization;

namespace Weir.Protocols.Api.Out;

/// <summary>
/// Looks at what the server and its child processes hold, and warns while there is still time: past the kernel's limit of memory mappings
/// or file descriptors a process ends, however much memory is free.
/// </summary>
/// <param name="read">The processes as they are now, the server first.</param>
/// <param name="mappingLimit">Of one process; 0 when not known.</param>
internal sealed class ResourceWatch(Func<IReadOnlyList<ProcessResources>> read, long mappingLimit)
{
    /// <summary>The share of a limit above which it is reported.</summary>
    public const double Near = 0.8;

    public ResourceWatch()
        : this(static () => ProcessResources.ReadTree(Environment.ProcessId), ProcessResources.MappingLimit)
    {
    }

    public long MappingLimit => mappingLimit;

    public IReadOnlyList<ProcessResources> Read() => read();

    /// <summary>One line for each count that is near its limit, as a text for the operator.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        foreach (var process in read())
        {
            Compare(process, "memory mappings", process.Mappings, mappingLimit, "sysctl vm.max_map_count");
            Compare(process, "open file descriptors", process.Descriptors, process.DescriptorLimit, "ulimit -n");
        }
        return warnings;

        void Compare(ProcessResources process, string what, long count, long limit, string where)
        {
            if (limit > 0 && count >= limit * Near)
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{process.Role} (process {process.Id}) has {count} {what} of at most {limit} ({where}); it will end when it reaches the limit"));
            }
        }
    }
}
