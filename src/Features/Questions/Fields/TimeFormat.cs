using System.Text;
using Weir.Core.Query.Text;

namespace Weir.Features.Questions.Fields;

/// <summary>
/// The formats of FORMAT_TIME: strftime's directives, in the C locale and UTC. The engine has letters of its own for some of them, so a
/// format is cut into pieces that it can write.
/// </summary>
internal static class TimeFormat
{
    /// <summary>Seconds since 1970, which the engine's formatting has no letter for.</summary>
    public const string Seconds = "\0s";

    /// <summary>Null when every directive is known.</summary>
    public static ParseError? Check(string format)
    {
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
                continue;
            if (i + 1 == format.Length)
                return new ParseError("ends with '%'; a percent sign itself is %%", i);
            if (Engine(format[i + 1]) is null)
                return new ParseError($"has '%{format[i + 1]}', which is not known", i);
            i++;
        }
        return null;
    }

    /// <summary>The pieces of a checked format in the engine's letters; <see cref="Seconds"/> stands for itself.</summary>
    public static IReadOnlyList<string> Pieces(string format)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                piece.Append(format[i]);
                continue;
            }
            var letters = Engine(format[++i])!;
            if (letters != Seconds)
            {
                piece.Append(letters);
                continue;
            }
            if (piece.Length > 0)
                pieces.Add(piece.ToString());
            piece.Clear();
            pieces.Add(Seconds);
        }
        if (piece.Length > 0 || pieces.Count == 0)
            pieces.Add(piece.ToString());
        return pieces;
    }

    private static string? Engine(char directive) => directive switch
    {
        'Y' or 'y' or 'C' or 'm' or 'd' or 'e' or 'j' or 'H' or 'I' or 'k' or 'l' or 'S' or 'p' or 'a' or 'b' or 'u' or 'w' or 'V' or 'g' or 'G'
            or 'F' or 'D' or 'T' or 'R' or 'r' or 'z' or 'n' or 't' or '%' or 'f' => $"%{directive}",
        'h' => "%b",
        'B' => "%M",
        'A' => "%W",
        'M' => "%i",
        'Z' => "UTC",
        'c' => "%a %b %e %H:%i:%S %Y",
        'x' => "%m/%d/%y",
        'X' => "%H:%i:%S",
        's' => Seconds,
        _ => null,
    };
}
