using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Questions;
using Weir.Features.Questions.Fields;
using Weir.Features.Questions.Kept;
using Weir.Protocols.Wire;

namespace Weir.Protocols.Explore.Columns;

/// <summary>What completion asks: datasets, columns, values, and whether an expression is right.</summary>
internal static class ColumnRoutes
{
    private const int DefaultColumns = 500;
    private const int MostColumns = 5_000;
    private const int DefaultValues = 50;
    private const int MostValues = 1_000;
    private static readonly BodyLimits CheckLimits = new(64 << 10, 64 << 10);

    /// <summary>How far back values are looked for when no range is given.</summary>
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);

    /// <summary>Needs IColumnDirectory, ITelemetryReader and TimeProvider from the composition. May be called by several rooms.</summary>
    public static IServiceCollection AddColumns(this IServiceCollection services)
    {
        services.TryAddSingleton<ColumnList>();
        services.TryAddSingleton<ValueFinder>();
        return services;
    }

    /// <summary>In a group of Weir's own API, whose filter turns faults into problem details.</summary>
    public static void MapColumns(this IEndpointRouteBuilder api)
    {
        api.MapGet("/datasets", DatasetsAsync);
        api.MapGet("/columns", ColumnsAsync);
        api.MapGet("/values", ValuesAsync);
        api.MapPost("/calculated/check", CheckAsync);
    }

    private static async Task<IResult> DatasetsAsync(IColumnDirectory directory, CancellationToken stop)
    {
        var datasets = await directory.DatasetsAsync(stop);
        return TypedResults.Json(
            new DatasetsAnswer([.. datasets.Select(d => new DatasetAnswer(d.Name, Datasets.SlugOf(d.Name), [.. d.Signals.Select(SignalWords.Of)], d.LastWritten))], datasets.Count >= IColumnDirectory.MostDatasets),
            ColumnJson.Default.DatasetsAnswer);
    }

    private static async Task<IResult> ColumnsAsync(
        HttpRequest request, ColumnList columns, IColumnDirectory directory, DerivedFields fields, CancellationToken stop)
    {
        var query = new ColumnParameters(request.Query);
        var limit = query.Limit(DefaultColumns, MostColumns);
        var datasets = await NamesAsync(directory, query.Text("dataset"), stop);
        var offset = query.Offset();
        // Few, and made by hand: they come before what merely arrived.
        var made = fields.Of(null, query.Text("dataset") ?? DatasetNames.All)
            .Where(f => f.Name.Contains(query.Text("q") ?? "", StringComparison.OrdinalIgnoreCase)).ToList();
        List<CalculatedFieldDefinition> kept = [.. made.Skip((int)Math.Min(offset, made.Count)).Take(limit)];
        var found = await columns.FindAsync(
            datasets, query.Signals("signal") ?? SignalTable.All, query.Text("q") ?? "", Math.Max(0, offset - made.Count), limit - kept.Count, stop);
        return TypedResults.Json(
            new ColumnsAnswer(
                [.. kept.Select(Kept), .. found.Columns.Select(c => new ColumnAnswer(c.Name, TypeOf(c.Types), [.. c.Signals.Select(SignalWords.Of)], Calculated: false, Description: "", Usage: null))],
                made.Count + found.Total),
            ColumnJson.Default.ColumnsAnswer);
    }

    private static async Task<IResult> ValuesAsync(
        HttpRequest request, ValueFinder values, IColumnDirectory directory, TimeProvider time, CancellationToken stop)
    {
        var query = new ColumnParameters(request.Query);
        var column = query.Text("column")
            ?? throw new FaultException(new Fault(FaultKind.Invalid, "column: it is missing; expected for example column=http.route"));
        var datasets = await NamesAsync(directory, query.Text("dataset"), stop);
        var found = await values.FindAsync(
            new ValueQuestion(
                column, query.Text("q") ?? "", datasets, query.Signals("signals") ?? SignalTable.All, query.Range(time.GetUtcNow(), DefaultRange),
                query.Limit(DefaultValues, MostValues)),
            stop);
        return TypedResults.Json(
            new ValuesAnswer([.. found.Values.Select(v => new ValueAnswer(v.Value, v.Count))], found.IsSampled), ColumnJson.Default.ValuesAnswer);
    }

    private static async Task<IResult> CheckAsync(HttpRequest request, CancellationToken stop)
    {
        CheckBody? body;
        using var text = await RequestBody.ReadAsync(request, CheckLimits, stop);
        if (text.Fault is { } fault)
            throw new FaultException(fault);
        try
        {
            body = JsonBody.Read(text.Bytes, ColumnJson.Default.CheckBody);
        }
        catch (JsonException error)
        {
            throw new FaultException(new Fault(FaultKind.Malformed, "the body is no JSON object: " + error.Message));
        }
        if (body?.Expression is not { } expression)
            throw new FaultException(new Fault(FaultKind.Invalid, "expression: it is missing; expected a string"));
        if (!CalculatedField.TryParse(expression, out var field, out var wrong))
            return TypedResults.Json(new RefusedAnswer(false, wrong.Message, wrong.Position), ColumnJson.Default.RefusedAnswer);
        return TypedResults.Json(new CheckedAnswer(true, WordOf(field.Type), field.Columns), ColumnJson.Default.CheckedAnswer);
    }

    private static ColumnAnswer Kept(CalculatedFieldDefinition definition)
    {
        var type = CalculatedField.TryParse(definition.Expression, out var field, out _) ? WordOf(field.Type) : null;
        return new ColumnAnswer(definition.Name, type ?? "string", [.. SignalTable.All.Select(SignalWords.Of)], Calculated: true, definition.Expression, Usage: null);
    }

    private static string? WordOf(FieldType type) => type switch
    {
        FieldType.Float => "float",
        FieldType.String => "string",
        FieldType.Boolean => "boolean",
        _ => null,
    };

    /// <summary>The names behind a dataset's name or slug; null when all are meant.</summary>
    private static async Task<IReadOnlyList<string>?> NamesAsync(IColumnDirectory directory, string? dataset, CancellationToken stop)
    {
        if (dataset is null or "__all__")
            return null;
        var slug = Datasets.SlugOf(dataset);
        var known = await directory.DatasetsAsync(stop);
        List<string> names = [.. known.Select(d => d.Name).Where(name => Datasets.SlugOf(name) == slug)];
        // Where there are more datasets than are listed, one of the others is found by its exact name.
        return names.Count == 0 && known.Count >= IColumnDirectory.MostDatasets ? [dataset] : names;
    }

    private static string TypeOf(IReadOnlyList<SeenType> types)
    {
        if (types is [var only])
            return only.ToString().ToLowerInvariant();
        return types.All(t => t is SeenType.Integer or SeenType.Float) ? "float" : "string";
    }
}
