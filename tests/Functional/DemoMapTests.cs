using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>What the demo sends, with more traffic: one map of both protocols, with services, databases and the page, not all of them well.</summary>
public sealed class DemoMapTests
{
    [Fact]
    public async Task The_map_of_the_demo_has_services_databases_and_the_page()
    {
        await using var weir = await WeirProcess.StartAsync();
        await using var users = await CruddurProcess.StartAsync(
            weir, ("OTEL_SERVICE_NAME", "cruddur-users"), ("AWS_XRAY_TRACING_NAME", "cruddur-users"), ("CRUDDUR_LOG_GROUP", "cruddur-users"), ("CRUDDUR_USERS_FAIL", "0.3"));
        await using var cruddur = await CruddurProcess.StartAsync(
            weir, ("CRUDDUR_USERS_URL", users.Client.BaseAddress!.ToString()), ("AWS_XRAY_TRACING_NAME", "backend-flask"), ("CRUDDUR_TRAFFIC", "20"));
        // Conversations are rare in the traffic.
        for (var i = 0; i < 15; i++)
            (await cruddur.Client.GetAsync("/api/message_groups")).EnsureSuccessStatusCode();
        string[] expected =
        [
            "backend-flask", "cruddur-users", "cruddur-frontend", "cruddur@postgres Database::SQL", "cruddur-messages AWS::DynamoDB::Table",
        ];
        static string Shown(JsonNode node) => (string?)node["type"] is { } type && type.Contains("::", StringComparison.Ordinal) ? $"{node.Text("name")} {type}" : node.Text("name");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var path = $"/api/xray/map?start={now - 600}&end={now + 3600}";
        bool Whole(JsonNode map)
        {
            var nodes = map.List("nodes");
            return expected.All(name => nodes.Any(node => Shown(node!) == name))
                && Faults(nodes, "cruddur-users") > 0 && Faults(nodes, "backend-flask") > 0 && Faults(nodes, "cruddur@postgres") == 0;
        }
        var map = await weir.JsonAsync(path, Whole);
        map.List("nodes").Count.ShouldBeGreaterThanOrEqualTo(5);
    }

    private static long Faults(JsonArray nodes, string name) => nodes.Where(node => node!.Text("name") == name).Sum(node => (long?)node!["statistics"]?["counts"]?["fault"] ?? 0);
}
