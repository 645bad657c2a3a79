using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cruddur.Hosting;

internal sealed record ErrorList([property: JsonPropertyName("errors")] IReadOnlyList<string> Errors);

/// <summary>Request bodies: what is not a JSON object is the client's 400, never an exception of ours.</summary>
internal static class JsonBody
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, MaxDepth = 8 };

    public static async Task<T?> Read<T>(HttpContext http)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Snake, http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static IResult NotJson() => Results.Json(new ErrorList(["body_is_not_a_json_object"]), statusCode: StatusCodes.Status400BadRequest);
}
