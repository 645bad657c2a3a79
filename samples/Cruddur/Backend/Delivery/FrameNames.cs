using System.Diagnostics;

namespace Cruddur.Delivery;

/// <summary>Names a stack frame as the source does: the compiler's `MoveNext` and `b__0_1` go back to their method.</summary>
internal static class FrameNames
{
    public static string Of(StackFrame frame)
    {
        var method = frame.GetMethod();
        if (method is null)
            return "(unknown)";
        var type = method.DeclaringType;
        var name = Source(method.Name);
        // Async methods run in a nested type called <Name>d__7; lambdas live in <>c.
        while (type is { IsNested: true } && type.Name.StartsWith('<'))
        {
            if (string.Equals(name, "MoveNext", StringComparison.Ordinal))
                name = Source(type.Name);
            type = type.DeclaringType;
        }
        return type is null ? name : $"{type.FullName}.{name}";
    }

    private static string Source(string name)
    {
        if (!name.StartsWith('<'))
            return name;
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return end > 1 ? name[1..end] : name;
    }
}
