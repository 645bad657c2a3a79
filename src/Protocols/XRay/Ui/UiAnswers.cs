using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Core.Model;

namespace Weir.Protocols.XRay.Ui;

/// <summary>Answers the web UI; what a handler throws becomes problem details.</summary>
internal sealed partial class UiAnswers(ILogger<UiAnswers> log)
{
    private const string ProblemType = "application/problem+json";

    public async Task AnswerAsync(HttpContext http, Func<Task<IResult>> answer)
    {
        IResult result;
        try
        {
            result = await answer();
        }
        catch (XRayFaultException e)
        {
            result = Problem(e.XRay.Status, e.XRay.Message, e.XRay.Position);
        }
        catch (FaultException e)
        {
            result = e.Fault.Kind == FaultKind.NotFound
                ? Problem(StatusCodes.Status404NotFound, e.Fault.Message, null)
                : Problem(XRayFaults.From(e.Fault).Status, e.Fault.Message, e.Fault.Position);
        }
#pragma warning disable CA1031 // The last stop before the client: a defect becomes an error in the API's shape.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogDefect(log, e, http.Request.Path);
            result = Problem(StatusCodes.Status500InternalServerError, "The answer could not be made; the server's log has the reason.", null);
        }
        await result.ExecuteAsync(http);
    }

    private static IResult Problem(int status, string detail, int? position) => TypedResults.Json(
        new UiProblem("about:blank", status switch { 404 => "Not found", 400 => "The request asks for something that can't be", 500 => "A defect of Weir", _ => "The request was not done" }, status, detail, position),
        UiJson.Default.UiProblem,
        ProblemType,
        status);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private static partial void LogDefect(ILogger log, Exception e, PathString path);
}
