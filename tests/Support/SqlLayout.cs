using System.Text;

namespace Weir.Tests.Support;

/// <summary>A statement on lines of its own for each clause, indented by how deep it is, so that a difference is seen where it is.</summary>
internal static class SqlLayout
{
    private static readonly string[] Clauses =
        ["SELECT ", "FROM ", "PREWHERE ", "WHERE ", "GROUP BY ", "HAVING ", "ORDER BY ", "LIMIT ", "UNION ALL", "LEFT JOIN ", "INNER JOIN ", "LEFT SEMI JOIN ", "LEFT ANTI JOIN ", "ARRAY JOIN ", "WITH ", "SETTINGS "];

    public static string Of(string sql)
    {
        var text = new StringBuilder(sql.Length * 2);
        var depth = 0;
        for (var i = 0; i < sql.Length; i++)
        {
            if (sql[i] is '\'' or '`' or '"')
            {
                var end = End(sql, i);
                text.Append(sql, i, end - i);
                i = end - 1;
                continue;
            }
            if (StartsClause(sql, i) && text.Length > 0)
            {
                while (text.Length > 0 && text[^1] == ' ')
                    text.Length--;
                text.Append('\n').Append(' ', depth * 2);
            }
            depth += sql[i] switch { '(' => 1, ')' => -1, _ => 0 };
            text.Append(sql[i]);
        }
        return text.ToString();
    }

    private static bool StartsClause(string sql, int at) =>
        (at == 0 || sql[at - 1] is ' ' or '(' or '\n') && Clauses.Any(clause => string.CompareOrdinal(sql, at, clause, 0, clause.Length) == 0);

    private static int End(string sql, int start)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (sql[i] == '\\')
                i++;
            else if (sql[i] == sql[start])
                return i + 1;
        }
        return sql.Length;
    }
}
