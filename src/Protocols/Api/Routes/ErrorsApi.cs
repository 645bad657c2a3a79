using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Model;
using Weir.Features.Errors;
using Weir.Features.Questions;
using Weir.Protocols.Api.In;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Api.Routes;

/// <summary>Errors: items, their status, occurrences.</summary>
internal static class ErrorsApi
{
    private static readonly BodyLimits StatusLimits = new(4096, 4096);

    /// <summary>Needs ITelemetryReader, ISettings and TimeProvider from the composition. Part of <see cref="ApiRoom.AddApi"/>.</summary>
    public static IServiceCollection AddErrorsApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FaultFilter>();
        services.TryAddSingleton<ErrorStates>();
        services.TryAddSingleton<ErrorCounters>();
        services.TryAddSingleton<AheadNotice>();
        services.TryAddSingleton<ErrorItems>();
        services.TryAddSingleton<ErrorDetail>();
        return services;
    }

    public static void MapErrorsApi(this IEndpointRouteBuilder endpoints)
    {
        var errors = endpoints.MapApiGroup().MapGroup("/errors");
        errors.MapGet("/items", async (HttpRequest request, ErrorItems items, TimeProvider time, CancellationToken stop) =>
            TypedResults.Json(await items.ListAsync(ErrorsFilter.Read(new QueryParameters(request.Query, time)), stop), ErrorsJson.Default.ItemList));
        errors.MapGet("/items/{id}", async (string id, ErrorDetail detail, CancellationToken stop) =>
            TypedResults.Json(await detail.ItemAsync(ErrorsFilter.ReadItemId(id), stop), ErrorsJson.Default.ItemDetail));
        errors.MapPatch("/items/{id}", async (string id, HttpRequest request, ErrorDetail detail, ErrorStates states, CancellationToken stop) =>
        {
            var item = ErrorsFilter.ReadItemId(id);
            var status = await ReadStatusAsync(request, stop);
            // An item that is not there has no status to set.
            await detail.SummaryAsync(item, stop);
            await states.SetAsync(item, status, stop);
            return TypedResults.Json(await detail.SummaryAsync(item, stop), ErrorsJson.Default.ItemSummary);
        });
        errors.MapGet("/occurrences/{id}", async (string id, ErrorDetail detail, CancellationToken stop) =>
            TypedResults.Json(await detail.OccurrenceAsync(id, stop), ErrorsJson.Default.OccurrenceDetail));
    }

    private static async Task<string> ReadStatusAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, StatusLimits, cancellationToken);
        if (body.Fault is { } fault)
            throw new FaultException(fault);
        try
        {
            using var json = JsonBody.Parse(body.Bytes);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("status", out var status)
                && status.ValueKind == JsonValueKind.String && status.GetString() is ErrorStates.Active or ErrorStates.Resolved or ErrorStates.Muted)
                return status.GetString()!;
        }
        catch (JsonException)
        {
            throw new FaultException(new Fault(FaultKind.Malformed, "The body is not JSON; expected for example {\"status\":\"resolved\"}."));
        }
        throw new FaultException(ApiFaults.Invalid("status: expected one of active, resolved, muted, for example {\"status\":\"resolved\"}"));
    }
}
