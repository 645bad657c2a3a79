using System.Text;

namespace Weir.Store.Engine;

/// <summary>
/// Over HTTP a parameter may have 128 KiB. A longer <c>{name:String}</c> is sent in pieces that the engine concatenates:
/// <c>concat({name_0:String}, {name_1:String}, …)</c>, and a list with arrayConcat.
/// </summary>
internal static class LongParameters
{
    /// <summary>Maximum length of a statement's text: the engine's max_query_size.</summary>
    private const int MostStatementBytes = 256 << 10;

    private const int PieceBytes = 64 << 10;

    /// <summary>The statement and parameters as sent. Throws <see cref="EngineException"/> of kind TooComplex above the limits of every server.</summary>
    internal static (string Sql, IReadOnlyList<EngineParameter> Parameters) Split(string sql, IReadOnlyList<EngineParameter> parameters)
    {
        if (parameters.All(static p => p.Encoded.Length <= PieceBytes))
            return (Checked(sql), parameters);
        var sent = new List<EngineParameter>();
        foreach (var parameter in parameters)
        {
            if (parameter.Encoded.Length <= PieceBytes)
            {
                sent.Add(parameter);
                continue;
            }

            var isList = sql.Contains($"{{{parameter.Name}:Array(String)}}", StringComparison.Ordinal);
            var type = isList ? "Array(String)" : "String";
            var holder = $"{{{parameter.Name}:{type}}}";
            if (!sql.Contains(holder, StringComparison.Ordinal))
                throw new EngineException(EngineFault.TooComplex, $"the value of {parameter.Name} has {parameter.Encoded.Length} bytes; over HTTP only a String or a list of them may have more than {PieceBytes}");
            var pieces = isList ? OfList(parameter.Encoded) : OfText(parameter.Encoded);
            var text = new StringBuilder(isList ? "arrayConcat(" : "concat(");
            for (var i = 0; i < pieces.Count; i++)
            {
                sent.Add(EngineParameter.FromEncoded($"{parameter.Name}_{i}", pieces[i]));
                text.Append(i == 0 ? "" : ", ").Append('{').Append(parameter.Name).Append('_').Append(i).Append(':').Append(type).Append('}');
            }

            sql = sql.Replace(holder, text.Append(')').ToString(), StringComparison.Ordinal);
        }

        return (Checked(sql), sent);
    }

    private static string Checked(string sql) => sql.Length <= MostStatementBytes && Encoding.UTF8.GetByteCount(sql) <= MostStatementBytes
        ? sql
        : throw new EngineException(EngineFault.TooComplex, $"the statement has more than {MostStatementBytes} bytes");

    /// <summary>Cuts outside of escapes: a backslash and the next character stay together.</summary>
    private static List<ReadOnlyMemory<byte>> OfText(ReadOnlyMemory<byte> encoded)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        while (encoded.Length > PieceBytes)
        {
            var end = PieceBytes;
            var slashes = 0;
            while (slashes < end && encoded.Span[end - 1 - slashes] == (byte)'\\')
                slashes++;
            // An odd number of backslashes begins an escape that continues after the cut.
            end += slashes & 1;
            pieces.Add(encoded[..end]);
            encoded = encoded[end..];
        }

        pieces.Add(encoded);
        return pieces;
    }

    /// <summary>['a','b',…] as several such texts. A single element above the limit stays whole, and the server rejects it.</summary>
    private static List<ReadOnlyMemory<byte>> OfList(ReadOnlyMemory<byte> encoded)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var span = encoded.Span;
        var (from, last, inText) = (1, 0, false);
        for (var i = 1; i < span.Length; i++)
        {
            if (span[i] == (byte)'\\')
                i++;
            else if (span[i] == (byte)'\'')
                inText = !inText;
            else if (!inText && (span[i] == (byte)',' || i == span.Length - 1))
            {
                if (i - from > PieceBytes && last > from)
                {
                    Add(from, last);
                    from = last + 1;
                }

                last = i;
            }
        }

        Add(from, span.Length - 1);
        return pieces;

        void Add(int start, int end) => pieces.Add((byte[])[(byte)'[', .. encoded.Span[start..end], (byte)']']);
    }
}
