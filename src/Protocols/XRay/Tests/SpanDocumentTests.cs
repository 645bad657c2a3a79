using System.Text.Json;
using Shouldly;
using Weir.Core.Columns;
using Weir.Features.Questions;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>OpenTelemetry spans read as X-Ray documents.</summary>
public sealed class SpanDocumentTests(SharedEngine shared)
{
    [Fact]
    public async Task AttributesAreMetadataUnlessTheyAreListed()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        await stored.PutSpanAsync(1, 1, 0, "GET /cart", SpanKind.Server, rows =>
        {
            rows.Resource.Append("""{"service.name":"shop","k8s.pod":"p"}""");
            rows.Attributes.Add("customer"u8, "c1");
            rows.Attributes.Add("cart.items"u8, 3L);
            rows.Attributes.Add("aws.xray.annotations"u8, """["customer"]""");
            rows.Attributes.Add("aws.xray.metadata.order"u8, """{"total":12.5}""");
            rows.Attributes.Add("http.request.method"u8, "GET");
        });
        var document = (await stored.SegmentsAsync(1)).ShouldHaveSingleItem();
        document.GetProperty("annotations").GetRawText().ShouldBe("""{"customer":"c1"}""");
        var metadata = document.GetProperty("metadata");
        metadata.GetProperty("order").GetRawText().ShouldBe("""{"total":12.5}""");
        metadata.GetProperty("default").EnumerateObject().Select(m => $"{m.Name}={m.Value}").Order(StringComparer.Ordinal)
            .ShouldBe(["cart.items=3", "otel.resource.k8s.pod=p", "otel.resource.service.name=shop", "otel.span.kind=server", "otel.span.name=GET /cart"]);
        var range = $"\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100}";
        // Filters find every attribute all the same, in the engine and where traces are judged.
        foreach (var filter in new[] { "annotation[cart.items] = 3", "annotation.customer = \\\"c1\\\"", "service(\\\"shop\\\"){annotation[cart.items] > 2 and !annotation.nothing}", "rootcause.json != #[{\\\"Name\\\":\\\"x\\\"}] and annotation[cart.items] = 3" })
        {
            var summary = (await stored.Host.OkAsync("/TraceSummaries", $"{{{range},\"FilterExpression\":\"{filter}\"}}")).GetProperty("TraceSummaries").EnumerateArray().ShouldHaveSingleItem(filter);
            summary.GetProperty("Annotations").EnumerateObject().Select(a => a.Name).ShouldBe(["customer"]);
        }
    }

    [Fact]
    public async Task ExceptionsKeepTheirStackAndCause()
    {
        await using var stored = await StoredXRay.StartAsync(shared);
        var stack = JsonSerializer.Serialize("""
            Traceback (most recent call last):
              File "/app/db.py", line 7, in fetch
                raise KeyError("id")
            KeyError: 'id'

            The above exception was the direct cause of the following exception:

            Traceback (most recent call last):
              File "/app/app.py", line 3, in home
                fetch()
            shop.errors.NotFound: no such order
            """);
        await stored.PutSpanAsync(1, 1, 0, "GET /order", SpanKind.Server, rows =>
        {
            rows.Status.Append(SpanStatus.Error);
            rows.Events.Append($$$"""[{"time":5,"name":"exception","attributes":{"exception.type":"shop.errors.NotFound","exception.message":"no such order","exception.stacktrace":{{{stack}}}}}]""");
        });
        var cause = (await stored.SegmentsAsync(1)).ShouldHaveSingleItem().GetProperty("cause").GetProperty("exceptions").EnumerateArray().ToList();
        cause.Select(e => $"{e.GetProperty("type")}: {e.GetProperty("message")}").ShouldBe(["shop.errors.NotFound: no such order", "KeyError: 'id'"]);
        cause[0].GetProperty("cause").GetString().ShouldBe(cause[1].GetProperty("id").GetString());
        cause[0].GetProperty("stack").GetRawText().ShouldBe("""[{"path":"/app/app.py","line":3,"label":"home"}]""");
        cause[1].GetProperty("stack").GetRawText().ShouldBe("""[{"path":"/app/db.py","line":7,"label":"fetch"}]""");
        var range = $"\"StartTime\":{stored.Base},\"EndTime\":{stored.Base + 100}";
        // By the whole name, and by the one that X-Ray's SDK for Python would have told.
        foreach (var name in new[] { "shop.errors.NotFound", "NotFound", "KeyError" })
            (await stored.Host.OkAsync("/TraceSummaries", $"{{{range},\"FilterExpression\":\"rootcause.fault.exception {{ name = \\\"{name}\\\" }}\"}}")).GetProperty("TraceSummaries").GetArrayLength().ShouldBe(1, name);
    }
}
