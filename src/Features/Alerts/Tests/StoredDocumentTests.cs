using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Boards;
using Weir.Features.Questions.Kept;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>Documents as version 0.9 stored them: each is read into its model, and written again it has every member that it had.</summary>
public sealed class StoredDocumentTests
{
    private const string Dates = "\"created_at\":\"2026-11-20T12:00:00Z\",\"updated_at\":\"2026-11-21T08:30:05Z\"";

    public static TheoryData<string, string> Documents => new()
    {
        {
            "triggers",
            """
            {"id":"t1","name":"slow","description":"d","disabled":false,"dataset_slug":"shop","frequency":600,"alert_type":"on_true","threshold":{"op":"\u003E=","value":500.5,"exceeded_limit":2},
             "tags":[{"key":"team","value":"shop"}],"evaluation_schedule_type":"window","evaluation_schedule":{"window":{"days_of_week":["monday"],"start_time":"09:00","end_time":"17:00","more":1}},
             "baseline_details":{"offset_minutes":60,"type":"percentage"},
             "recipients":[{"id":"r1","type":"webhook","target":"hook","notification_details":{"variables":[{"name":"sev","value":"high"}],"x":1}},{"id":"m1","type":"marker","target":""}],
             "query_id":"q1","query":{"calculations":[{"op":"MAX","column":"duration_ms"}],"breakdowns":["name"],"time_range":1200,"unknown":{"a":[1.50,null]}},DATES}
            """
        },
        {
            "triggers",
            """
            {"id":"t2","name":"plain","description":"","disabled":true,"dataset_slug":"shop","frequency":900,"alert_type":"on_change","threshold":{"op":"\u003C","value":1,"exceeded_limit":1},"tags":[],
             "evaluation_schedule_type":"frequency","recipients":[],"query_id":"q1","query":{"calculations":[{"op":"COUNT"}]},DATES}
            """
        },
        {
            "slos",
            """{"id":"s1","name":"fine","description":"","sli":{"alias":"good"},"time_period_days":30,"target_per_million":999000,"tags":[{"key":"team","value":"a"}],"reset_at":null,"dataset_slugs":["shop","my-shop-"],DATES}"""
        },
        {
            "burn_alerts",
            """{"id":"b1","alert_type":"exhaustion_time","description":"bd","slo":{"id":"s1"},"exhaustion_minutes":0,"recipients":[{"id":"r1","type":"webhook","target":"hook"}],DATES}"""
        },
        {
            "burn_alerts",
            """{"id":"b2","alert_type":"budget_rate","description":"","slo":{"id":"s1"},"budget_rate_window_minutes":60,"budget_rate_decrease_threshold_per_million":1000000,"recipients":[],DATES}"""
        },
        {
            "recipients",
            """
            {"id":"r1","type":"webhook","details":{"webhook_name":"hook","webhook_url":"https://example.com/a","webhook_secret":"s","webhook_headers":[{"header":"X-A","value":"b"}],
             "webhook_payloads":{"template_variables":[{"name":"sev","default_value":"low"}],"payload_templates":{"trigger":{"body":"{\u0022a\u0022:\u0022{{ .Name }}\u0022}"}}},"include_results":true},DATES}
            """
        },
        { "recipients", """{"id":"r2","type":"webhook","details":{"webhook_name":"hook2","webhook_url":"https://example.com/a","webhook_headers":[],"webhook_payloads":{}},DATES}""" },
        { "recipients", """{"id":"r3","type":"email","details":{"email_address":"a@example.com"},DATES}""" },
        { "recipients", """{"id":"r4","type":"pagerduty","details":{"pagerduty_integration_key":"k","pagerduty_integration_name":"n"},DATES}""" },
        { "recipients", """{"id":"r5","type":"slack","details":{"slack_channel":"#a"},DATES}""" },
        {
            "boards",
            """
            {"id":"bo","name":"b","description":"","type":"flexible","layout_generation":"auto","panels":[
             {"type":"query","query_panel":{"query_id":"q1","query_annotation_id":"a1","visualization_settings":{"a":1},"other":2,"query_style":"graph"},"position":{"x_coordinate":0,"y_coordinate":5,"height":4,"width":6}},
             {"type":"slo","slo_panel":{"slo_id":"s1","x":1},"position":{"x_coordinate":6,"y_coordinate":5,"height":4,"width":6}},
             {"type":"text","position":{"x_coordinate":1,"y_coordinate":2,"height":3,"width":4},"text_panel":{"content":"# t"}}],"tags":[],"preset_filters":[{"column":"a","alias":"b"}],DATES}
            """
        },
        { "board_views", """{"id":"v1","name":"v","filters":[{"column":"a","operation":"=","value":{"x":[1,"2",null]}},{"column":"b","operation":"exists"}],DATES}""" },
        { "markers", """{"id":"a1b2c3","start_time":1,"message":"m","type":"deploy","url":"https://example.com","end_time":2,DATES}""" },
        { "marker_settings", """{"id":"ms","type":"deploy","color":"#1A2B3C",DATES}""" },
        { "query_annotations", """{"id":"a1","name":"n","description":"d","query_id":"q1","source":"query",DATES}""" },
        { "derived_columns", """{"id":"d1","alias":"good","expression":"EQUALS($ok, true)","description":"\u00FC",DATES}""" },
        { "columns", """{"id":"c1","key_name":"zz","type":"string","description":"","hidden":true,DATES}""" },
        {
            "datasets",
            """{"name":"My Shop!","slug":"my-shop-","description":"e","expand_json_depth":3,"regular_columns_count":0,"created_at":"2026-11-20T12:00:00Z","last_written_at":null,"settings":{"delete_protected":true}}"""
        },
        { "dataset_definitions", """{"duration_ms":{"name":"dur","column_type":"column"},"error":{"name":"good","column_type":"derived_column"}}""" },
        { "queries", """{"calculations":[{"op":"COUNT"}],"unknown":{"a":[1.50,null]},"time_range":7200,"id":"q1"}""" },
        {
            "alert_states",
            """
            {"groups":{"{\u0022name\u0022:\u0022GET /\u0022,\u0022status\u0022:500}":{"count":1,"triggered":true}},"evaluated_at":1795176000,"failures":0,"history":[
             {"at":"2026-11-20T12:01:00Z","state":"triggered","value":150,"threshold":100,"group":{"name":"GET /","status":500},"notification":"n1",
              "deliveries":[{"recipient":"webhook hook","recipient_id":"r1","ok":false,"attempts":1,"detail":"answered 500"}]},
             {"at":"2026-11-20T12:00:00Z","state":"error","value":null,"threshold":null,"group":null,"detail":"the engine rests","deliveries":[]}]}
            """
        },
        {
            "alert_states",
            """
            {"insights":{"00000000-1":{"start":29919600,"state":"ACTIVE"}},"evaluated_at":1795176000,"failures":0,
             "history":[{"at":"2026-11-20T12:01:00Z","state":"ACTIVE","insight":"00000000-1","summary":"fails","notification":"n1","deliveries":[]}]}
            """
        },
        {
            "notifications",
            """
            {"alert":"t1","notification":"n1","recipient":{"id":"r1","type":"webhook","target":"hook"},"body":{"version":"v0.1.0","id":"t1","name":"slow","description":"d","trigger_description":"d",
             "status":"TRIGGERED","summary":"Triggered: slow: 150 \u003E 100","summary_with_group":"for name","operator":"\u003E","threshold":100,"dataset":"shop","environment":"","evaluated_at":"2026-11-20T12:01:00Z",
             "result_url":"","result_groups":[{"Group":{"name":"GET /"},"Result":150}],"result_groups_triggered":[{"Group":{"name":"GET /"},"Result":150}]},"attempts":1,"next_at":1795176060,"since":1795176000}
            """
        },
        {
            "notifications",
            """
            {"alert":"xray-insights-1","notification":"n1","recipient":{"id":"r1","type":"email","target":"a@example.com"},"body":{"version":"v0.1.0","id":"i1","name":"X-Ray insight: g","description":"d","status":"OK",
             "summary":"Closed","evaluated_at":"2026-11-20T12:01:00Z","result_url":"","source":"aws.xray","detail-type":"AWS X-Ray Insight Update","account":"000000000000","region":"us-east-1",
             "time":"2026-11-20T12:01:00Z","resources":["arn"],"detail":{"State":"CLOSED"}},"attempts":0,"next_at":1795176060,"since":1795176000}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task A_stored_document_is_read_and_written_again_with_all_it_had(string kind, string document)
    {
        document = document.Replace("DATES", Dates, StringComparison.Ordinal);
        var settings = new MemorySettings();
        await settings.PutAsync("manage-" + kind, "production/shop/x1", Encoding.UTF8.GetBytes(document));
        await (kind switch
        {
            "triggers" => RewriteAsync<Trigger>(settings),
            "slos" => RewriteAsync<Slo>(settings),
            "burn_alerts" => RewriteAsync<BurnAlert>(settings),
            "recipients" => RewriteAsync<Recipient>(settings),
            "boards" => RewriteAsync<Board>(settings),
            "board_views" => RewriteAsync<BoardView>(settings),
            "markers" => RewriteAsync<Marker>(settings),
            "marker_settings" => RewriteAsync<MarkerSetting>(settings),
            "query_annotations" => RewriteAsync<QueryAnnotation>(settings),
            "derived_columns" => RewriteAsync<DerivedColumn>(settings),
            "columns" => RewriteAsync<ColumnDescription>(settings),
            "datasets" => RewriteAsync<DatasetDocument>(settings),
            "dataset_definitions" => RewriteAsync<DatasetDefinition>(settings),
            "queries" => RewriteAsync<StoredQuery>(settings),
            "alert_states" => RewriteAsync<AlertState>(settings),
            _ => RewriteAsync<Letter>(settings),
        });
        var written = settings.List("manage-" + kind).ShouldHaveSingleItem();
        written.Revision.ShouldBe(2);
        // States left out nulls that they used to have; everything else is the same to the member.
        var (before, after) = (JsonNode.Parse(document)!, JsonNode.Parse(written.Value.Span)!);
        JsonNode.DeepEquals(kind == "alert_states" ? WithoutNulls(before) : before, after).ShouldBeTrue(after.ToJsonString());
    }

    /// <summary>A letter of a version before goes out as that version would have sent it.</summary>
    [Fact]
    public async Task A_letter_of_an_earlier_version_is_sent_with_its_members_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var rig = new AlertRig(new HandClock(DateTimeOffset.FromUnixTimeSeconds(1_795_176_100)));
        await rig.StoreAsync("recipients", "//r1", $$$"""{"id":"r1","type":"webhook","details":{"webhook_name":"hook","webhook_url":"{{{receiver.Address}}}"}}""");
        await rig.StoreAsync("notifications", "/shop/n9", Documents.Select(d => d.Data).First(d => d.Item1 == "notifications").Item2);
        await rig.Outbox.DeliverAsync(CancellationToken.None);
        receiver.Received.ShouldHaveSingleItem().Body.ToJsonString().ShouldBe(
            """
            {"version":"v0.1.0","id":"t1","name":"slow","description":"d","trigger_description":"d","status":"TRIGGERED","summary":"Triggered: slow: 150 \u003E 100","operator":"\u003E","threshold":100,"dataset":"shop","environment":"","evaluated_at":"2026-11-20T12:01:00Z","result_url":"","result_groups":[],"result_groups_triggered":[],"shared_secret":""}
            """);
        rig.Outbox.Count.ShouldBe(0);
    }

    private static async Task RewriteAsync<T>(ISettings settings)
        where T : class, IDocument<T>
    {
        var documents = new Documents<T>(settings);
        var stored = documents.List("production").ShouldHaveSingleItem();
        (stored.Environment, stored.Dataset, stored.Id).ShouldBe(("production", "shop", "x1"));
        await documents.PutAsync(stored, CancellationToken.None);
    }

    private static JsonNode WithoutNulls(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                if (value is null)
                    members.Remove(name);
                else
                    WithoutNulls(value);
            }
        }
        foreach (var item in node is JsonArray list ? list.OfType<JsonNode>() : [])
            WithoutNulls(item);
        return node;
    }
}
