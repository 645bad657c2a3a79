namespace Weir.Store.Write;

/// <summary>Whose rows a block has: the day, environment and dataset together.</summary>
internal readonly record struct BlockOwner(int Day, string Environment, string Dataset);

/// <summary>The owners of a block's rows and the resources each has.</summary>
internal sealed class BlockOwners
{
    private const long NanosecondsADay = 86_400_000_000_000;

    /// <summary>Days since 1970 that the table's Date holds.</summary>
    private const int LastDay = ushort.MaxValue;

    private readonly int[] _ofRow;

    private BlockOwners(List<BlockOwner> owners, List<(int, string)> resources, int[] ofRow)
    {
        Owners = owners;
        Resources = resources;
        _ofRow = ofRow;
    }

    public IReadOnlyList<BlockOwner> Owners { get; }

    /// <summary>Owner's number and JSON text, each pair once.</summary>
    public IReadOnlyList<(int Owner, string Resource)> Resources { get; }

    /// <summary>The number of the row's owner.</summary>
    public int OfRow(int row) => _ofRow.Length == 0 ? 0 : _ofRow[row];

    /// <param name="datasets">Of the rows whose resource names none.</param>
    public static BlockOwners Of(ReadOnlySpan<long> times, DictionaryColumn environments, DictionaryColumn datasets, DictionaryColumn resources)
    {
        var texts = resources.Keys;
        var named = Array.ConvertAll(texts, ResourceKeys.Dataset);
        var owners = new List<BlockOwner>();
        var numbers = new Dictionary<(int, int, int), int>();
        var ofRow = new int[times.Length];
        var pairs = new HashSet<(int, int)>();
        var last = (Day: -1, Environment: -1, Dataset: -1);
        var lastPair = (-1, -1);
        var number = -1;
        for (var row = 0; row < times.Length; row++)
        {
            var resource = resources.IndexOf(row);
            var key = (Day(times[row]), environments.IndexOf(row), named[resource] is null ? datasets.IndexOf(row) : ~resource);
            if (key != last)
            {
                last = key;
                if (!numbers.TryGetValue(key, out number))
                {
                    number = numbers[key] = owners.Count;
                    owners.Add(new BlockOwner(key.Item1, environments.Keys[key.Item2], named[resource] ?? datasets.Keys[key.Item3]));
                }
            }
            ofRow[row] = number;
            var pair = (number, resource);
            if (pair != lastPair)
                pairs.Add(lastPair = pair);
        }
        return new BlockOwners(owners, [.. pairs.Select(p => (p.Item1, texts[p.Item2]))], owners.Count == 1 ? [] : ofRow);
    }

    private static int Day(long unixNanoseconds) => (int)Math.Clamp(Math.DivRem(unixNanoseconds, NanosecondsADay).Quotient, 0, LastDay);
}
