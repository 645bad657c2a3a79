using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Features.Questions;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>How the management API describes sent data, and the details that the Go client of Honeycomb's provider compares.</summary>
[Collection(nameof(RealClients))]
public sealed class DatasetColumnsTests(RunningWeir running)
{
    private const string Key = "dataset-columns";
    private readonly WeirProcess _weir = running.Weir;

    [Fact]
    public async Task Columns_and_datasets_list_the_sent_data()
    {
        var dataset = $"Sent {Guid.NewGuid():N}";
        var slug = dataset.ToLowerInvariant().Replace(' ', '-');
        await CallAsync(HttpMethod.Post, $"/1/batch/{Uri.EscapeDataString(dataset)}", """[{"data":{"c.text":"a","c.whole":1,"c.part":1.5,"c.flag":true}},{"data":{"c.whole":2.5}}]""", 200);
        JsonArray columns;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            columns = (await CallAsync(HttpMethod.Get, $"/1/columns/{slug}", null, 200)).AsArray();
            if (columns.Count(c => c!.Text("key_name").StartsWith("c.", StringComparison.Ordinal)) == 4 || clock.Elapsed > Waiting.Patience)
                break;
        }
        columns.Where(c => c!.Text("key_name").StartsWith("c.", StringComparison.Ordinal)).Select(c => $"{c!.Text("key_name")} {c!.Text("type")}").Order(StringComparer.Ordinal)
            .ShouldBe(["c.flag boolean", "c.part float", "c.text string", "c.whole float"]);
        var found = (await CallAsync(HttpMethod.Get, $"/1/columns/{slug}?key_name=c.text", null, 200)).AsObject();
        foreach (var time in new[] { "created_at", "updated_at", "last_written" })
            DateTimeOffset.Parse(found[time]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddDays(-2));
        await CallAsync(HttpMethod.Post, $"/1/columns/{slug}", """{"key_name":"c.text"}""", 409);
        // What people say of it is kept under the same id, and the data goes on telling when it was written.
        var changed = await CallAsync(HttpMethod.Put, $"/1/columns/{slug}/{found.Text("id")}", """{"type":"string","description":"who","hidden":true}""", 200);
        (changed.Text("id"), changed.Text("description"), (bool)changed["hidden"]!).ShouldBe((found.Text("id"), "who", true));
        var again = await CallAsync(HttpMethod.Get, $"/1/columns/{slug}/{found.Text("id")}", null, 200);
        (again.Text("description"), again.Text("last_written")).ShouldBe(("who", found.Text("last_written")));
        (await CallAsync(HttpMethod.Get, $"/1/columns/{slug}", null, 200)).AsArray().Count(c => c!.Text("key_name") == "c.text").ShouldBe(1);
        var told = await CallAsync(HttpMethod.Get, $"/1/datasets/{slug}", null, 200);
        told.Text("last_written_at").ShouldEndWith("Z");
        ((int)told["regular_columns_count"]!).ShouldBe(columns.Count);
        (await CallAsync(HttpMethod.Get, "/1/datasets", null, 200)).AsArray().Of("slug", slug).ToJsonString().ShouldBe(told.ToJsonString());
        // Another environment's key sees nothing of it.
        await CallAsync(HttpMethod.Get, $"/1/columns/{slug}", null, 404, "elsewhere");
    }

    [Fact]
    public async Task Details_that_the_go_client_compares()
    {
        var dataset = await CallAsync(HttpMethod.Post, "/1/datasets", $$"""{"name":"go-{{Guid.NewGuid():N}}"}""", 201);
        var slug = dataset.Text("slug");
        // Nobody said so, and it is protected; an update with an empty name, as the client sends it, keeps the name.
        ((bool)dataset["settings"]!["delete_protected"]!).ShouldBeTrue();
        await CallAsync(HttpMethod.Delete, $"/1/datasets/{slug}", null, 409);
        var query = (await CallAsync(HttpMethod.Post, $"/1/queries/{slug}", """{"calculations":[{"op":"COUNT"}],"time_range":3600}""", 200)).Text("id");
        var board = await CallAsync(
            HttpMethod.Post, "/1/boards",
            $$"""{"name":"b","type":"flexible","layout_generation":"auto","tags":null,"panels":[{"type":"query","query_panel":{"query_id":"{{query}}","query_style":"graph"} },{"type":"text","text_panel":{"content":"x"} }]}""", 201);
        board["panels"]![0]!["query_panel"]!.Text("dataset").ShouldBe(slug);
        board["panels"]![1]!["position"]!.ToJsonString().ShouldBe("""{"x_coordinate":6,"y_coordinate":0,"height":4,"width":6}""");
        board.AsObject().ContainsKey("tags").ShouldBeFalse();
        var trigger = await CallAsync(
            HttpMethod.Post, $"/1/triggers/{slug}", """{"name":"t","disabled":false,"query":{"calculations":[{"op":"COUNT"}]},"threshold":{"op":">","value":1},"tags":null}""", 201);
        trigger.AsObject().ContainsKey("tags").ShouldBeFalse();
        var unknown = await CallAsync(HttpMethod.Post, $"/1/derived_columns/{slug}", """{"alias":"x","expression":"LOG10($invalid_column)"}""", 422);
        unknown["type_detail"]![0]!.Text("description").ShouldBe("unknown column: invalid_column");
        await CallAsync(HttpMethod.Post, $"/1/columns/{slug}", """{"key_name":"invalid_column","type":"float"}""", 201);
        await CallAsync(HttpMethod.Post, $"/1/derived_columns/{slug}", """{"alias":"x","expression":"LOG10($invalid_column)"}""", 201);
        await CallAsync(HttpMethod.Post, $"/1/derived_columns/{slug}", """{"alias":"y","expression":"BOOL($x)"}""", 201);
        await CallAsync(HttpMethod.Put, $"/1/datasets/{slug}", """{"name":"","settings":{"delete_protected":false}}""", 200);
        await CallAsync(HttpMethod.Delete, $"/1/datasets/{slug}", null, 202);
    }

    private async Task<JsonNode> CallAsync(HttpMethod method, string path, string? body, int status, string key = Key)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-honeycomb-team", key);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _weir.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, $"{method} {path} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
