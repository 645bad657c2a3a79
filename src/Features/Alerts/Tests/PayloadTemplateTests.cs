using Shouldly;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>Templates of webhooks: what is written, what is refused when they are made, what is not sent.</summary>
public sealed class PayloadTemplateTests
{
    private static readonly Notification Slow = new(
        "t1", "too \"slow\"", null, Notification.Triggered, "Triggered: too slow", new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), "https://weir/alerts/t1", 1.5, "shop", "production")
    {
        Operator = ">",
        ResultGroups = [Result("GET /", 812), Result("POST /", 1)],
        ResultGroupsTriggered = [Result("GET /", 812)],
    };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{ .Name }}", "too \\u0022slow\\u0022")]
    [InlineData("{{.ID}}-{{ .Alert.InstanceID }}", "t1-d1")]
    [InlineData("{{ .Description }}|{{ .URL }}|{{ .Resource.URL }}|{{ .Result.URL }}", "|https://weir/alerts/t1|https://weir/alerts/t1|https://weir/alerts/t1")]
    [InlineData("{{ .Operator }} {{ .Threshold }}", "greater than 1.5")]
    [InlineData("{{ toJson .Name }} {{ .Datasets | toJson }} {{ toJson .Description }}", "\"too \\u0022slow\\u0022\" [\"shop\"] null")]
    [InlineData("{{ if eq .Alert.Status \"TRIGGERED\" }}firing{{ else }}resolved{{ end }}", "firing")]
    [InlineData("{{ if ne .Alert.Status `TRIGGERED` }}a{{ else if gt .Threshold 1 }}b{{ else }}c{{ end }}", "b")]
    [InlineData("{{ if and .Name (not .Description) }}yes{{ end }}{{ if or .Description false }}no{{ end }}", "yes")]
    [InlineData("{{ range .Result.Groups }}[{{ .Group.Key }}={{ .Group.Value }}:{{ .Result }} {{ $.ID }}]{{ end }}", "[name=GET /:812 t1][name=POST /:1 t1]")]
    [InlineData("{{ range .Datasets }}{{ . }}{{ end }}{{ range .Description }}x{{ else }}none{{ end }}", "shopnone")]
    [InlineData("{{ len .Result.GroupsTriggered }}", "1")]
    [InlineData("{{ .Vars.severity }} {{ .Vars.team }} {{ .Vars.nothing }}", "critical shop ")]
    [InlineData("a {{- /* said of it */ -}} b", "ab")]
    [InlineData("{{ if eq .Alert.Summary \"}}\" }}{{ end }}", "")]
    public void Templates_are_rendered(string template, string expected)
    {
        PayloadTemplate.TryParse(template, AlertVariables.Known["trigger"], out var parsed, out var error).ShouldBeTrue(error);
        var variables = AlertVariables.Of(
            Slow,
            "d1",
            [new TemplateVariable("severity", "warning"), new TemplateVariable("team", "shop")],
            new Dictionary<string, object?> { ["severity"] = "critical", ["made-up"] = "x" });
        parsed!.Render(variables).ShouldBe(expected);
    }

    [Theory]
    [InlineData("trigger", "{{ .Nmae }}", "there is no variable .Nmae; the variables are .Alert, .Datasets,")]
    [InlineData("trigger", "{{ .SLO.Name }}", "there is no variable .SLO")]
    [InlineData("budget_rate", "{{ .Operator }}", "there is no variable .Operator")]
    [InlineData("trigger", "{{ printf \"%s\" .Name }}", "there is no function printf; the functions are toJson,")]
    [InlineData("trigger", "{{ .Name", "the action at character 0 has no end")]
    [InlineData("trigger", "{{ if .Name }}", "an if or range has no matching end")]
    [InlineData("trigger", "{{ end }}", "'end' has no matching if or range")]
    [InlineData("trigger", "{{ with .Name }}{{ end }}", "supported actions are if, else, range and end")]
    [InlineData("trigger", "{{ }}", "is empty")]
    [InlineData("trigger", "{{ eq .Name }}", "eq has 1 arguments")]
    [InlineData("trigger", "{{ (.Name }}", "a parenthesis is not closed")]
    [InlineData("trigger", "{{ .Name .ID }}", "'.ID' is not valid")]
    [InlineData("trigger", "{{ \"\\q\" }}", "invalid")]
    [InlineData("trigger", "{{ if }}{{ end }}", "is not supported")]
    public void Invalid_templates_are_rejected(string kind, string template, string error)
    {
        PayloadTemplate.TryParse(template, AlertVariables.Known[kind], out _, out var said).ShouldBeFalse();
        said!.ShouldContain(error);
    }

    [Fact]
    public void A_template_with_unbounded_output_is_not_rendered()
    {
        var body = Slow with { ResultGroups = [.. Enumerable.Range(0, 100).Select(i => Result("a", i))] };
        const string Nested = "{{ range $.Result.Groups }}{{ range $.Result.Groups }}{{ range $.Result.Groups }}{{ range $.Result.Groups }}xxxxxxxx{{ end }}{{ end }}{{ end }}{{ end }}";
        PayloadTemplate.TryParse(Nested, AlertVariables.Known["trigger"], out var parsed, out _).ShouldBeTrue();
        parsed!.Render(AlertVariables.Of(body, "d", null, new Dictionary<string, object?>())).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{\"text\":\"{{ .Alert.Summary }}\",\"level\":\"{{ .Vars.severity }}\",\"groups\":{{ toJson .Result.GroupsTriggered }}}""", true, """{"text":"Triggered: too slow: 150 \u003E 100","level":"low","groups":[{"Group":{"Key":"","Value":""},"Result":150}]}""")]
    [InlineData("""{\"datasets\": {{ .Name }} }""", false, "the output of the template of trigger is not JSON: ")]
    public async Task A_webhook_gets_its_own_body(string template, bool isSent, string expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var rig = new AlertRig(new HandClock(new DateTimeOffset(2026, 11, 20, 12, 0, 3, TimeSpan.Zero)));
        var payloads = $$$$"""{"template_variables":[{"name":"severity","default_value":"low"}],"payload_templates":{"trigger":{"body":"{{{{template}}}}"}}}""";
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", webhook: receiver.Address, payloads: payloads);
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        if (isSent)
        {
            var (headers, body) = receiver.Received.ShouldHaveSingleItem();
            body.ToJsonString().ShouldBe(expected);
            headers["X-Honeycomb-Webhook-Delivery-ID"].ToString().Length.ShouldBe(11);
            return;
        }
        receiver.Received.ShouldBeEmpty();
        var delivery = rig.History(id)[0].Deliveries![0];
        (delivery.Ok, delivery.Detail.StartsWith(expected, StringComparison.Ordinal)).ShouldBe((false, true), delivery.Detail);
    }

    private static GroupResult Result(string name, double value) => new(GroupKey.Of(KeyValuePair.Create("name", (object?)name)), value);
}
