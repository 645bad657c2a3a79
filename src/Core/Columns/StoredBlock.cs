using Weir.Core.Model;

namespace Weir.Core.Columns;

/// <summary>
/// Rows of a table with the columns that a journal segment declares, possibly those of an older version. The blocks of a segment are merged
/// into it before they are loaded.
/// </summary>
internal sealed class StoredBlock : Block
{
    private StoredBlock(Signal signal)
        : base(signal)
    {
    }

    /// <param name="structure">Names and types in block order: <c>name type, name type</c>; types may hold commas in parentheses.</param>
    /// <exception cref="InvalidDataException">A type that Weir does not write.</exception>
    public static StoredBlock Of(Signal signal, string structure)
    {
        var block = new StoredBlock(signal);
        foreach (var (name, type) in Split(structure))
            block.Add(ColumnOf(name, type));
        return block;
    }

    internal static IEnumerable<(string Name, string Type)> Split(string structure)
    {
        var start = 0;
        var depth = 0;
        for (var i = 0; i <= structure.Length; i++)
        {
            var c = i == structure.Length ? ',' : structure[i];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c != ',' || (depth > 0 && i < structure.Length))
                continue;
            var column = structure[start..i].Trim();
            var space = column.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0)
                throw new InvalidDataException($"'{column}' is not a column of a segment's layout");
            yield return (column[..space], column[(space + 1)..].Trim());
            start = i + 1;
        }
    }

    private static Column ColumnOf(string name, string type) => type switch
    {
        "String" => new StringColumn(name),
        "LowCardinality(String)" => new LowCardinalityColumn(name),
        "UInt8" or "Int8" or "Bool" => new FixedColumn<byte>(name, type),
        "UInt16" or "Int16" or "Date" => new FixedColumn<ushort>(name, type),
        "UInt32" or "Int32" or "Float32" or "DateTime" => new FixedColumn<uint>(name, type),
        "UInt64" or "Float64" => new FixedColumn<ulong>(name, type),
        "Int64" => new FixedColumn<long>(name, type),
        _ when type.StartsWith("DateTime64(", StringComparison.Ordinal) => new FixedColumn<long>(name, type),
        _ when type.StartsWith("Enum8(", StringComparison.Ordinal) => new FixedColumn<sbyte>(name, type),
        _ when type.StartsWith("FixedString(", StringComparison.Ordinal)
            && int.TryParse(type.AsSpan(12, type.Length - 13), out var width) && width > 0 => new IdColumn(name, width),
        _ when type.StartsWith("JSON", StringComparison.Ordinal) => new JsonColumn(name, type),
        _ => throw new InvalidDataException($"a segment has a column of type {type}"),
    };
}
