using System.Text.Json;
using Weir.Features.Traces.Filter;
using Weir.Protocols.Wire;

namespace Weir.Protocols.XRay.Filter;

/// <summary>
/// The array after <c>rootcause.json = #</c>, in the form of the root causes of a trace summary:
/// <c>[{"Name":"api","EntityPath":[{"Name":"api","Exceptions":[{"Name":"ValueError"}]}]}]</c>. Members that are missing or of another type ask for nothing.
/// </summary>
internal static class RootCausePatterns
{
    public static IReadOnlyList<CauseServicePattern> Read(JsonElement services) => [.. services.EnumerateArray().Select(Service)];

    private static CauseServicePattern Service(JsonElement service) => new(
        service.TextOf("Name"), service.TextOf("Type"), service.TextOf("AccountId"), Flag(service, "Inferred"), List(service, "EntityPath", Entity));

    private static CauseEntityPattern Entity(JsonElement entity) => new(entity.TextOf("Name"), Flag(entity, "Remote"), List(entity, "Exceptions", Exception));

    private static ExceptionPattern Exception(JsonElement exception) => new(exception.TextOf("Name"), exception.TextOf("Message"));

    private static bool? Flag(JsonElement element, string name) => element.MemberOf(name) is null ? null : element.FlagOf(name);

    private static List<T>? List<T>(JsonElement element, string name, Func<JsonElement, T> read) =>
        element.MemberOf(name) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray().Select(read)] : null;
}
