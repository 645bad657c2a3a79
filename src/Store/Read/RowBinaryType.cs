using Weir.Store.Engine;

namespace Weir.Store.Read;

/// <summary>A ClickHouse type as far as reading RowBinary needs it.</summary>
internal sealed record RowBinaryType(string Name, IReadOnlyList<RowBinaryType> Inner, int Size, IReadOnlyDictionary<int, string>? EnumNames)
{
    /// <summary>Reads <c>Array(Nullable(String))</c>, <c>Enum8('a' = 1)</c>, <c>DateTime64(9, 'UTC')</c> and the like.</summary>
    public static RowBinaryType Parse(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? text : text[..open];
        var arguments = open < 0 ? "" : text[(open + 1)..^1];
        return name switch
        {
            "Nullable" or "Array" or "LowCardinality" => new(name, [Parse(arguments)], 0, null),
            "Map" or "Tuple" => new(name, [.. Split(arguments).Select(WithoutName).Select(Parse)], 0, null),
            "FixedString" => new(name, [], int.Parse(arguments, System.Globalization.CultureInfo.InvariantCulture), null),
            "DateTime64" => new(name, [], int.Parse(Split(arguments)[0], System.Globalization.CultureInfo.InvariantCulture), null),
            "Enum8" or "Enum16" => new(name, [], 0, Names(arguments)),
            "String" or "JSON" or "Bool" or "UInt8" or "UInt16" or "UInt32" or "UInt64" or "Int8" or "Int16" or "Int32" or "Int64"
                or "Float32" or "Float64" or "DateTime" or "Date" or "UUID" => new(name, [], 0, null),
            "Nothing" => new("Nothing", [], 0, null),
            _ => throw new EngineException(EngineFault.MalformedResult, $"results of type {text} are not read"),
        };
    }

    // Elements of a named tuple are written `name Type`.
    private static string WithoutName(string element)
    {
        var space = element.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && element.AsSpan(0, space).IndexOfAny('(', '\'') < 0 ? element[(space + 1)..] : element;
    }

    private static List<string> Split(string arguments)
    {
        var parts = new List<string>();
        var (depth, quoted, from) = (0, false, 0);
        for (var i = 0; i < arguments.Length; i++)
        {
            var c = arguments[i];
            if (quoted)
            {
                if (c == '\\')
                    i++;
                else if (c == '\'')
                    quoted = false;
            }
            else if (c == '\'')
                quoted = true;
            else if (c == '(')
                depth++;
            else if (c == ')')
                depth--;
            else if (c == ',' && depth == 0)
            {
                parts.Add(arguments[from..i].Trim());
                from = i + 1;
            }
        }
        parts.Add(arguments[from..].Trim());
        return parts;
    }

    private static Dictionary<int, string> Names(string arguments)
    {
        var names = new Dictionary<int, string>();
        foreach (var part in Split(arguments))
        {
            var equals = part.LastIndexOf('=');
            names[int.Parse(part.AsSpan(equals + 1).Trim(), System.Globalization.CultureInfo.InvariantCulture)] = part[..equals].Trim()[1..^1];
        }
        return names;
    }
}
