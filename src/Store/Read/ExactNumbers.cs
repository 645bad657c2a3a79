namespace Weir.Store.Read;

/// <summary>A constant as the types that numbers are stored as, where it is exactly one of their values.</summary>
internal static class ExactNumbers
{
    private const double PastInt64 = 9_223_372_036_854_775_808.0;

    public static long? Whole(object value) => value switch
    {
        long number => number,
        int number => number,
        ulong number when number <= long.MaxValue => (long)number,
        double number when number >= -PastInt64 && number < PastInt64 && Math.Truncate(number) == number => (long)number,
        _ => null,
    };

    public static double? Float(object value) => value switch
    {
        double number => number,
        long number when Whole((double)number) == number => number,
        int number => number,
        ulong number when (double)number < 2 * PastInt64 && (ulong)(double)number == number => number,
        _ => null,
    };
}
