using System.Globalization;
using System.Text;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Store.Engine;
using Weir.Store.Write;

namespace Weir.Store.Read;

/// <summary>SQL under construction. Values and attribute keys go in as bound parameters only.</summary>
internal sealed class SqlText
{
    /// <summary>The engine reads no longer statement than 256 KiB; some of it is for the settings that are put behind.</summary>
    public const int MostCharacters = (256 - 8) << 10;

    private readonly StringBuilder _sql = new();
    private readonly List<EngineParameter> _parameters;

    public SqlText() => _parameters = [];

    /// <summary>A text inside another one, with the same parameters.</summary>
    public SqlText(SqlText outer) => _parameters = outer._parameters;

    public IReadOnlyList<EngineParameter> Parameters => _parameters;

    public SqlText Append(string sql)
    {
        _sql.Append(Checked(sql));
        Checked(_sql.Length);
        return this;
    }

    /// <summary>The same text. Throws <see cref="FaultException"/> (LimitExceeded) when no statement can hold it, before it grows to more.</summary>
    public static string Checked(string sql)
    {
        Checked(sql.Length);
        return sql;
    }

    private static void Checked(int length)
    {
        if (length > MostCharacters)
            throw new FaultException(EngineFaults.TooComplex);
    }

    public override string ToString() => _sql.ToString();

    /// <summary>Binds the value; returns the placeholder.</summary>
    public string Bind(string type, string value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"p{_parameters.Count}");
        _parameters.Add(type == "Identifier" ? EngineParameter.Identifier(name, value) : EngineParameter.Text(name, value));
        return $"{{{name}:{type}}}";
    }

    /// <summary>A constant as an expression of its own type.</summary>
    public string Bind(object value) => value switch
    {
        string text => Bind("String", text),
        bool flag => flag ? "true" : "false",
        int number => Bind("Int64", number.ToString(CultureInfo.InvariantCulture)),
        long number => Bind("Int64", number.ToString(CultureInfo.InvariantCulture)),
        ulong number => Bind("UInt64", number.ToString(CultureInfo.InvariantCulture)),
        double number => Bind("Float64", EngineParameter.Text(number)),
        byte[] { Length: > 0 } bytes =>
            string.Create(CultureInfo.InvariantCulture, $"toFixedString(unhex({Bind("String", Convert.ToHexString(bytes))}), {bytes.Length})"),
        Instant time => Time(time.UnixNanoseconds),
        DateTimeOffset time => Time(UnixNanoseconds(time)),
        _ => throw new ArgumentException($"a constant of type {value.GetType().Name} has no SQL form", nameof(value)),
    };

    public string Time(long unixNanoseconds) =>
        $"fromUnixTimestamp64Nano({Bind("Int64", unixNanoseconds.ToString(CultureInfo.InvariantCulture))}, 'UTC')";

    /// <summary>Saturates at what DateTime64(9) can hold (1900 to 2262).</summary>
    public static long UnixNanoseconds(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        return ticks switch
        {
            > long.MaxValue / 100 => long.MaxValue,
            < long.MinValue / 100 => long.MinValue,
            _ => ticks * 100,
        };
    }
}
