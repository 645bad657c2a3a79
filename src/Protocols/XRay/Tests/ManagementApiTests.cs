using System.Text.Json.Nodes;
using Shouldly;
using Weir.Protocols.Api;
using Weir.Core.Settings;
using Weir.Features.Alerts.Notifications;
using Weir.Protocols.XRay;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>What the web UI asks under /api/xray.</summary>
public sealed class ManagementApiTests
{
    private static readonly XRayOptions Quiet = new() { Udp = false };

    [Fact]
    public async Task GroupsAreManaged()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        (await SendAsync(host, "GET /api/xray/groups")).ShouldBe((200,
            """{"groups":[{"name":"Default","arn":"arn:aws:xray:us-east-1:000000000000:group/Default","filterExpression":null,"insightsEnabled":false,"notificationsEnabled":false,"default":true,"recipients":null,"traces":{"lastHour":0,"minutes":[]}}],"limit":25}"""));
        var (status, body) = await SendAsync(host, "POST /api/xray/groups", """{"name":"slow","filterExpression":"responsetime > 5","insightsEnabled":true}""");
        status.ShouldBe(201);
        var group = JsonNode.Parse(body)!;
        ((string)group["arn"]!).ShouldStartWith("arn:aws:xray:us-east-1:000000000000:group/slow/");
        ((bool)group["insightsEnabled"]!).ShouldBeTrue();
        (await SendAsync(host, "PUT /api/xray/groups/slow", """{"filterExpression":"responsetime > 9"}""")).Body.ShouldContain("responsetime \\u003E 9");
        (await host.OkAsync("/GetGroup", """{"GroupName":"slow"}""")).GetProperty("Group").GetProperty("FilterExpression").GetString().ShouldBe("responsetime > 9");
        (await SendAsync(host, "PUT /api/xray/groups/slow", """{"recipients":["nobody"]}""")).Body.ShouldContain("There is no recipient nobody");
        await host.Service<Documents<Recipient>>().PutAsync(new Stored<Recipient>("", "", "hook", new Recipient()), CancellationToken.None);
        (await SendAsync(host, "PUT /api/xray/groups/slow", """{"recipients":["hook"]}""")).Status.ShouldBe(200);
        // X-Ray's own call knows nothing of recipients and leaves them.
        await host.OkAsync("/UpdateGroup", """{"GroupName":"slow","FilterExpression":"ok"}""");
        JsonNode.Parse((await SendAsync(host, "GET /api/xray/groups")).Body)!["groups"]![1]!["recipients"]!.ToJsonString().ShouldBe("""["hook"]""");
        // No recipients are all there are.
        JsonNode.Parse((await SendAsync(host, "PUT /api/xray/groups/slow", """{"recipients":[]}""")).Body)!["recipients"].ShouldBeNull();
        (await SendAsync(host, "DELETE /api/xray/groups/slow")).ShouldBe((204, ""));
        (await SendAsync(host, "DELETE /api/xray/groups/slow")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task RulesAreManaged()
    {
        var time = new ManualTime(1_700_000_000);
        await using var host = await XRayHost.StartAsync(Quiet, time);
        (await SendAsync(host, "POST /api/xray/rules", """{"name":"cart","priority":10,"fixedRate":0.5,"reservoirSize":3,"urlPath":"/cart/*","boost":{"maxRate":0.9,"cooldownMinutes":2}}""")).ShouldBe((201,
            """{"name":"cart","arn":"arn:aws:xray:us-east-1:000000000000:sampling-rule/cart","default":false,"priority":10,"fixedRate":0.5,"reservoirSize":3,"serviceName":"*","serviceType":"*","host":"*","httpMethod":"*","urlPath":"/cart/*","resourceArn":"*","attributes":{},"boost":{"maxRate":0.9,"cooldownMinutes":2},"createdAt":"2023-11-14T22:13:20+00:00","modifiedAt":"2023-11-14T22:13:20+00:00","openTelemetry":null}"""));
        (await SendAsync(host, "PUT /api/xray/rules/cart", """{"host":"a.example"}""")).Body.ShouldContain("\"openTelemetry\":\"it matches a host\"");
        (await SendAsync(host, "PUT /api/xray/rules/Default", """{"fixedRate":0.01}""")).Status.ShouldBe(200);
        var list = JsonNode.Parse((await SendAsync(host, "GET /api/xray/rules")).Body)!;
        list["rules"]!.AsArray().Select(r => (string)r!["name"]!).ShouldBe(["cart", "Default"]);
        ((string)list["modifiedAt"]!).ShouldBe("2023-11-14T22:13:20+00:00");
        ((bool)list["rules"]![1]!["default"]!).ShouldBeTrue();
        (await SendAsync(host, "DELETE /api/xray/rules/cart")).ShouldBe((204, ""));
    }

    [Theory]
    [InlineData("POST /api/xray/groups", """{"name":"g","filterExpression":"service( AND"}""", 400, "Invalid filter expression", 9)]
    [InlineData("POST /api/xray/groups", """{"name":"a b"}""", 400, "Group name 'a b' is not made of letters, digits and hyphens", null)]
    [InlineData("POST /api/xray/groups", "{}", 400, "'groupName' failed to satisfy constraint: Member must not be null", null)]
    [InlineData("POST /api/xray/groups", "[]", 400, "The body can't be read", null)]
    [InlineData("PUT /api/xray/groups/nope", "{}", 404, "There is no group nope", null)]
    [InlineData("PUT /api/xray/groups/Default", "{}", 400, "The Default group can not be changed", null)]
    [InlineData("POST /api/xray/rules", """{"name":"r"}""", 400, "'samplingRule.priority' failed to satisfy constraint: Member must not be null", null)]
    [InlineData("POST /api/xray/rules", """{"name":"r","priority":1,"fixedRate":2,"reservoirSize":1}""", 400, "less than or equal to 1", null)]
    [InlineData("PUT /api/xray/rules/Default", """{"priority":5}""", 400, "Invalid update request for default sampling rule", null)]
    [InlineData("PUT /api/xray/rules/Default", """{"name":"other"}""", 400, "can not be renamed", null)]
    [InlineData("DELETE /api/xray/rules/Default", "", 400, "can not be deleted", null)]
    [InlineData("DELETE /api/xray/rules/nope", "", 404, "There is no sampling rule nope", null)]
    public async Task RefusalsAreProblems(string request, string body, int status, string detail, int? position)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        var answer = await SendAsync(host, request, body);
        answer.Status.ShouldBe(status, answer.Body);
        var problem = JsonNode.Parse(answer.Body)!;
        ((string)problem["detail"]!).ShouldContain(detail);
        ((int?)problem["position"]).ShouldBe(position);
        ((int)problem["status"]!).ShouldBe(status);
    }

    [Fact]
    public async Task WhoAsksAndHowMuchIsTold()
    {
        var time = new ManualTime(1_700_000_000);
        await using var host = await XRayHost.StartAsync(Quiet, time);
        async Task ReportAsync() => await host.OkAsync("/SamplingTargets", """
            {"SamplingStatisticsDocuments":[{"RuleName":"Default","ClientID":"00112233445566778899aabb","RequestCount":210,"SampledCount":15,"BorrowCount":5,"Timestamp":1700000000}]}
            """);
        await ReportAsync();
        time.Advance(10);
        await ReportAsync();
        await host.Client.GetStringAsync(new Uri("/sampling?service=shop", UriKind.Relative));
        (await SendAsync(host, "GET /api/xray/sampling")).ShouldBe((200,
            """{"time":"2023-11-14T22:13:30+00:00","windowSeconds":10,"rules":[{"name":"Default","rates":{"requests":21,"sampled":1.5,"borrowed":0.5,"expected":2},"windows":[{"time":1700000000,"requests":210,"sampled":15,"borrowed":5},{"time":1700000010,"requests":210,"sampled":15,"borrowed":5}],"reservoirSize":1,"leased":1,"clients":[{"id":"00112233445566778899aabb","requestsPerSecond":21,"quota":1,"lastReport":"2023-11-14T22:13:30+00:00","leasedUntil":"2023-11-14T22:14:30+00:00"}]}],"""
            + """ "openTelemetry":[{"service":"shop","lastAsked":"2023-11-14T22:13:30+00:00","instances":1,"rule":"Default","probability":0.05,"lowerBound":1,"operations":[]}]}""".TrimStart()));
        time.Advance(20);
        JsonNode.Parse((await SendAsync(host, "GET /api/xray/sampling")).Body)!["rules"]![0]!["rates"].ShouldBeNull();
    }

    private static async Task<(int Status, string Body)> SendAsync(XRayHost host, string request, string body = "")
    {
        var space = request.IndexOf(' ', StringComparison.Ordinal);
        using var message = new HttpRequestMessage(new HttpMethod(request[..space]), request[(space + 1)..]);
        if (body.Length > 0)
            message.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Client.SendAsync(message);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
