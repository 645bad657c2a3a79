using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Core.Settings;
using Weir.Features.Requests;

namespace Weir.Tests.WebUi;

/// <summary>
/// Declares records in TypeScript as System.Text.Json writes them: names, null, and members that are left out come from the serializer's
/// own metadata. What a text may be, and what a JSON value holds, no C# type says: <see cref="ApiWords"/> does.
/// </summary>
internal sealed class TypeScript
{
    private readonly SortedDictionary<string, (Type Type, string Text)> _declared = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _named = new(StringComparer.Ordinal);
    private readonly HashSet<(Type, string)> _described = [];

    /// <summary>Words of <see cref="ApiWords"/> that no record has: they are out of date.</summary>
    public IEnumerable<string> Unused =>
        ApiWords.Members.Keys.Where(m => !_described.Contains(m)).Select(m => $"{m.Type.Name}.{m.Member}")
            .Concat(ApiWords.Extended.Keys.Where(t => !_declared.Values.Any(d => d.Type == t)).Select(t => t.Name));

    public void Add(JsonTypeInfo type) => Declare(type);

    /// <summary>The declarations, by name.</summary>
    /// <param name="elsewhere">Where the names come from that are not declared here.</param>
    public string Write(params IEnumerable<(string File, string[] Names)> elsewhere)
    {
        var text = new StringBuilder(ApiWords.Head);
        foreach (var (file, names) in elsewhere)
        {
            var used = names.Where(_named.Contains).Order(StringComparer.Ordinal).ToList();
            text.Append("import type {\n").AppendJoin("", used.Select(n => $"  {n},\n")).Append("} from \"").Append(file).Append("\";\n");
        }
        foreach (var (_, declaration) in _declared.Values)
            text.Append('\n').Append(declaration);
        return text.ToString();
    }

    private string Declare(JsonTypeInfo info)
    {
        var type = info.Type;
        var name = NameOf(type);
        if (_declared.TryGetValue(name, out var known))
            return known.Type == type ? name : throw new InvalidOperationException($"{type} and {known.Type} have the same name in TypeScript");
        _declared[name] = (type, "");
        var text = new StringBuilder($"/** {type.FullName} */\nexport interface {name}");
        if (ApiWords.Extended.TryGetValue(type, out var extended))
            text.Append(" extends ").Append(extended);
        text.Append(" {\n");
        foreach (var property in info.Properties)
        {
            if (property.IsExtensionData)
                text.Append("  [other: string]: unknown;\n");
            else
                text.Append("  ").Append(Member(type, property, info.Options)).Append(";\n");
        }
        _declared[name] = (type, text.Append("}\n").ToString());
        return name;
    }

    private string Member(Type type, JsonPropertyInfo property, JsonSerializerOptions options)
    {
        var member = (PropertyInfo)property.AttributeProvider!;
        var condition = member.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition ?? options.DefaultIgnoreCondition;
        var described = ApiWords.Members.GetValueOrDefault((type, property.Name));
        if (described is not null)
            _described.Add((type, property.Name));
        var written = described is null ? Of(property.PropertyType, property.Name, options) : Named(property.PropertyType, described);
        var isNull = property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null;
        // A document that is answered was stored, and has its id and times.
        if (!isNull || member.DeclaringType == typeof(DatedDocument) || ApiWords.Always.Contains((type, property.Name)))
            return $"{property.Name}: {written}";
        if (condition == JsonIgnoreCondition.WhenWritingNull)
            return $"{property.Name}?: {written}";
        return ApiWords.IsSent(type) ? $"{property.Name}?: {written} | null" : $"{property.Name}: {written} | null";
    }

    /// <summary>A list of what is described, when the member is a list.</summary>
    private string Named(Type type, string described)
    {
        foreach (var word in described.Split([' ', '|', '<', '>', '[', ']', ','], StringSplitOptions.RemoveEmptyEntries))
            _named.Add(word);
        var isList = ElementOf(type) is not null && ValueOf(type) is null;
        return !isList ? described : described.Contains('|', StringComparison.Ordinal) ? $"({described})[]" : described + "[]";
    }

    private string Of(Type type, string member, JsonSerializerOptions options)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) && ApiWords.Everywhere.TryGetValue(member, out var described))
            return Named(type, described);
        if (type == typeof(string) || type == typeof(DateTimeOffset))
            return "string";
        if (type == typeof(bool))
            return "boolean";
        if (type.IsPrimitive)
            return "number";
        if (type == typeof(FlatAttributes))
            return Named(type, "Values");
        if (type == typeof(JsonElement) || type == typeof(object))
            return "unknown";
        if (ValueOf(type) is { } value)
            return value == typeof(JsonElement) ? Named(type, "Values") : $"Record<string, {Of(value, member, options)}>";
        if (ElementOf(type) is { } element)
            return Of(element, member, options) + "[]";
        if (type.GetCustomAttribute<JsonConverterAttribute>() is not null)
            return Named(type, type.Name);
        return Declare(options.GetTypeInfo(type));
    }

    private static Type? ValueOf(Type type) => Arguments(type, typeof(IReadOnlyDictionary<,>)) is [_, var value] ? value : null;

    private static Type? ElementOf(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) && Arguments(type, typeof(IEnumerable<>)) is [var element] ? element : null;

    private static Type[]? Arguments(Type type, Type definition) => type.GetInterfaces().Prepend(type)
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition)?.GetGenericArguments();

    /// <summary>Shapes of X-Ray's pages are named after the UI on the server, which on the UI's side says nothing.</summary>
    private static string NameOf(Type type) => type.Name.StartsWith("Ui", StringComparison.Ordinal) ? "XRay" + type.Name["Ui".Length..] : type.Name;
}
