using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Features.Questions;
using Xunit;

namespace Weir.Tests.Api;

/// <summary>What the query builder completes from, over the engine.</summary>
[Collection(ApiSeed.Name)]
public sealed class CompletionTests(ApiOverStore api)
{
    private const string Dataset = "dataset=" + ApiOverStore.Service;

    // All of the seed: the clock stands at noon, and the values asked for are those of this service alone.
    [Theory]
    [InlineData("column=http.status_code", "200:40 500:5")]
    [InlineData("column=http.status_code&q=5", "500:5")]
    [InlineData("column=app.result_length&limit=2", "0:15 1:15")]
    [InlineData("column=http.method", "\"GET\":45")]
    [InlineData("column=http.method&q=et", "\"GET\":45")]
    [InlineData("column=http.method&q=post", "")]
    [InlineData("column=name&signals=spans", "\"mock-data\":46 \"GET /home\":45 \"api-tests-backend\":1 \"orphan\":1")]
    [InlineData("column=name&q=A&signals=spans", "\"api-tests-backend\":1 \"mock-data\":46 \"orphan\":1")]
    [InlineData("column=error", "true:13")]
    [InlineData("column=is_root", "true:46 false:47")]
    [InlineData("column=status_code&signals=spans", "0:88 2:5")]
    [InlineData("column=duration_ms&q=90", "90:1")]
    [InlineData("column=severity&signals=logs", "\"info\":21 \"error\":5")]
    [InlineData("column=log_stream", "\"web\":13 \"worker\":12")]
    [InlineData("column=service.name&signals=errors", "\"api-tests-backend\":3")]
    [InlineData("column=count", "3:26")]
    [InlineData("column=span.kind&q=serv", "\"server\":45")]
    [InlineData("column=nobody.has.this", "")]
    [InlineData("column=count&from=2001-01-01&to=2001-01-02", "")]
    public async Task Values_come_with_their_types_and_counts(string query, string expected)
    {
        var body = await api.GetAsync($"/api/values?{Dataset}&{query}");
        var values = body.GetProperty("values").EnumerateArray().Select(v => $"{v.GetProperty("value").GetRawText()}:{v.GetProperty("count").GetInt64()}");
        string.Join(' ', values.Order(StringComparer.Ordinal)).ShouldBe(string.Join(' ', Words(expected).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Values_that_begin_with_the_text_come_first()
    {
        var body = await api.GetAsync($"/api/values?{Dataset}&column=name&q=o&signals=spans");
        body.GetProperty("values").EnumerateArray().Select(v => v.GetProperty("value").GetString()).First().ShouldBe("orphan");
    }

    [Fact]
    public async Task Columns_are_the_typed_ones_and_the_attributes_with_their_types()
    {
        var body = await api.GetAsync($"/api/columns?{Dataset}");
        var columns = body.GetProperty("columns").EnumerateArray().ToDictionary(
            c => c.GetProperty("name").GetString()!, c => $"{c.GetProperty("type").GetString()} {string.Join(',', c.GetProperty("signals").EnumerateArray().Select(s => s.GetString()))}");
        columns["http.status_code"].ShouldBe("integer spans");
        columns["app.result_length"].ShouldBe("integer spans");
        columns["http.request.method"].ShouldBe("string logs");
        columns["duration_ms"].ShouldBe("float spans");
        columns["body"].ShouldBe("string logs");
        columns["error"].ShouldBe("boolean spans,logs,errors");
        columns["service.name"].ShouldBe("string spans,logs,errors,metrics,events");
        columns.ShouldNotContainKey("dir.route");
    }

    [Theory]
    [InlineData("q=STATUS_CODE&signal=spans", "status_code http.status_code")]
    [InlineData("q=http.status&limit=1", "http.status_code")]
    [InlineData("q=count&signal=logs", "count")]
    [InlineData("q=count&signal=metrics", "metric.count")]
    public async Task Columns_are_found_by_a_part_of_their_name(string query, string expected)
    {
        var body = await api.GetAsync($"/api/columns?{Dataset}&{query}");
        string.Join(' ', body.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString())).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&q=e")]
    [InlineData("&q=ST&signal=spans")]
    [InlineData("&q=nobody.has.this")]
    public async Task Pages_of_columns_together_are_the_whole_list(string query)
    {
        var whole = await api.GetAsync($"/api/columns?{Dataset}{query}&limit=5000");
        var names = Names(whole);
        whole.GetProperty("total").GetInt64().ShouldBe(names.Count);
        var paged = new List<string>();
        for (var offset = 0; ; offset += 17)
        {
            var page = await api.GetAsync($"/api/columns?{Dataset}{query}&limit=17&offset={offset}");
            page.GetProperty("total").GetInt64().ShouldBe(names.Count);
            if (Names(page) is not { Count: > 0 } some)
                break;
            paged.AddRange(some);
        }
        paged.ShouldBe(names);
        names.Distinct(StringComparer.Ordinal).Count().ShouldBe(names.Count);

        static List<string> Names(System.Text.Json.JsonElement body) => [.. body.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
    }

    [Fact]
    public async Task Kept_calculated_fields_come_first_with_their_expression()
    {
        var (made, kept) = await api.PostAsync($"/api/derived_columns/{ApiOverStore.Service}", JsonContent.Create(new { alias = "completed.slow", expression = "GT($duration_ms, 90)" }));
        made.ShouldBeInRange(200, 201, kept.GetRawText());
        var body = await api.GetAsync($"/api/columns?{Dataset}&q=COMPLETED.");
        body.GetProperty("columns").EnumerateArray().ShouldHaveSingleItem().GetRawText().ShouldBe(
            """{"name":"completed.slow","type":"boolean","signals":["spans","logs","errors","metrics","events"],"calculated":true,"description":"GT($duration_ms, 90)","usage":null}""");
    }

    [Fact]
    public async Task Datasets_have_their_signals_and_the_time_of_the_last_write()
    {
        var body = await api.GetAsync("/api/datasets");
        var dataset = body.GetProperty("datasets").EnumerateArray().First(d => d.GetProperty("name").GetString() == ApiOverStore.Service);
        dataset.GetProperty("slug").GetString().ShouldBe(ApiOverStore.Service);
        dataset.GetProperty("signals").EnumerateArray().Select(s => s.GetString()).ShouldBe(["spans", "logs", "errors"]);
        dataset.GetProperty("lastWrittenAt").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddHours(-1));
    }

    [Theory]
    [InlineData("/api/values", "column: it is missing; expected for example column=http.route")]
    [InlineData("/api/values?column=x&signals=spans,nothing", "signals: 'nothing' is none of spans, logs, errors, metrics, events")]
    [InlineData("/api/values?column=x&limit=0", "limit: expected a whole number from 1 to 1000")]
    [InlineData("/api/values?column=x&from=2&to=1", "from: expected a time before 'to'")]
    [InlineData("/api/columns?dataset=a&dataset=b", "dataset: it is given more than once")]
    public async Task Bad_parameters_are_named(string path, string detail)
    {
        var (status, body) = await api.AskAsync(path);
        (status, body.GetProperty("detail").GetString()).ShouldBe((400, detail));
    }

    [Theory]
    [InlineData("$duration_ms / 1000", """{"ok":true,"type":"float","columns":["duration_ms"]}""")]
    [InlineData("IF($a, 1, \"x\")", """{"ok":true,"type":null,"columns":["a"]}""")]
    [InlineData("EXISTS($a) AND", """{"ok":false,"message":"expected a value, found the end of the expression","position":14}""")]
    public async Task An_expression_is_checked(string expression, string expected)
    {
        var (status, body) = await api.PostAsync("/api/calculated/check", JsonContent.Create(new { expression }));
        (status, body.GetRawText()).ShouldBe((200, expected));
    }

    [Theory]
    [InlineData("{}", "expression: it is missing; expected a string")]
    [InlineData("[1", "the body is no JSON object")]
    public async Task A_body_without_an_expression_is_refused(string json, string detail)
    {
        var (status, body) = await api.PostAsync("/api/calculated/check", new StringContent(json));
        status.ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldStartWith(detail);
    }

    // Values are JSON texts, which may have spaces.
    private static IEnumerable<string> Words(string expected) =>
        System.Text.RegularExpressions.Regex.Matches(expected, "(\"[^\"]*\"|[^ \":]+):\\d+", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(m => m.Value);
}
