using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Core.Model;
using Weir.Features.Questions;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Explore;

/// <summary>The body of a question: <c>{"query":{…},"dataset":"__all__",…}</c>.</summary>
internal sealed class QueryRequest : IDisposable
{
    private static readonly BodyLimits Limits = new(1 << 20, 4 << 20);
    private readonly JsonDocument _json;

    private QueryRequest(JsonDocument json) => _json = json;

    public JsonElement Root => _json.RootElement;

    /// <summary>The specification as it was sent.</summary>
    public JsonElement Query { get; private init; }

    public QuerySpec Spec => SpecReader.Read(Query);

    public string Dataset => Text("dataset") ?? DatasetNames.All;

    /// <summary>Throws <see cref="FaultException"/> (Malformed, TooLarge, …).</summary>
    public static async Task<QueryRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var json = await DocumentAsync(request, cancellationToken);
        if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("query", out var query))
            return new QueryRequest(json) { Query = query };
        json.Dispose();
        throw new SpecException("query", "missing", "expected {\"query\":{…}}");
    }

    public static async Task<JsonDocument> DocumentAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, Limits, cancellationToken);
        if (body.Fault is { } fault)
            throw new FaultException(fault);
        try
        {
            // The body's memory goes back to its pool, so the document has a copy.
            return JsonBody.Parse(body.Bytes.ToArray());
        }
        catch (JsonException error)
        {
            throw new FaultException(new Fault(FaultKind.Malformed, $"the body is not JSON: {error.Message}"), error);
        }
    }

    public string? Text(string member) =>
        Root.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public int Whole(string member, int otherwise, int most)
    {
        if (!Root.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null)
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 && number <= most
            ? number
            : throw new SpecException(member, "out-of-range", $"expected a whole number from 0 to {most}");
    }

    public void Dispose() => _json.Dispose();
}
