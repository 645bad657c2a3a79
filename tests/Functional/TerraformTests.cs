using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>
/// The management API as a Terraform provider drives it: create, read, change, read, delete, read. What a create answers is what the
/// reads answer; a deleted object is a 404 problem.
/// </summary>
[Collection(nameof(RealClients))]
public sealed class TerraformTests(RunningWeir running)
{
    private const string Key = "terraform";
    private readonly WeirProcess _weir = running.Weir;

    public static TheoryData<string, string, string, string, int> Resources => new()
    {
        { "column", "/1/columns/{ds}", """{"key_name":"duration_ms","type":"float","description":"how long","hidden":false}""", """{"type":"integer","description":"","hidden":true}""", 204 },
        { "derived column", "/1/derived_columns/{ds}", """{"alias":"sli","expression":"LT($duration_ms, 500)","description":"fast"}""", """{"alias":"sli","expression":"LTE($duration_ms, 500)"}""", 204 },
        { "derived column of the environment", "/1/derived_columns/__all__", """{"alias":"a.b","expression":"INT(1)"}""", """{"alias":"a.c","expression":"INT(2)"}""", 204 },
        { "query annotation", "/1/query_annotations/{ds}", """{"name":"slow ones","description":"d","query_id":"{query}"}""", """{"name":"slower ones","query_id":"{query}"}""", 204 },
        { "flexible board", "/1/boards", """{"name":"Overview","type":"flexible","description":"d","layout_generation":"manual","panels":[{"type":"query","position":{"x_coordinate":0,"y_coordinate":0,"height":4,"width":6},"query_panel":{"query_id":"{query}","query_annotation_id":"{annotation}","query_style":"combo","visualization_settings":{"utc_xaxis":true,"charts":[{"chart_index":0,"chart_type":"line","omit_missing_values":true,"log_scale":false}]},"dataset":"{ds}"}},{"type":"text","text_panel":{"content":"# hi"}}],"tags":[{"key":"team","value":"shop"}],"preset_filters":[{"column":"name","alias":"n"}]}""", """{"name":"Overview 2","type":"flexible","panels":[]}""", 204 },
        { "board view", "/1/boards/{board}/views", """{"name":"v","filters":[{"column":"name","operation":"=","value":"x"},{"column":"error","operation":"exists"}]}""", """{"name":"w","filters":[]}""", 204 },
        { "marker", "/1/markers/{ds}", """{"message":"deploy 1","type":"deploy","url":"http://x/1","start_time":1795176000}""", """{"message":"deploy 2","type":"deploy","start_time":1795176000,"end_time":1795176060}""", 200 },
        { "marker of the environment", "/1/markers/__all__", """{"message":"m"}""", """{"message":"n"}""", 200 },
        { "marker setting", "/1/marker_settings/{ds}", """{"type":"deploy","color":"#7B1FA2"}""", """{"type":"deploy","color":"#000000"}""", 200 },
        { "email recipient", "/1/recipients", """{"type":"email","details":{"email_address":"a@example.com"}}""", """{"type":"email","details":{"email_address":"b@example.com"}}""", 204 },
        { "slack recipient", "/1/recipients", """{"type":"slack","details":{"slack_channel":"#alerts"}}""", """{"type":"slack","details":{"slack_channel":"#more"}}""", 204 },
        { "pagerduty recipient", "/1/recipients", """{"type":"pagerduty","details":{"pagerduty_integration_key":"09c9d4cacd68933151a1ef1048b67dd5","pagerduty_integration_name":"pd"}}""", """{"type":"pagerduty","details":{"pagerduty_integration_key":"09c9d4cacd68933151a1ef1048b67dd5","pagerduty_integration_name":"pd2"}}""", 204 },
        { "webhook recipient", "/1/recipients", """{"type":"webhook","details":{"webhook_name":"w","webhook_url":"https://example.com/hook","webhook_secret":"s3cret","webhook_headers":[{"header":"X-Team","value":"shop"}]}}""", """{"type":"webhook","details":{"webhook_name":"w","webhook_url":"https://example.com/hook2"}}""", 204 },
        { "trigger", "/1/triggers/{ds}", """{"name":"too slow","description":"d","query":{"calculations":[{"op":"AVG","column":"duration_ms"}],"filters":[{"column":"name","op":"=","value":"x"}],"time_range":900},"frequency":300,"threshold":{"op":">","value":100,"exceeded_limit":2},"alert_type":"on_true","evaluation_schedule_type":"window","evaluation_schedule":{"window":{"days_of_week":["monday","friday"],"start_time":"09:00","end_time":"17:30"}},"recipients":[{"type":"email","target":"ops@example.com"},{"type":"marker","target":"slow"}],"baseline_details":{"offset_minutes":1440,"type":"percentage"},"tags":[{"key":"team","value":"shop"}]}""", """{"name":"too slow now","query_id":"{query}","threshold":{"op":">=","value":5},"frequency":1800,"recipients":[]}""", 204 },
        { "slo", "/1/slos/{ds}", """{"name":"fast","description":"d","sli":{"alias":"is_fast"},"time_period_days":30,"target_per_million":999000,"tags":[{"key":"team","value":"shop"}]}""", """{"name":"fast","sli":{"alias":"is_fast"},"time_period_days":7,"target_per_million":990000}""", 204 },
        { "burn alert on exhaustion", "/1/burn_alerts/{ds}", """{"alert_type":"exhaustion_time","exhaustion_minutes":240,"slo":{"id":"{slo}"},"recipients":[{"type":"email","target":"ops@example.com"}],"description":"d"}""", """{"exhaustion_minutes":60,"recipients":[]}""", 204 },
        { "burn alert on the rate", "/1/burn_alerts/{ds}", """{"alert_type":"budget_rate","budget_rate_window_minutes":120,"budget_rate_decrease_threshold_per_million":10000,"slo":{"id":"{slo}"},"recipients":[]}""", """{"alert_type":"budget_rate","budget_rate_window_minutes":60,"budget_rate_decrease_threshold_per_million":20000,"recipients":[]}""", 204 },
    };

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task A_resource_lives(string resource, string path, string create, string change, int deleted)
    {
        var dataset = $"tf-{Guid.NewGuid():N}";
        await PrepareAsync(dataset);
        (path, create, change) = (await FillAsync(path, dataset), await FillAsync(create, dataset), await FillAsync(change, dataset));

        var created = await SendAsync(HttpMethod.Post, path, create, 201);
        var id = created.Text("id");
        id.ShouldNotBeEmpty();
        Contains(created, JsonNode.Parse(create)!, resource);
        created.Text("created_at").ShouldEndWith("Z");
        created.Text("updated_at").ShouldEndWith("Z");
        Same(await SendAsync(HttpMethod.Get, $"{path}/{id}", null, 200), created);
        var list = (await SendAsync(HttpMethod.Get, path, null, 200)).AsArray();
        Same(list.Of("id", id), created);

        var changed = await SendAsync(HttpMethod.Put, $"{path}/{id}", change, 200);
        Contains(changed, JsonNode.Parse(change)!, resource);
        changed.Text("id").ShouldBe(id);
        Same(await SendAsync(HttpMethod.Get, $"{path}/{id}", null, 200), changed);

        await SendAsync(HttpMethod.Delete, $"{path}/{id}", null, deleted);
        var gone = await SendAsync(HttpMethod.Get, $"{path}/{id}", null, 404);
        gone.Text("type").ShouldEndWith("/problems/not-found");
        ((int)gone["status"]!).ShouldBe(404);
        await SendAsync(HttpMethod.Put, $"{path}/{id}", change, 404);
        await SendAsync(HttpMethod.Delete, $"{path}/{id}", null, 404);
    }

    [Fact]
    public async Task A_dataset_lives()
    {
        var name = $"My Dataset {Guid.NewGuid():N}!";
        var created = await SendAsync(HttpMethod.Post, "/1/datasets", $$"""{"name":"{{name}}","description":"d","expand_json_depth":3,"settings":{"delete_protected":true} }""", 201);
        var slug = created.Text("slug");
        slug.ShouldBe(name.ToLowerInvariant().Replace(' ', '-').Replace('!', '-'));
        Same(await SendAsync(HttpMethod.Post, "/1/datasets", $$"""{"name":"{{name.ToUpperInvariant()}}"}""", 200), created);
        Same(await SendAsync(HttpMethod.Get, $"/1/datasets/{slug}", null, 200), created);
        (await SendAsync(HttpMethod.Get, "/1/datasets", null, 200)).AsArray().Of("slug", slug).Text("name").ShouldBe(name);
        await SendAsync(HttpMethod.Delete, $"/1/datasets/{slug}", null, 409);
        var changed = await SendAsync(HttpMethod.Put, $"/1/datasets/{slug}", """{"settings":{"delete_protected":false}}""", 200);
        (changed.Text("description"), (int)changed["expand_json_depth"]!).ShouldBe(("", 0));
        await SendAsync(HttpMethod.Delete, $"/1/datasets/{slug}", null, 202);
        (await SendAsync(HttpMethod.Get, $"/1/datasets/{slug}", null, 404)).Text("error").ShouldBe("Dataset not found");
        var missing = await SendAsync(HttpMethod.Post, "/1/datasets", "{}", 422);
        missing["type_detail"]!.ToJsonString().ShouldBe("""[{"field":"name","code":"missing","description":"cannot be blank"}]""");
    }

    [Fact]
    public async Task A_datasets_definitions_are_changed_and_cleared()
    {
        var dataset = $"tf-{Guid.NewGuid():N}";
        await PrepareAsync(dataset);
        var path = $"/1/dataset_definitions/{dataset}";
        (await SendAsync(HttpMethod.Get, path, null, 200))["trace_id"]!.ToJsonString().ShouldBe("""{"name":"trace.trace_id","column_type":"column"}""");
        var changed = await SendAsync(HttpMethod.Patch, path, """{"route":{"name":"my.route","column_type":"column"},"error":{"name":"is_fast","column_type":"derived_column"}}""", 200);
        changed["route"]!.Text("name").ShouldBe("my.route");
        Same(await SendAsync(HttpMethod.Get, path, null, 200), changed);
        (await SendAsync(HttpMethod.Patch, path, """{"route":{"name":""}}""", 200))["route"]!.Text("name").ShouldBe("http.route");
        await SendAsync(HttpMethod.Patch, path, """{"error":{"name":"nothing","column_type":"derived_column"}}""", 422);
    }

    [Theory]
    [InlineData("POST", "/1/boards", "", 400, "The request body could not be parsed.")]
    [InlineData("POST", "/1/boards", "[]", 400, "The request body could not be parsed.")]
    [InlineData("POST", "/1/boards", """{"name":"a","name":"b"}""", 400, "The request body could not be parsed.")]
    [InlineData("POST", "/1/boards", """{"name":" "}""", 422, "name: cannot be blank")]
    [InlineData("POST", "/1/boards", """{"name":5}""", 422, "name: must be a string")]
    [InlineData("POST", "/1/boards", """{"name":"x","panels":[{"type":"query"}]}""", 422, "panels[0].query_panel: is required for a panel of type query")]
    [InlineData("POST", "/1/boards", """{"name":"x","tags":[{"key":"T1","value":"x"}]}""", 422, "tags[0].key: must be 1 to 32 lower-case letters")]
    [InlineData("POST", "/1/boards", """{"name":"x","panels":[{"type":"query","query_panel":{"query_id":"nothing"}},{"type":"slo","slo_panel":{"slo_id":"nothing"}}]}""", 422, "panels[0].query_panel.query_id: there is no such query; panels[1].slo_panel.slo_id: there is no such SLO")]
    [InlineData("POST", "/1/query_annotations/__all__", """{"name":"x","query_id":"nothing"}""", 422, "query_id: there is no such query")]
    [InlineData("POST", "/1/recipients", """{"type":"webhook","details":{"webhook_name":"w2","webhook_url":"https://example.com","webhook_payloads":{"payload_templates":{"trigger":{"body":"{{ .Nmae }}"},"odd":{}}}}}""", 422, "webhook_payloads.payload_templates.trigger.body: there is no variable .Nmae")]
    [InlineData("GET", "/1/boards/nothing", null, 404, "Not Found")]
    [InlineData("GET", "/1/markers/no-such-dataset", null, 404, "Dataset not found")]
    [InlineData("POST", "/1/derived_columns/__all__", """{"alias":"x","expression":"FOOBAR(1)"}""", 422, "invalid function: FOOBAR")]
    [InlineData("POST", "/1/derived_columns/__all__", """{"alias":"x","expression":"RATE(LAST(1))"}""", 422, "timeseries operations cannot be nested")]
    [InlineData("POST", "/1/marker_settings/__all__", """{"type":"x","color":"red"}""", 422, "color: must be like #1A2B3C")]
    [InlineData("POST", "/1/recipients", """{"type":"email","details":{"email_address":"nobody"}}""", 422, "details.email_address: is no email address")]
    [InlineData("POST", "/1/recipients", """{"type":"webhook","details":{"webhook_name":"w","webhook_url":"file:///etc/passwd"}}""", 422, "must be an http or https address")]
    [InlineData("POST", "/1/recipients", """{"type":"fax","details":{}}""", 422, "type: must be one of")]
    [InlineData("POST", "/1/triggers/__all__", """{"name":"x","threshold":{"op":">","value":1}}""", 422, "query or query_id is required")]
    [InlineData("POST", "/1/triggers/__all__", """{"name":"x","frequency":90,"threshold":{"op":"=","value":1},"query":{"calculations":[{"op":"HEATMAP","column":"a"}],"limit":5,"time_range":4000}}""", 422, "must be a multiple of 60 seconds; threshold.op: must be one of >, >=, <, <=; query.limit: a trigger's query can't have it; query.calculations: a trigger can't use HEATMAP; query.time_range: must be at most four times the frequency (360 s) and a day")]
    [InlineData("POST", "/1/triggers/__all__", """{"name":"x","query":{},"threshold":{"op":">","value":1},"recipients":[{"id":"nobody"}]}""", 422, "recipients[0].id: there is no such recipient")]
    [InlineData("POST", "/1/slos/__all__", """{"name":"x","sli":{"alias":"nothing-of-the-kind"},"time_period_days":30,"target_per_million":1000000}""", 422, "there is no calculated field of this name")]
    [InlineData("POST", "/1/burn_alerts/__all__", """{"alert_type":"budget_rate","slo":{"id":"x"},"budget_rate_window_minutes":5}""", 422, "slo.id: there is no such SLO; budget_rate_window_minutes: must be between 60")]
    public async Task Errors_are_problem_details(string method, string path, string? body, int status, string text)
    {
        var problem = await SendAsync(new HttpMethod(method), path, body, status);
        problem.Text("detail").ShouldContain(text);
        ((int)problem["status"]!).ShouldBe(status);
        problem.Text("error").ShouldNotBeEmpty();
        problem.Text("title").ShouldNotBeEmpty();
        (problem["type_detail"] is not null).ShouldBe(status == 422);
    }

    [Fact]
    public async Task A_name_can_be_used_once()
    {
        var dataset = $"tf-{Guid.NewGuid():N}";
        await PrepareAsync(dataset);
        await SendAsync(HttpMethod.Post, $"/1/derived_columns/{dataset}", """{"alias":"is_fast","expression":"INT(1)"}""", 409);
        await SendAsync(HttpMethod.Post, $"/1/columns/{dataset}", """{"key_name":"a"}""", 201);
        await SendAsync(HttpMethod.Post, $"/1/columns/{dataset}", """{"key_name":"a"}""", 409);
        (await SendAsync(HttpMethod.Get, $"/1/columns/{dataset}?key_name=a", null, 200)).Text("key_name").ShouldBe("a");
        (await SendAsync(HttpMethod.Get, $"/1/derived_columns/{dataset}?alias=is_fast", null, 200)).Text("alias").ShouldBe("is_fast");
        await SendAsync(HttpMethod.Get, $"/1/derived_columns/{dataset}?alias=nothing", null, 404);
        var email = $$"""{"type":"email","details":{"email_address":"{{dataset}}@example.com"} }""";
        var recipient = (await SendAsync(HttpMethod.Post, "/1/recipients", email, 201)).Text("id");
        await SendAsync(HttpMethod.Post, "/1/recipients", email, 409);
        // A trigger with the address uses that recipient, which can then not be deleted.
        var trigger = await SendAsync(
            HttpMethod.Post, $"/1/triggers/{dataset}", $$"""{"name":"t","query":{},"threshold":{"op":">","value":1},"recipients":[{"type":"email","target":"{{dataset}}@example.com"}]}""", 201);
        trigger["recipients"]![0]!.Text("id").ShouldBe(recipient);
        (await SendAsync(HttpMethod.Get, $"/1/recipients/{recipient}/triggers", null, 200)).AsArray().ShouldHaveSingleItem()!.Text("id").ShouldBe(trigger.Text("id"));
        await SendAsync(HttpMethod.Delete, $"/1/recipients/{recipient}", null, 409);
    }

    [Fact]
    public async Task Environments_do_not_see_each_others_objects_and_the_login_sees_all()
    {
        var name = $"board {Guid.NewGuid():N}";
        var id = (await SendAsync(HttpMethod.Post, "/1/boards", $$"""{"name":"{{name}}"}""", 201)).Text("id");
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, $"/1/boards/{id}");
        elsewhere.Headers.Add("x-honeycomb-team", "elsewhere");
        using var hidden = await _weir.Client.SendAsync(elsewhere);
        hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _weir.Client.GetFromJsonAsync<JsonNode>($"/api/boards/{id}"))!.Text("name").ShouldBe(name);
        // A page of another site may not write, whatever it sends.
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/boards") { Content = new StringContent("""{"name":"x"}""", Encoding.UTF8, "text/plain") };
        foreign.Headers.Add("Origin", "https://evil.example");
        using var refused = await _weir.Client.SendAsync(foreign);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>A dataset with the calculated field that SLOs of the tests use.</summary>
    private async Task PrepareAsync(string dataset)
    {
        await SendAsync(HttpMethod.Post, "/1/datasets", $$"""{"name":"{{dataset}}"}""", 201);
        await SendAsync(HttpMethod.Post, $"/1/derived_columns/{dataset}", """{"alias":"is_fast","expression":"LT($duration_ms, 500)"}""", 201);
    }

    private async Task<string> FillAsync(string text, string dataset)
    {
        text = text.Replace("{ds}", dataset, StringComparison.Ordinal);
        if (text.Contains("{query}", StringComparison.Ordinal))
        {
            var trigger = await SendAsync(HttpMethod.Post, $"/1/triggers/{dataset}", """{"name":"t","query":{"calculations":[{"op":"COUNT"}]},"threshold":{"op":">","value":1}}""", 201);
            text = text.Replace("{query}", trigger.Text("query_id"), StringComparison.Ordinal);
        }
        if (text.Contains("{annotation}", StringComparison.Ordinal))
        {
            var query = text[(text.IndexOf("\"query_id\":\"", StringComparison.Ordinal) + 12)..];
            var annotation = await SendAsync(
                HttpMethod.Post, $"/1/query_annotations/{dataset}", $$"""{"name":"a","query_id":"{{query[..query.IndexOf('"', StringComparison.Ordinal)]}}"}""", 201);
            text = text.Replace("{annotation}", annotation.Text("id"), StringComparison.Ordinal);
        }
        if (text.Contains("{slo}", StringComparison.Ordinal))
        {
            var slo = await SendAsync(HttpMethod.Post, $"/1/slos/{dataset}", """{"name":"s","sli":{"alias":"is_fast"},"time_period_days":30,"target_per_million":999000}""", 201);
            text = text.Replace("{slo}", slo.Text("id"), StringComparison.Ordinal);
        }
        if (text.Contains("{board}", StringComparison.Ordinal))
            text = text.Replace("{board}", (await SendAsync(HttpMethod.Post, "/1/boards", """{"name":"b"}""", 201)).Text("id"), StringComparison.Ordinal);
        return text;
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, int status)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("x-honeycomb-team", Key);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _weir.Client.SendAsync(request);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        ((int)response.StatusCode).ShouldBe(status, $"{method} {path} {body}\n{text}");
        if (status >= 400)
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static void Same(JsonNode actual, JsonNode expected) => actual.ToJsonString().ShouldBe(expected.ToJsonString());

    /// <summary>Every member that was sent is answered as it was sent.</summary>
    private static void Contains(JsonNode answer, JsonNode sent, string resource)
    {
        foreach (var (name, value) in sent.AsObject())
        {
            if (name == "recipients")
                answer[name]!.AsArray().Count.ShouldBe(value!.AsArray().Count, resource);
            else if (value is JsonObject inner)
                Contains(answer[name]!, inner, $"{resource} {name}");
            else
                (answer[name]?.ToJsonString()).ShouldBe(value?.ToJsonString(), $"{resource} {name}");
        }
    }
}
