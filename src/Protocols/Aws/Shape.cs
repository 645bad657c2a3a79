using System.Text.Json;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Aws;

/// <summary>What a member of an operation's input must be like, as the API's model has it.</summary>
internal abstract record Shape
{
    /// <summary>Null members count as absent and are never passed here.</summary>
    public abstract void Check(JsonElement value, string path, ShapeCheck check);
}

/// <summary>The violations, in AWS's wording; the first value of a wrong kind makes the whole input unreadable.</summary>
internal sealed class ShapeCheck
{
    private const int MaxViolations = 10;
    private const int MaxShown = 200;
    private readonly List<string> _violations = [];
    private string? _unreadable;

    /// <summary>Further violations are left out.</summary>
    public bool IsFull => _violations.Count == MaxViolations;

    /// <summary>The first thing that keeps the request from being served, or null.</summary>
    /// <param name="type">The service's error type of broken constraints.</param>
    public AwsFault? Fault(string type) => _unreadable is not null
        ? AwsFault.Serialization(_unreadable)
        : _violations.Count == 0
            ? null
            : new AwsFault(type, $"{_violations.Count} validation error{(_violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", _violations)}");

    public void Violate(string shown, string path, string must)
    {
        if (!IsFull)
            _violations.Add($"Value {(shown.Length > MaxShown ? shown[..MaxShown] + "…" : shown)} at '{path}' failed to satisfy constraint: Member must {must}");
    }

    public void WrongKind(JsonElement value, string type) => _unreadable ??= value.ValueKind switch
    {
        JsonValueKind.Object => "START_OBJECT",
        JsonValueKind.Array => "START_ARRAY",
        JsonValueKind.Number => "NUMBER_VALUE",
        JsonValueKind.True => "TRUE_VALUE",
        JsonValueKind.False => "FALSE_VALUE",
        _ => "STRING_VALUE",
    } + $" can not be converted to {type}";

    public void Length(int length, string shown, string path, int min, int max)
    {
        if (length < min)
            Violate(shown, path, $"have length greater than or equal to {min}");
        else if (length > max)
            Violate(shown, path, $"have length less than or equal to {max}");
    }
}

/// <param name="Pattern">As the service model spells it; shown in the message.</param>
/// <param name="Fits">Whether a text is of the pattern as a whole.</param>
internal sealed record TextShape(int Min = 0, int Max = int.MaxValue, string? Pattern = null, Func<string, bool>? Fits = null, params string[] OneOf) : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (value.AsText() is { } text)
            Check(text, path, check);
        else
            check.WrongKind(value, "a String");
    }

    public void Check(string text, string path, ShapeCheck check)
    {
        var shown = $"'{text}'";
        check.Length(text.Length, shown, path, Min, Max);
        if (Fits is not null && !Fits(text))
            check.Violate(shown, path, $"satisfy regular expression pattern: {Pattern}");
        if (OneOf.Length > 0 && !OneOf.Contains(text, StringComparer.Ordinal))
            check.Violate(shown, path, $"satisfy enum value set: [{string.Join(", ", OneOf)}]");
    }
}

/// <summary>A number; <paramref name="Whole"/> ones have no fraction (1.0 has none).</summary>
internal sealed record NumberShape(bool Whole = false, double Min = double.MinValue, double Max = double.MaxValue) : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number)
            || (Whole && (number != Math.Floor(number) || Math.Abs(number) > int.MaxValue)))
        {
            check.WrongKind(value, Whole ? "an Integer" : "a Double");
            return;
        }
        var shown = FormattableString.Invariant($"'{number}'");
        if (number < Min)
            check.Violate(shown, path, FormattableString.Invariant($"have value greater than or equal to {Min}"));
        else if (number > Max)
            check.Violate(shown, path, FormattableString.Invariant($"have value less than or equal to {Max}"));
    }
}

/// <summary>A whole number of 64 bits; some clients write 1.0 or 1e3, and a fraction is left out.</summary>
internal sealed record LongShape(long Min = long.MinValue, long Max = long.MaxValue, params long[] OneOf) : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (Read(value) is not { } number)
        {
            check.WrongKind(value, "a Long");
            return;
        }
        if (number < Min)
            check.Violate($"'{number}'", path, $"have value greater than or equal to {Min}");
        else if (number > Max)
            check.Violate($"'{number}'", path, $"have value less than or equal to {Max}");
        if (OneOf.Length > 0 && !OneOf.Contains(number))
            check.Violate($"'{number}'", path, $"satisfy enum value set: [{string.Join(", ", OneOf)}]");
    }

    /// <summary>Null when the value is no number, or none of 64 bits.</summary>
    public static long? Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return null;
        if (value.TryGetInt64(out var whole))
            return whole;
        return value.TryGetDouble(out var number) && Math.Abs(number) < 9e18 ? (long)number : null;
    }
}

internal sealed record FlagShape : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            check.WrongKind(value, "a Boolean");
    }
}

/// <summary>Seconds since 1970 as a number, or ISO 8601 text.</summary>
internal sealed record TimeShape : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (AwsRequest.ToTime(value) is null)
            check.WrongKind(value, "a Timestamp");
    }
}

internal sealed record ListShape(Shape Element, int Max = int.MaxValue, int Min = 0) : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            check.WrongKind(value, "a List");
            return;
        }
        var length = value.GetArrayLength();
        if (length < Min || length > Max)
            check.Length(length, $"'[{string.Join(", ", value.EnumerateArray().Select(element => element.AsText() ?? element.GetRawText()))}]'", path, Min, Max);
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            index++;
            if (element.ValueKind == JsonValueKind.Null)
                check.Violate("null", $"{path}.{index}.member", "not be null");
            else
                Element.Check(element, $"{path}.{index}.member", check);
        }
    }
}

internal sealed record TextMapShape(TextShape Keys, TextShape Values, int Max, int Min = 0) : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            check.WrongKind(value, "a Map");
            return;
        }
        var count = value.GetPropertyCount();
        if (count < Min || count > Max)
            check.Length(count, $"'{{{string.Join(", ", value.EnumerateObject().Select(member => $"{member.Name}={member.Value.AsText()}"))}}}'", path, Min, Max);
        foreach (var member in value.EnumerateObject())
        {
            Keys.Check(member.Name, $"{path}.key", check);
            Values.Check(member.Value, $"{path}.{member.Name}.member", check);
        }
    }
}

/// <summary>An object; members that the model does not have are let pass, so that newer clients can call.</summary>
internal sealed record ObjectShape(params Member[] Members) : Shape
{
    public override void Check(JsonElement value, string path, ShapeCheck check)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            check.WrongKind(value, "a Structure");
            return;
        }
        foreach (var member in Members)
        {
            var inner = path.Length == 0 ? member.WireName : $"{path}.{member.WireName}";
            if (value.MemberOf(member.Name) is { } found)
                member.Shape.Check(found, inner, check);
            else if (member.Required)
                check.Violate("null", inner, "not be null");
        }
    }
}

internal sealed record Member(string Name, Shape Shape, bool Required)
{
    /// <summary>As validation messages spell it.</summary>
    public string WireName => char.ToLowerInvariant(Name[0]) + Name[1..];

    public static Member Must(string name, Shape shape) => new(name, shape, Required: true);

    public static Member May(string name, Shape shape) => new(name, shape, Required: false);
}
